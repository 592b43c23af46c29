//! How many predictions equal their labels.

use super::{Better, Float32, MeanMetric};
use crate::losses::shapes::same_shape;
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// The part of predictions that equal their labels.
///
/// Shapes: labels like predictions. Agrees with Keras's `Accuracy`. A model's `"accuracy"` means one of
/// the accuracies of probabilities instead; see [`for_model`](super::for_model).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accuracy {
    /// The name it is reported under; `accuracy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for Accuracy {
    fn default() -> Accuracy {
        Accuracy { name: "accuracy".into(), dtype: Float32 }
    }
}

impl Accuracy {
    /// The metric with Keras's defaults.
    pub fn new() -> Accuracy {
        Accuracy::default()
    }
}

impl Named for Accuracy {
    const NAME: &'static str = "Accuracy";
    const ALIASES: &'static [&'static str] = &["accuracy"];
    const SUMMARY: &'static str = "How many predictions equal their labels";
}

impl MeanMetric for Accuracy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        y_true.equal(y_pred).cast(DType::F32)
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
