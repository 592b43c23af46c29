//! Squared distance from the right side of a margin, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`SquaredHinge`](crate::losses::SquaredHinge).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SquaredHinge {
    /// The name it is reported under; `squared_hinge` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for SquaredHinge {
    fn default() -> SquaredHinge {
        SquaredHinge { name: "squared_hinge".into(), dtype: Float32 }
    }
}

impl SquaredHinge {
    /// The metric with Keras's defaults.
    pub fn new() -> SquaredHinge {
        SquaredHinge::default()
    }
}

impl Named for SquaredHinge {
    const NAME: &'static str = "SquaredHinge";
    const ALIASES: &'static [&'static str] = &["squared_hinge"];
    const SUMMARY: &'static str = "Squared distance from the right side of a margin";
}

impl MeanMetric for SquaredHinge {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::SquaredHinge::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
