//! The mean of squared differences, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`MeanSquaredError`](crate::losses::MeanSquaredError).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanSquaredError {
    /// The name it is reported under; `mean_squared_error` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for MeanSquaredError {
    fn default() -> MeanSquaredError {
        MeanSquaredError { name: "mean_squared_error".into(), dtype: Float32 }
    }
}

impl MeanSquaredError {
    /// The metric with Keras's defaults.
    pub fn new() -> MeanSquaredError {
        MeanSquaredError::default()
    }
}

impl Named for MeanSquaredError {
    const NAME: &'static str = "MeanSquaredError";
    const ALIASES: &'static [&'static str] = &["mean_squared_error", "mse", "MSE"];
    const SUMMARY: &'static str = "The mean of squared differences";
}

impl MeanMetric for MeanSquaredError {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::MeanSquaredError::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
