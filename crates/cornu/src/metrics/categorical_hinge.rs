//! The hinge loss of several classes, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`CategoricalHinge`](crate::losses::CategoricalHinge).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalHinge {
    /// The name it is reported under; `categorical_hinge` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for CategoricalHinge {
    fn default() -> CategoricalHinge {
        CategoricalHinge { name: "categorical_hinge".into(), dtype: Float32 }
    }
}

impl CategoricalHinge {
    /// The metric with Keras's defaults.
    pub fn new() -> CategoricalHinge {
        CategoricalHinge::default()
    }
}

impl Named for CategoricalHinge {
    const NAME: &'static str = "CategoricalHinge";
    const ALIASES: &'static [&'static str] = &["categorical_hinge"];
    const SUMMARY: &'static str = "The hinge loss of several classes";
}

impl MeanMetric for CategoricalHinge {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::CategoricalHinge::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
