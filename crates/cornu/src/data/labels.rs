//! Class numbers out of the arrays that stand for them.

use crate::error::{Error, Result};
use cornu_graph::Array;

/// The class of each row of `labels`, an array of shape `[n]` or `[n, 1]` that holds whole numbers
/// from 0; `what` is what errors call it.
#[track_caller]
pub(super) fn class_numbers(labels: &Array, what: &str) -> Result<Vec<usize>> {
    let shape = labels.shape();
    if shape.rank() == 0 || shape[1..].iter().any(|&extent| extent != 1) {
        return Err(Error::argument(format!(
            "the {what} have shape {shape}, expected one class number a row"
        )));
    }
    let mut classes = Vec::with_capacity(labels.size());
    for (row, value) in labels.to_f64().into_iter().enumerate() {
        // Above 2^53 doubles skip whole numbers; no task has that many classes.
        if !(0.0..9e15).contains(&value) || value.fract() != 0.0 {
            let error =
                Error::argument(format!("{what}: row {row} is {value}, expected a class number from 0"));
            return Err(error.help("number the classes 0, 1, 2 ...; turn probabilities into classes first"));
        }
        classes.push(value as usize);
    }
    Ok(classes)
}
