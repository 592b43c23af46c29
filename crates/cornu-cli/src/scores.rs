//! How results are printed.

use crate::failure::Failure;
use cornu::data::ConfusionMatrix;
use cornu::{Array, Scores, Trainer};
use std::io::Write;

/// More classes make a table that does not fit a terminal.
const MOST_CLASSES: usize = 25;

/// Prints `Test loss: 0.1234` and the like.
pub fn print(out: &mut dyn Write, part: &str, scores: &Scores) -> Result<(), Failure> {
    for (name, value) in scores {
        let size = value.abs();
        if size != 0.0 && !(1e-3..1e6).contains(&size) {
            writeln!(out, "{part} {name}: {value:.4e}")?;
        } else {
            writeln!(out, "{part} {name}: {value:.4}")?;
        }
    }
    Ok(())
}

/// Prints which classes were taken for which, if the model tells classes apart.
pub fn print_confusion(
    out: &mut dyn Write,
    trainer: &Trainer,
    loss: &str,
    x: &Array,
    y: &Array,
) -> Result<(), Failure> {
    let outputs = match trainer.output_shapes().as_slice() {
        [shape] if shape.len() == 2 => shape[1].unwrap_or(0),
        _ => return Ok(()),
    };
    let categorical = ["Categorical", "KLDivergence"].iter().any(|word| loss.contains(word));
    let binary = loss == "BinaryCrossentropy" && outputs == 1;
    if !(binary || categorical && outputs > 1) || outputs > MOST_CLASSES {
        return Ok(());
    }
    let mut predictions = trainer.predict(x)?;
    if binary {
        predictions = Array::from_vec(predictions.to_f64().iter().map(|&p| i32::from(p > 0.5)).collect());
    }
    let labels = if y.shape().rank() == 2 && y.shape()[1] > 1 { largest(y) } else { y.clone() };
    // Soft targets of 0.3 and the like are no classes.
    if labels.to_f64().iter().any(|label| label.fract() != 0.0 || *label < 0.0) {
        return Ok(());
    }
    let matrix = ConfusionMatrix::new(&labels, &predictions)?;
    write!(out, "\n{matrix}")?;
    Ok(())
}

/// The column of each row's largest number.
fn largest(y: &Array) -> Array {
    let values = y.to_f64();
    let rows = values.chunks_exact(y.shape()[1]);
    let column = |row: &[f64]| (1..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best });
    Array::from_vec(rows.map(|row| column(row) as i32).collect())
}
