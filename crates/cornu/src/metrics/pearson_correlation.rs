//! How far predictions and labels lie on one line.

use super::{Better, Float32, MeanMetric};
use crate::constraints::Axes;
use crate::losses::shapes::same_shape;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `cov(y_true, y_pred) / (std(y_true) std(y_pred))` along `axis`, the mean over samples: 1 where
/// predictions rise with labels along a straight line, -1 where they fall, 0 where neither. Values that do
/// not vary have none: NaN.
///
/// Shapes: labels like predictions. Agrees with Keras's `PearsonCorrelation`.
///
/// ```
/// use cornu::metrics::{MetricOptions, PearsonCorrelation};
/// assert_eq!(PearsonCorrelation::new().axis(0).named("r").name, "r");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PearsonCorrelation {
    /// The name it is reported under; `pearson_correlation` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The axes along which values are compared; the last by default.
    pub axis: Axes,
}

impl Default for PearsonCorrelation {
    fn default() -> PearsonCorrelation {
        PearsonCorrelation { name: "pearson_correlation".into(), dtype: Float32, axis: Axes::One(-1) }
    }
}

impl PearsonCorrelation {
    /// The metric with Keras's defaults.
    pub fn new() -> PearsonCorrelation {
        PearsonCorrelation::default()
    }

    /// The same along other axes: a number, or a list.
    pub fn axis(mut self, axis: impl Into<Axes>) -> PearsonCorrelation {
        self.axis = axis.into();
        self
    }
}

impl Named for PearsonCorrelation {
    const NAME: &'static str = "PearsonCorrelation";
    const ALIASES: &'static [&'static str] = &["pearson_correlation"];
    const SUMMARY: &'static str = "How far predictions and labels lie on one line";
}

impl MeanMetric for PearsonCorrelation {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let axes = self.axis.as_slice();
        let standard = |x: &Tensor| (x - x.mean_keep(axes)) / x.variance_keep(axes).sqrt();
        (standard(&y_true) * standard(&y_pred)).mean(axes)
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
