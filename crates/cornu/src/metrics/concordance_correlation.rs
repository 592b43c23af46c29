//! How far predictions equal labels, by their moments.

use super::{Better, Float32, MeanMetric};
use crate::constraints::Axes;
use crate::losses::{EPSILON, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `2 cov(y_true, y_pred) / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred))² + 1e-7)` along
/// `axis`, the mean over samples: 1 where predictions equal labels. Unlike
/// [`PearsonCorrelation`](super::PearsonCorrelation) it minds their place and scale.
///
/// Shapes: labels like predictions. Agrees with Keras's `ConcordanceCorrelation` (Lin, *A concordance
/// correlation coefficient to evaluate reproducibility*, 1989).
///
/// ```
/// use cornu::metrics::{ConcordanceCorrelation, MetricOptions};
/// assert_eq!(ConcordanceCorrelation::new().axis(0).named("ccc").name, "ccc");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConcordanceCorrelation {
    /// The name it is reported under; `concordance_correlation` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The axes along which values are compared; the last by default.
    pub axis: Axes,
}

impl Default for ConcordanceCorrelation {
    fn default() -> ConcordanceCorrelation {
        ConcordanceCorrelation { name: "concordance_correlation".into(), dtype: Float32, axis: Axes::One(-1) }
    }
}

impl ConcordanceCorrelation {
    /// The metric with Keras's defaults.
    pub fn new() -> ConcordanceCorrelation {
        ConcordanceCorrelation::default()
    }

    /// The same along other axes: a number, or a list.
    pub fn axis(mut self, axis: impl Into<Axes>) -> ConcordanceCorrelation {
        self.axis = axis.into();
        self
    }
}

impl Named for ConcordanceCorrelation {
    const NAME: &'static str = "ConcordanceCorrelation";
    const ALIASES: &'static [&'static str] = &["concordance_correlation"];
    const SUMMARY: &'static str = "How far predictions equal labels, by their moments";
}

impl MeanMetric for ConcordanceCorrelation {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let axes = self.axis.as_slice();
        let (true_mean, pred_mean) = (y_true.mean_keep(axes), y_pred.mean_keep(axes));
        let covariance = ((&y_true - &true_mean) * (&y_pred - &pred_mean)).mean(axes);
        let variances = y_true.variance(axes) + y_pred.variance(axes);
        let distance = (true_mean - pred_mean).square().mean(axes);
        covariance * 2.0 / (variances + distance + EPSILON)
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
