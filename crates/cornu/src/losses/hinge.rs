//! The hinge loss.

use super::{Labels, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `mean(max(1 - y_true y_pred, 0))` along the last axis, with labels -1 and 1. A batch whose labels
/// are all 0 or 1 is taken to mean -1 and 1.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `Hinge`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hinge {
    /// The name; `hinge` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for Hinge {
    fn default() -> Hinge {
        Hinge { name: "hinge".into(), reduction: Reduction::default() }
    }
}

impl Hinge {
    /// The loss with Keras's defaults.
    pub fn new() -> Hinge {
        Hinge::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> Hinge {
        self.reduction = reduction;
        self
    }
}

impl Named for Hinge {
    const NAME: &'static str = "Hinge";
    const ALIASES: &'static [&'static str] = &["hinge"];
    const SUMMARY: &'static str = "Distance from the right side of a margin";
}

impl Loss for Hinge {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        distances(&self.name, y_true, y_pred).mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, _: &Shape) -> Option<Labels> {
        Some(Labels::within(-1.0..=1.0))
    }
}

/// `max(1 - y_true y_pred, 0)`, element by element, with labels -1 and 1: as such, or all of them 0 or 1.
pub(super) fn distances(name: &str, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
    let (y_true, y_pred) = same_shape(name, y_true, y_pred);
    let binary = y_true.equal(0.0).or(&y_true.equal(1.0));
    let others = binary.not().cast(y_true.dtype()).sum_all();
    let signs = others.equal(0.0).select(&(&y_true * 2.0 - 1.0), &y_true);
    (1.0 - signs * y_pred).maximum(0.0)
}
