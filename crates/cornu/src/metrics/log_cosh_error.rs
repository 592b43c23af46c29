//! The mean of log-cosh of differences, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`LogCosh`](crate::losses::LogCosh).
///
/// Shapes: as the loss. Agrees with Keras's metric `LogCoshError`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogCoshError {
    /// The name it is reported under; `logcosh` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for LogCoshError {
    fn default() -> LogCoshError {
        LogCoshError { name: "logcosh".into(), dtype: Float32 }
    }
}

impl LogCoshError {
    /// The metric with Keras's defaults.
    pub fn new() -> LogCoshError {
        LogCoshError::default()
    }
}

impl Named for LogCoshError {
    const NAME: &'static str = "LogCoshError";
    const ALIASES: &'static [&'static str] = &["log_cosh_error", "logcosh"];
    const SUMMARY: &'static str = "The mean of log-cosh of differences";
}

impl MeanMetric for LogCoshError {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        losses::LogCosh::default().call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
