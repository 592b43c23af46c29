//! How many yes-or-no answers are right.

use super::{Better, Float32, MeanMetric};
use crate::losses::shapes::same_shape;
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// The part of probabilities that are on the labels' side of `threshold`: above it for a label of 1,
/// not above it for 0.
///
/// Shapes: labels like predictions; labels `[batch]` fit predictions `[batch, 1]`. Agrees with Keras's
/// `BinaryAccuracy`.
///
/// ```
/// use cornu::metrics::{BinaryAccuracy, Metric, MetricOptions};
/// assert_eq!(BinaryAccuracy::new().threshold(0.3).named("hits").name(), "hits");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinaryAccuracy {
    /// The name it is reported under; `binary_accuracy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Above what a probability is a yes; 0.5 by default.
    pub threshold: f64,
}

impl Default for BinaryAccuracy {
    fn default() -> BinaryAccuracy {
        BinaryAccuracy { name: "binary_accuracy".into(), dtype: Float32, threshold: 0.5 }
    }
}

impl BinaryAccuracy {
    /// The metric with Keras's defaults.
    pub fn new() -> BinaryAccuracy {
        BinaryAccuracy::default()
    }

    /// The same with another threshold.
    pub fn threshold(mut self, threshold: f64) -> BinaryAccuracy {
        self.threshold = threshold;
        self
    }
}

impl Named for BinaryAccuracy {
    const NAME: &'static str = "BinaryAccuracy";
    const ALIASES: &'static [&'static str] = &["binary_accuracy"];
    const SUMMARY: &'static str = "How many yes-or-no answers are right";
}

impl MeanMetric for BinaryAccuracy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let answers = y_pred.greater(self.threshold).cast(y_pred.dtype());
        y_true.equal(answers).cast(DType::F32)
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
