//! `cornu predict`.

use crate::arguments::{Arguments, Predict};
use crate::failure::Failure;
use cornu::data::{read_npy, write_npy};
use cornu::{Array, Model};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs a saved model on arrays and writes what it gives.
pub fn run(predict: &Predict, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    if predict.output.extension().is_none_or(|extension| extension != "npy") {
        let error = cornu::Error::file(&predict.output, "results are written as .npy files");
        return Err(error.help("end the name in .npy").into());
    }
    let model = Model::load(&predict.model)?.with_threads(arguments.threads());
    let inputs = predict.inputs.iter().map(read_npy).collect::<Result<Vec<Array>, _>>()?;
    let outputs = model.predict_all(&inputs)?;
    let one = outputs.len() == 1;
    for (i, array) in outputs.iter().enumerate() {
        let path = if one { predict.output.clone() } else { numbered(&predict.output, i) };
        write_npy(&path, array)?;
        writeln!(out, "Saved {}: {} of shape {}", path.display(), array.dtype(), array.shape())?;
    }
    Ok(())
}

/// `Y_0.npy` for `Y.npy`.
fn numbered(path: &Path, i: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}_{i}.npy"))
}
