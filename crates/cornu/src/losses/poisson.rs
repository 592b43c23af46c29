//! The negative log-likelihood of counts.

use super::{EPSILON, Labels, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `mean(y_pred - y_true log(y_pred + 1e-7))` along the last axis.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `Poisson`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Poisson {
    /// The name; `poisson` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for Poisson {
    fn default() -> Poisson {
        Poisson { name: "poisson".into(), reduction: Reduction::default() }
    }
}

impl Poisson {
    /// The loss with Keras's defaults.
    pub fn new() -> Poisson {
        Poisson::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> Poisson {
        self.reduction = reduction;
        self
    }
}

impl Named for Poisson {
    const NAME: &'static str = "Poisson";
    const ALIASES: &'static [&'static str] = &["poisson"];
    const SUMMARY: &'static str = "The negative log-likelihood of counts";
}

impl Loss for Poisson {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        (&y_pred - y_true * (&y_pred + EPSILON).log()).mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, _: &Shape) -> Option<Labels> {
        Some(Labels::within(0.0..=f64::INFINITY))
    }
}
