//! The mean of squared differences.

use super::{Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `mean((y_true - y_pred)²)` along the last axis.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `MeanSquaredError`.
///
/// ```
/// use cornu::losses::{Loss, MeanSquaredError};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let (y_true, y_pred) = (b.input("y_true", [1, 2]), b.input("y_pred", [1, 2]));
/// let loss = MeanSquaredError::new().value(&y_true, &y_pred, None, None);
/// let graph = b.build(&[("loss", &loss)], &[]).unwrap();
/// let inputs = [[0.0f32, 1.0], [1.0, 4.0]].map(|row| Array::new([1, 2], row.to_vec()).unwrap());
/// assert_eq!(evaluate(&graph, &inputs, &[]).unwrap().outputs[0].item(), Some(5.0));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanSquaredError {
    /// The name; `mean_squared_error` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for MeanSquaredError {
    fn default() -> MeanSquaredError {
        MeanSquaredError { name: "mean_squared_error".into(), reduction: Reduction::default() }
    }
}

impl MeanSquaredError {
    /// The loss with Keras's defaults.
    pub fn new() -> MeanSquaredError {
        MeanSquaredError::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> MeanSquaredError {
        self.reduction = reduction;
        self
    }
}

impl Named for MeanSquaredError {
    const NAME: &'static str = "MeanSquaredError";
    const ALIASES: &'static [&'static str] = &["mean_squared_error", "mse", "MSE"];
    const SUMMARY: &'static str = "The mean of squared differences";
}

impl Loss for MeanSquaredError {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let difference = y_pred - y_true;
        (&difference * &difference).mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
