//! The mean of squared differences, as a metric.

use super::{Float32, Metric, totals};
use crate::losses::{self, Loss};
use crate::registry::Named;
use crate::scope::Scope;
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

impl Metric for MeanSquaredError {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let loss = losses::MeanSquaredError::default();
        totals::add_mean(scope, &loss.call(y_true, y_pred), sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        totals::mean(scope)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
