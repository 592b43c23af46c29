//! `cornu train`.

use crate::arguments::{Arguments, Train};
use crate::failure::Failure;
use crate::scores;
use crate::task::{self, Task};
use cornu::callbacks::EarlyStopping;
use cornu::layers::{Activated, Dense, Dropout};
use cornu::optimizers::AnyOptimizer;
use cornu::{Compile, Fit};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Trains a network, saves it, and says how well it does on rows it has not seen.
pub fn run(train: &Train, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let name = task::name(&train.data);
    let output = train.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.keras")));
    check_output(&output)?;
    let task = Task::new(cornu::data::load(&train.data, &train.data_dir)?, train.loss.as_deref())?;
    let mut model = task.begin(&train.data, arguments.seed.unwrap_or(0))?;
    for &units in &train.hidden.0 {
        model = model.add(Dense::new(units).activation(train.activation));
        if train.dropout > 0.0 {
            model = model.add(Dropout::new(train.dropout));
        }
    }
    let model = task.end(model)?.named(&name).threads(arguments.threads.unwrap_or(0));
    let config = train.learning_rate.map_or(Value::Null, |rate| json!({"learning_rate": rate}));
    let optimizer = AnyOptimizer::from_name(&train.optimizer, config).map_err(cornu::Error::argument)?;
    let compile = Compile::new(optimizer, task.loss.as_str()).metrics(task.metrics.iter().copied());
    let mut trainer = model.compile(compile)?;
    let (known, unseen) = (&task.parts.train, &task.parts.test);
    writeln!(
        out,
        "{name}: {} rows to train on, {} to test on; {} -> {}; {} parameters",
        known.x.rows(),
        unseen.x.rows(),
        shape(&known.x.shape()[1..]),
        task.target,
        trainer.count_params()
    )?;
    out.flush()?;
    let mut fit =
        Fit::new().epochs(train.epochs).batch_size(train.batch_size).validation_split(train.validation_split);
    if let Some(patience) = train.early_stopping {
        let monitor = if train.validation_split > 0.0 { "val_loss" } else { "loss" };
        fit =
            fit.callback(EarlyStopping::new().monitor(monitor).patience(patience).restore_best_weights(true));
    }
    trainer.fit(&known.x, &known.y, fit)?;
    let test = trainer.evaluate(&unseen.x, &unseen.y)?;
    // The model is safe before anything is printed: who reads that may have gone away.
    trainer.save(&output)?;
    scores::print(out, "Test", &test)?;
    scores::print_confusion(out, &trainer, &task.loss, &unseen.x, &unseen.y)?;
    writeln!(out, "\nSaved {}", output.display())?;
    Ok(())
}

/// Refuses a file that could not be written, before the time for training is spent.
fn check_output(output: &Path) -> Result<(), Failure> {
    let failed = |message: String, help: &str| Err(cornu::Error::file(output, message).help(help).into());
    if output.extension().is_none_or(|extension| extension != "keras") {
        return failed("a model is saved as a .keras file".into(), "end the name in .keras");
    }
    if output.is_dir() {
        return failed("this is a folder, not a file".into(), "name a file in it");
    }
    match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => failed(
            format!("there is no folder {}", folder.display()),
            "make the folder first, or correct the path",
        ),
        _ => Ok(()),
    }
}

/// The shape of a row: `(28, 28)`.
fn shape(extents: &[usize]) -> String {
    let extents: Vec<String> = extents.iter().map(usize::to_string).collect();
    format!("({})", extents.join(", "))
}
