//! The mean of absolute differences, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`MeanAbsoluteError`](crate::losses::MeanAbsoluteError).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanAbsoluteError {
    /// The name it is reported under; `mean_absolute_error` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for MeanAbsoluteError {
    fn default() -> MeanAbsoluteError {
        MeanAbsoluteError { name: "mean_absolute_error".into(), dtype: Float32 }
    }
}

impl MeanAbsoluteError {
    /// The metric with Keras's defaults.
    pub fn new() -> MeanAbsoluteError {
        MeanAbsoluteError::default()
    }
}

impl Named for MeanAbsoluteError {
    const NAME: &'static str = "MeanAbsoluteError";
    const ALIASES: &'static [&'static str] = &["mean_absolute_error", "mae", "MAE"];
    const SUMMARY: &'static str = "The mean of absolute differences";
}

impl MeanMetric for MeanAbsoluteError {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::MeanAbsoluteError::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
