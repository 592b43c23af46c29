//! The hinge loss of several classes.

use super::{Labels, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0)` along the last axis, with one-hot labels.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `CategoricalHinge`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalHinge {
    /// The name; `categorical_hinge` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for CategoricalHinge {
    fn default() -> CategoricalHinge {
        CategoricalHinge { name: "categorical_hinge".into(), reduction: Reduction::default() }
    }
}

impl CategoricalHinge {
    /// The loss with Keras's defaults.
    pub fn new() -> CategoricalHinge {
        CategoricalHinge::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> CategoricalHinge {
        self.reduction = reduction;
        self
    }
}

impl Named for CategoricalHinge {
    const NAME: &'static str = "CategoricalHinge";
    const ALIASES: &'static [&'static str] = &["categorical_hinge"];
    const SUMMARY: &'static str = "The hinge loss of several classes";
}

impl Loss for CategoricalHinge {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let right = (&y_true * &y_pred).sum(&[-1]);
        let wrong = ((1.0 - y_true) * y_pred).reduce_max(&[-1]);
        (wrong - right + 1.0).maximum(0.0)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, _: &Shape) -> Option<Labels> {
        Some(Labels::within(0.0..=1.0))
    }
}
