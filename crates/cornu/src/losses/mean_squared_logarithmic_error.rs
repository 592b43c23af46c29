//! The mean of squared differences of logarithms.

use super::{EPSILON, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `mean((log(1 + y_true) - log(1 + y_pred))²)` along the last axis, where what is less than 1e-7
/// counts as 1e-7.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's
/// `MeanSquaredLogarithmicError`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanSquaredLogarithmicError {
    /// The name; `mean_squared_logarithmic_error` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for MeanSquaredLogarithmicError {
    fn default() -> MeanSquaredLogarithmicError {
        MeanSquaredLogarithmicError {
            name: "mean_squared_logarithmic_error".into(),
            reduction: Reduction::default(),
        }
    }
}

impl MeanSquaredLogarithmicError {
    /// The loss with Keras's defaults.
    pub fn new() -> MeanSquaredLogarithmicError {
        MeanSquaredLogarithmicError::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> MeanSquaredLogarithmicError {
        self.reduction = reduction;
        self
    }
}

impl Named for MeanSquaredLogarithmicError {
    const NAME: &'static str = "MeanSquaredLogarithmicError";
    const ALIASES: &'static [&'static str] = &["mean_squared_logarithmic_error", "msle", "MSLE"];
    const SUMMARY: &'static str = "The mean of squared differences of logarithms";
}

impl Loss for MeanSquaredLogarithmicError {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let log = |y: Tensor| (y.maximum(EPSILON) + 1.0).log();
        let difference = log(y_pred) - log(y_true);
        (&difference * &difference).mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
