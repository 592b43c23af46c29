//! Huber's loss: squares near zero, straight lines further out.

use super::{Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `e² / 2` where `|e| <= delta`, else `delta |e| - delta² / 2`, with `e = y_pred - y_true`; the mean
/// along the last axis.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `Huber`
/// (Huber, *Robust estimation of a location parameter*, 1964).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Huber {
    /// The name; `huber_loss` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// Where the line takes over from the square; 1 by default.
    pub delta: f64,
}

impl Default for Huber {
    fn default() -> Huber {
        Huber { name: "huber_loss".into(), reduction: Reduction::default(), delta: 1.0 }
    }
}

impl Huber {
    /// The loss with Keras's defaults.
    pub fn new() -> Huber {
        Huber::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> Huber {
        self.reduction = reduction;
        self
    }

    /// The same with the line beginning at `delta`.
    pub fn delta(mut self, delta: f64) -> Huber {
        self.delta = delta;
        self
    }
}

impl Named for Huber {
    const NAME: &'static str = "Huber";
    const ALIASES: &'static [&'static str] = &["huber", "huber_loss"];
    const SUMMARY: &'static str = "Squares near zero, straight lines further out";
}

impl Loss for Huber {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let error = y_pred - y_true;
        let size = error.abs();
        let outside = &size * self.delta - 0.5 * self.delta * self.delta;
        size.less_equal(self.delta).select(&(&error * &error * 0.5), outside).mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
