//! How far one distribution is from another.

use super::{EPSILON, Labels, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `sum(y_true log(y_true / y_pred))` along the last axis, both clipped to `[1e-7, 1]`.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's `KLDivergence`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KLDivergence {
    /// The name; `kl_divergence` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for KLDivergence {
    fn default() -> KLDivergence {
        KLDivergence { name: "kl_divergence".into(), reduction: Reduction::default() }
    }
}

impl KLDivergence {
    /// The loss with Keras's defaults.
    pub fn new() -> KLDivergence {
        KLDivergence::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> KLDivergence {
        self.reduction = reduction;
        self
    }
}

impl Named for KLDivergence {
    const NAME: &'static str = "KLDivergence";
    const ALIASES: &'static [&'static str] = &["kl_divergence", "kld", "KLD", "kullback_leibler_divergence"];
    const SUMMARY: &'static str = "How far one distribution is from another";
}

impl Loss for KLDivergence {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let (y_true, y_pred) = (y_true.clip(EPSILON, 1.0), y_pred.clip(EPSILON, 1.0));
        (&y_true * (&y_true / y_pred).log()).sum(&[-1])
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
