//! The squared hinge loss.

use super::{Labels, Loss, Reduction, hinge::distances};
use crate::registry::Named;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `mean(max(1 - y_true y_pred, 0)²)` along the last axis, with labels -1 and 1. A batch whose labels
/// are all 0 or 1 is taken to mean -1 and 1.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `SquaredHinge`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SquaredHinge {
    /// The name; `squared_hinge` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for SquaredHinge {
    fn default() -> SquaredHinge {
        SquaredHinge { name: "squared_hinge".into(), reduction: Reduction::default() }
    }
}

impl SquaredHinge {
    /// The loss with Keras's defaults.
    pub fn new() -> SquaredHinge {
        SquaredHinge::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> SquaredHinge {
        self.reduction = reduction;
        self
    }
}

impl Named for SquaredHinge {
    const NAME: &'static str = "SquaredHinge";
    const ALIASES: &'static [&'static str] = &["squared_hinge"];
    const SUMMARY: &'static str = "Squared distance from the right side of a margin";
}

impl Loss for SquaredHinge {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        distances(&self.name, y_true, y_pred).square().mean(&[-1])
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
