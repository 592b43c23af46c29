//! How many labelled classes have the greatest probability.

use super::{Better, Float32, MeanMetric};
use crate::losses::shapes::{keras_shape, squeeze};
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// The part of samples whose greatest probability is that of the class that the label names.
///
/// Shapes: labels `[batch, ..]` or `[batch, .., 1]`, predictions `[batch, .., n_classes]`. Agrees with
/// Keras's `SparseCategoricalAccuracy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SparseCategoricalAccuracy {
    /// The name it is reported under; `sparse_categorical_accuracy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for SparseCategoricalAccuracy {
    fn default() -> SparseCategoricalAccuracy {
        SparseCategoricalAccuracy { name: "sparse_categorical_accuracy".into(), dtype: Float32 }
    }
}

impl SparseCategoricalAccuracy {
    /// The metric with Keras's defaults.
    pub fn new() -> SparseCategoricalAccuracy {
        SparseCategoricalAccuracy::default()
    }
}

impl Named for SparseCategoricalAccuracy {
    const NAME: &'static str = "SparseCategoricalAccuracy";
    const ALIASES: &'static [&'static str] = &["sparse_categorical_accuracy"];
    const SUMMARY: &'static str = "How many labelled classes have the greatest probability";
}

impl MeanMetric for SparseCategoricalAccuracy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        numbers(&self.name, y_true, y_pred).equal(y_pred.argmax(-1)).cast(DType::F32)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }

    fn better(&self) -> Option<Better> {
        Some(Better::Higher)
    }
}

/// Labels as whole numbers of the predictions' shape without its last axis.
pub(super) fn numbers(name: &str, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
    let labels = y_true.cast(DType::I64);
    if !labels.is_valid() || !y_pred.is_valid() {
        return labels;
    }
    let predictions = y_pred.shape();
    let samples = &predictions[..predictions.rank().saturating_sub(1)];
    if labels.shape()[..] == *samples && !predictions.is_empty() {
        return labels;
    }
    let column = labels.rank() == predictions.rank() && labels.extent(-1) == 1;
    match column && labels.shape()[..samples.len()] == *samples && !predictions.is_empty() {
        true => squeeze(&labels),
        false => y_pred.builder().fail(format!(
            "{name} expects the number of a class for each sample of predictions of shape {}, got {}",
            keras_shape(&predictions),
            keras_shape(&y_true.shape())
        )),
    }
}
