//! How far one distribution is from another, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`KLDivergence`](crate::losses::KLDivergence).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KLDivergence {
    /// The name it is reported under; `kl_divergence` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for KLDivergence {
    fn default() -> KLDivergence {
        KLDivergence { name: "kl_divergence".into(), dtype: Float32 }
    }
}

impl KLDivergence {
    /// The metric with Keras's defaults.
    pub fn new() -> KLDivergence {
        KLDivergence::default()
    }
}

impl Named for KLDivergence {
    const NAME: &'static str = "KLDivergence";
    const ALIASES: &'static [&'static str] = &["kl_divergence"];
    const SUMMARY: &'static str = "How far one distribution is from another";
}

impl MeanMetric for KLDivergence {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::KLDivergence::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
