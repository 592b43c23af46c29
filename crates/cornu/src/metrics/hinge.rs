//! Distance from the right side of a margin, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`Hinge`](crate::losses::Hinge).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hinge {
    /// The name it is reported under; `hinge` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for Hinge {
    fn default() -> Hinge {
        Hinge { name: "hinge".into(), dtype: Float32 }
    }
}

impl Hinge {
    /// The metric with Keras's defaults.
    pub fn new() -> Hinge {
        Hinge::default()
    }
}

impl Named for Hinge {
    const NAME: &'static str = "Hinge";
    const ALIASES: &'static [&'static str] = &["hinge"];
    const SUMMARY: &'static str = "Distance from the right side of a margin";
}

impl MeanMetric for Hinge {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::Hinge::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
