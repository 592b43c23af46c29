//! The negative log-likelihood of counts, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`Poisson`](crate::losses::Poisson).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Poisson {
    /// The name it is reported under; `poisson` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for Poisson {
    fn default() -> Poisson {
        Poisson { name: "poisson".into(), dtype: Float32 }
    }
}

impl Poisson {
    /// The metric with Keras's defaults.
    pub fn new() -> Poisson {
        Poisson::default()
    }
}

impl Named for Poisson {
    const NAME: &'static str = "Poisson";
    const ALIASES: &'static [&'static str] = &["poisson"];
    const SUMMARY: &'static str = "The negative log-likelihood of counts";
}

impl MeanMetric for Poisson {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::Poisson::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
