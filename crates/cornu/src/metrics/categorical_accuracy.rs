//! How many one-hot labels have the greatest probability.

use super::{Better, Float32, MeanMetric};
use crate::losses::shapes::same_shape;
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// The part of samples whose greatest probability is that of the class that the label is greatest for.
///
/// Shapes: labels and predictions `[batch, .., n_classes]`. Agrees with Keras's `CategoricalAccuracy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalAccuracy {
    /// The name it is reported under; `categorical_accuracy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for CategoricalAccuracy {
    fn default() -> CategoricalAccuracy {
        CategoricalAccuracy { name: "categorical_accuracy".into(), dtype: Float32 }
    }
}

impl CategoricalAccuracy {
    /// The metric with Keras's defaults.
    pub fn new() -> CategoricalAccuracy {
        CategoricalAccuracy::default()
    }
}

impl Named for CategoricalAccuracy {
    const NAME: &'static str = "CategoricalAccuracy";
    const ALIASES: &'static [&'static str] = &["categorical_accuracy"];
    const SUMMARY: &'static str = "How many one-hot labels have the greatest probability";
}

impl MeanMetric for CategoricalAccuracy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        y_true.argmax(-1).equal(y_pred.argmax(-1)).cast(DType::F32)
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
