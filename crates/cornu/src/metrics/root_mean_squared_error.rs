//! The root of the mean of squared differences.

use super::{Float32, Metric, totals};
use crate::losses::shapes::same_shape;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `sqrt(mean((y_true - y_pred)²))` over all samples and axes.
///
/// Shapes: labels like predictions. Agrees with Keras's `RootMeanSquaredError`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RootMeanSquaredError {
    /// The name it is reported under; `root_mean_squared_error` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for RootMeanSquaredError {
    fn default() -> RootMeanSquaredError {
        RootMeanSquaredError { name: "root_mean_squared_error".into(), dtype: Float32 }
    }
}

impl RootMeanSquaredError {
    /// The metric with Keras's defaults.
    pub fn new() -> RootMeanSquaredError {
        RootMeanSquaredError::default()
    }
}

impl Named for RootMeanSquaredError {
    const NAME: &'static str = "RootMeanSquaredError";
    const ALIASES: &'static [&'static str] = &["root_mean_squared_error", "rmse", "RMSE"];
    const SUMMARY: &'static str = "The root of the mean of squared differences";
}

impl Metric for RootMeanSquaredError {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        totals::add_mean(scope, &(y_pred - y_true).square(), sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        totals::mean(scope).sqrt()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
