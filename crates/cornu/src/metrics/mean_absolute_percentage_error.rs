//! The mean of differences relative to the labels, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss
/// [`MeanAbsolutePercentageError`](crate::losses::MeanAbsolutePercentageError).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanAbsolutePercentageError {
    /// The name it is reported under; `mean_absolute_percentage_error` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for MeanAbsolutePercentageError {
    fn default() -> MeanAbsolutePercentageError {
        MeanAbsolutePercentageError { name: "mean_absolute_percentage_error".into(), dtype: Float32 }
    }
}

impl MeanAbsolutePercentageError {
    /// The metric with Keras's defaults.
    pub fn new() -> MeanAbsolutePercentageError {
        MeanAbsolutePercentageError::default()
    }
}

impl Named for MeanAbsolutePercentageError {
    const NAME: &'static str = "MeanAbsolutePercentageError";
    const ALIASES: &'static [&'static str] = &["mean_absolute_percentage_error", "mape", "MAPE"];
    const SUMMARY: &'static str = "The mean of differences relative to the labels";
}

impl MeanMetric for MeanAbsolutePercentageError {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::MeanAbsolutePercentageError::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
