//! How many one-hot labels are among the greatest probabilities.

use super::{Better, Float32, MeanMetric, sparse_top_k_categorical_accuracy::in_top_k};
use crate::losses::shapes::same_shape;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The part of samples whose labelled class is among the `k` greatest probabilities; equal ones all
/// count as the greater.
///
/// Shapes: labels and predictions `[batch, .., n_classes]`. Agrees with Keras's
/// `TopKCategoricalAccuracy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TopKCategoricalAccuracy {
    /// The name it is reported under; `top_k_categorical_accuracy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// How many of the greatest probabilities will do; 5 by default.
    pub k: usize,
}

impl Default for TopKCategoricalAccuracy {
    fn default() -> TopKCategoricalAccuracy {
        TopKCategoricalAccuracy { name: "top_k_categorical_accuracy".into(), dtype: Float32, k: 5 }
    }
}

impl TopKCategoricalAccuracy {
    /// The metric with Keras's defaults.
    pub fn new() -> TopKCategoricalAccuracy {
        TopKCategoricalAccuracy::default()
    }

    /// The same with another number of probabilities that will do.
    pub fn k(mut self, k: usize) -> TopKCategoricalAccuracy {
        self.k = k;
        self
    }
}

impl Named for TopKCategoricalAccuracy {
    const NAME: &'static str = "TopKCategoricalAccuracy";
    const ALIASES: &'static [&'static str] = &["top_k_categorical_accuracy"];
    const SUMMARY: &'static str = "How many one-hot labels are among the greatest probabilities";
}

impl MeanMetric for TopKCategoricalAccuracy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        in_top_k(&y_true.argmax(-1), &y_pred, self.k)
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
