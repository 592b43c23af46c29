//! The mean of absolute differences.

use super::{Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `mean(|y_true - y_pred|)` along the last axis.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `MeanAbsoluteError`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanAbsoluteError {
    /// The name; `mean_absolute_error` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for MeanAbsoluteError {
    fn default() -> MeanAbsoluteError {
        MeanAbsoluteError { name: "mean_absolute_error".into(), reduction: Reduction::default() }
    }
}

impl MeanAbsoluteError {
    /// The loss with Keras's defaults.
    pub fn new() -> MeanAbsoluteError {
        MeanAbsoluteError::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> MeanAbsoluteError {
        self.reduction = reduction;
        self
    }
}

impl Named for MeanAbsoluteError {
    const NAME: &'static str = "MeanAbsoluteError";
    const ALIASES: &'static [&'static str] = &["mean_absolute_error", "mae", "MAE"];
    const SUMMARY: &'static str = "The mean of absolute differences";
}

impl Loss for MeanAbsoluteError {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        (y_pred - y_true).abs().mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
