//! What a data set asks of a network: its input, its outputs, its loss.

use crate::failure::Failure;
use cornu::data::{Dataset, Parts, to_categorical};
use cornu::layers::{Activated, Dense, Flatten, Normalization, Rescaling};
use cornu::{Array, DType, Error, Input, Sequential};
use std::path::Path;

/// The most classes that whole numbers are taken for.
const MOST_CLASSES: usize = 100;

/// What a network is to learn, and from what.
pub struct Task {
    /// The loss that is minimized, by its class name.
    pub loss: String,
    /// The metrics that are reported.
    pub metrics: Vec<&'static str>,
    /// What a row is called in reports: `10 classes`.
    pub target: String,
    /// The rows, in the form that the loss takes.
    pub parts: Parts,
    outputs: usize,
    head: Head,
}

/// What the last layer gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    /// Probabilities of classes, of which one is right.
    Softmax,
    /// The probability of one class.
    Sigmoid,
    /// A score of any size.
    Score,
    /// Numbers in the targets' own units.
    Numbers,
    /// Numbers above zero.
    Positive,
}

impl Task {
    /// What there is to learn from `parts` with a loss, or with what the targets ask for.
    pub fn new(parts: Parts, loss: Option<&str>) -> Result<Task, Failure> {
        let parts = Parts { train: rows(parts.train)?, test: rows(parts.test)? };
        let classes = classes(&parts);
        let y = parts.train.y.shape().clone();
        if y.rank() != 2 {
            return Err(Failure::new(
                format!("targets of shape {y} are not supported"),
                "give one number or one list of numbers a row",
            ));
        }
        let loss = match (loss, classes) {
            (Some(loss), _) => loss,
            (None, Some(2)) => "BinaryCrossentropy",
            (None, Some(_)) => "SparseCategoricalCrossentropy",
            (None, None) if y[1] > 1 && shares(&parts.train.y) => "CategoricalCrossentropy",
            (None, None) => "MeanSquaredError",
        };
        let several = |parts: &Parts| match classes {
            Some(n) => Ok(n.max(2)),
            None if parts.train.y.shape()[1] > 1 => Ok(parts.train.y.shape()[1]),
            None => Err(Failure::new(
                format!("{loss} tells classes apart, and the targets are not classes"),
                format!(
                    "classes are whole numbers from 0, at most {MOST_CLASSES} of them; or give another --loss"
                ),
            )),
        };
        let (head, outputs, metrics) = match loss {
            "SparseCategoricalCrossentropy" => (Head::Softmax, several(&parts)?, vec!["accuracy"]),
            "CategoricalCrossentropy" | "KLDivergence" => (Head::Softmax, several(&parts)?, vec!["accuracy"]),
            "CategoricalHinge" => (Head::Score, several(&parts)?, vec!["accuracy"]),
            "BinaryCrossentropy" => (Head::Sigmoid, y[1], vec!["accuracy"]),
            "Hinge" | "SquaredHinge" => (Head::Score, y[1], vec![]),
            "Poisson" | "MeanSquaredLogarithmicError" => (Head::Positive, y[1], vec!["mae"]),
            "MeanAbsoluteError" => (Head::Numbers, y[1], vec!["mse"]),
            _ => (Head::Numbers, y[1], vec!["mae"]),
        };
        let one_hot = matches!(loss, "CategoricalCrossentropy" | "KLDivergence" | "CategoricalHinge");
        let target = match head {
            Head::Softmax => format!("{outputs} classes"),
            Head::Sigmoid => "2 classes".into(),
            _ if one_hot => format!("{outputs} classes"),
            _ if outputs == 1 => "a number".into(),
            _ => format!("{outputs} numbers"),
        };
        let mut task = Task { loss: loss.into(), metrics, target, parts, outputs, head };
        for part in [&mut task.parts.train, &mut task.parts.test] {
            part.y = targets(&task.loss, outputs, &part.y)?;
        }
        Ok(task)
    }

    /// The layers before the hidden ones: the input, brought to a common scale and a single axis.
    pub fn begin(&self, source: &str, seed: i64) -> Result<Sequential, Failure> {
        let x = &self.parts.train.x;
        let model = Sequential::new().seed(seed).add(Input::new(&x.shape()[1..]));
        let image = x.dtype() == DType::U8 && x.shape().rank() > 2;
        let model = if source == "digits" {
            model.add(Rescaling::new(1.0 / 16.0))
        } else if image {
            model.add(Rescaling::new(1.0 / 255.0))
        } else {
            // Columns of a table have scales of their own; the parts of a picture or a series share one.
            let mut scale = match x.shape().rank() {
                2 => Normalization::new(),
                _ => Normalization::new().axis([]),
            };
            scale.adapt(x)?;
            model.add(scale)
        };
        Ok(if x.shape().rank() > 2 { model.add(Flatten::new()) } else { model })
    }

    /// The layers after the hidden ones.
    pub fn end(&self, model: Sequential) -> Result<Sequential, Failure> {
        let last = Dense::new(self.outputs);
        Ok(match self.head {
            Head::Softmax => model.add(last.softmax()),
            Head::Sigmoid => model.add(last.sigmoid()),
            Head::Score => model.add(last),
            Head::Positive => model.add(last.softplus()),
            Head::Numbers => {
                // The network works at a common scale, and its results are in the targets' units.
                let mut scale = Normalization::new().invert(true);
                scale.adapt(&self.parts.train.y)?;
                model.add(last).add(scale)
            }
        })
    }
}

/// Examples with an axis of features, and targets with one of outputs.
pub fn rows(data: Dataset) -> Result<Dataset, Failure> {
    let column = |array: Array| match array.shape().rank() {
        1 => {
            let rows = array.rows();
            array.reshape([rows, 1])
        }
        _ => Ok(array),
    };
    let failed = |message: String| Failure::new(message, "give one row for each example");
    Ok(Dataset { x: column(data.x).map_err(failed)?, y: column(data.y).map_err(failed)? })
}

/// Targets, `[rows, n]`, in the form that a loss takes for so many outputs.
pub fn targets(loss: &str, outputs: usize, y: &Array) -> Result<Array, Error> {
    let one_hot = matches!(loss, "CategoricalCrossentropy" | "KLDivergence" | "CategoricalHinge");
    if one_hot && y.shape()[1] == 1 && outputs > 1 {
        return to_categorical(y, Some(outputs));
    }
    if loss.starts_with("Sparse") {
        return Ok(y.cast(DType::I32));
    }
    Ok(y.cast(DType::F32))
}

/// How many classes the targets name, if they look like classes: a column of whole numbers from 0.
fn classes(parts: &Parts) -> Option<usize> {
    let columns = [&parts.train.y, &parts.test.y];
    if columns.iter().any(|y| y.shape()[1..] != [1]) {
        return None;
    }
    let mut largest = 0;
    for label in columns.iter().flat_map(|y| y.to_f64()) {
        if !(0.0..MOST_CLASSES as f64).contains(&label) || label.fract() != 0.0 {
            return None;
        }
        largest = largest.max(label as usize);
    }
    Some((largest + 1).max(2))
}

/// Whether each row holds the shares of a whole, as one-hot rows do.
fn shares(y: &Array) -> bool {
    y.to_f64().chunks_exact(y.shape()[1]).all(|row| {
        row.iter().all(|share| (0.0..=1.0).contains(share)) && (row.iter().sum::<f64>() - 1.0).abs() < 1e-3
    })
}

/// What a data set is called, for files that are named after it.
pub fn name(source: &str) -> String {
    let stem = Path::new(source).file_stem();
    stem.map_or_else(|| source.into(), |stem| stem.to_string_lossy().into_owned())
}
