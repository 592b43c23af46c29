//! The logarithm of the hyperbolic cosine of the difference.

use super::{Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `mean(log(cosh(y_pred - y_true)))` along the last axis: `x² / 2` for small `x`, `|x| - log 2` for
/// large ones, computed as `|x| + log(1 + exp(-2 |x|)) - log 2`, which never overflows.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `LogCosh`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogCosh {
    /// The name; `log_cosh` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for LogCosh {
    fn default() -> LogCosh {
        LogCosh { name: "log_cosh".into(), reduction: Reduction::default() }
    }
}

impl LogCosh {
    /// The loss with Keras's defaults.
    pub fn new() -> LogCosh {
        LogCosh::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> LogCosh {
        self.reduction = reduction;
        self
    }
}

impl Named for LogCosh {
    const NAME: &'static str = "LogCosh";
    const ALIASES: &'static [&'static str] = &["log_cosh", "logcosh"];
    const SUMMARY: &'static str = "The logarithm of the hyperbolic cosine of the difference";
}

impl Loss for LogCosh {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        // The function is even: taken of |x| it has no part that could overflow.
        let x = (y_pred - y_true).abs();
        (&x + (&x * -2.0).exp().log1p() - std::f64::consts::LN_2).mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
