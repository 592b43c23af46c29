//! The mean of squared differences of logarithms, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss
/// [`MeanSquaredLogarithmicError`](crate::losses::MeanSquaredLogarithmicError).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanSquaredLogarithmicError {
    /// The name it is reported under; `mean_squared_logarithmic_error` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for MeanSquaredLogarithmicError {
    fn default() -> MeanSquaredLogarithmicError {
        MeanSquaredLogarithmicError { name: "mean_squared_logarithmic_error".into(), dtype: Float32 }
    }
}

impl MeanSquaredLogarithmicError {
    /// The metric with Keras's defaults.
    pub fn new() -> MeanSquaredLogarithmicError {
        MeanSquaredLogarithmicError::default()
    }
}

impl Named for MeanSquaredLogarithmicError {
    const NAME: &'static str = "MeanSquaredLogarithmicError";
    const ALIASES: &'static [&'static str] = &["mean_squared_logarithmic_error", "msle", "MSLE"];
    const SUMMARY: &'static str = "The mean of squared differences of logarithms";
}

impl MeanMetric for MeanSquaredLogarithmicError {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::MeanSquaredLogarithmicError::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
