//! The mean of differences relative to the labels.

use super::{EPSILON, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `100 mean(|y_true - y_pred| / max(|y_true|, 1e-7))` along the last axis.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's
/// `MeanAbsolutePercentageError`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanAbsolutePercentageError {
    /// The name; `mean_absolute_percentage_error` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for MeanAbsolutePercentageError {
    fn default() -> MeanAbsolutePercentageError {
        MeanAbsolutePercentageError {
            name: "mean_absolute_percentage_error".into(),
            reduction: Reduction::default(),
        }
    }
}

impl MeanAbsolutePercentageError {
    /// The loss with Keras's defaults.
    pub fn new() -> MeanAbsolutePercentageError {
        MeanAbsolutePercentageError::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> MeanAbsolutePercentageError {
        self.reduction = reduction;
        self
    }
}

impl Named for MeanAbsolutePercentageError {
    const NAME: &'static str = "MeanAbsolutePercentageError";
    const ALIASES: &'static [&'static str] = &["mean_absolute_percentage_error", "mape", "MAPE"];
    const SUMMARY: &'static str = "The mean of differences relative to the labels";
}

impl Loss for MeanAbsolutePercentageError {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let size = y_true.abs().maximum(EPSILON);
        ((y_true - y_pred) / size).abs().mean(&[-1]) * 100.0
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
