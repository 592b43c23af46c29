//! The cosine of the angle between labels and predictions, as a metric.

use super::{Better, Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the cosine of the angle between labels and predictions: 1 where both point
/// the same way. The loss [`CosineSimilarity`](crate::losses::CosineSimilarity) has the other sign.
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CosineSimilarity {
    /// The name it is reported under; `cosine_similarity` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The axis that the vectors lie along; the last by default.
    pub axis: isize,
}

impl Default for CosineSimilarity {
    fn default() -> CosineSimilarity {
        CosineSimilarity { name: "cosine_similarity".into(), dtype: Float32, axis: -1 }
    }
}

impl CosineSimilarity {
    /// The metric with Keras's defaults.
    pub fn new() -> CosineSimilarity {
        CosineSimilarity::default()
    }
}

impl Named for CosineSimilarity {
    const NAME: &'static str = "CosineSimilarity";
    const ALIASES: &'static [&'static str] = &["cosine_similarity"];
    const SUMMARY: &'static str = "The cosine of the angle between labels and predictions";
}

impl MeanMetric for CosineSimilarity {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let loss = losses::CosineSimilarity { axis: self.axis, ..Default::default() };
        -loss.call(y_true, y_pred)
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
