//! The angle between labels and predictions.

use super::{Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `-sum(y_true y_pred) / (|y_true| |y_pred|)` along `axis`: -1 where both point the same way, 1 where
/// they oppose each other; zero where one of them is zero.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's
/// `CosineSimilarity`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CosineSimilarity {
    /// The name; `cosine_similarity` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// The axis that the vectors lie along; the last by default.
    pub axis: isize,
}

impl Default for CosineSimilarity {
    fn default() -> CosineSimilarity {
        CosineSimilarity { name: "cosine_similarity".into(), reduction: Reduction::default(), axis: -1 }
    }
}

impl CosineSimilarity {
    /// The loss with Keras's defaults.
    pub fn new() -> CosineSimilarity {
        CosineSimilarity::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> CosineSimilarity {
        self.reduction = reduction;
        self
    }

    /// The same with vectors along another axis.
    pub fn axis(mut self, axis: isize) -> CosineSimilarity {
        self.axis = axis;
        self
    }
}

impl Named for CosineSimilarity {
    const NAME: &'static str = "CosineSimilarity";
    const ALIASES: &'static [&'static str] = &["cosine_similarity"];
    const SUMMARY: &'static str = "The angle between labels and predictions";
}

impl Loss for CosineSimilarity {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        -(normalize(&y_true, self.axis) * normalize(&y_pred, self.axis)).sum(&[self.axis])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// `x` divided by its length along `axis`; zeros stay zeros.
pub(crate) fn normalize(x: &Tensor, axis: isize) -> Tensor {
    let squares = (x * x).sum_keep(&[axis]);
    let zero = squares.equal(0.0);
    // The root has no derivative at zero, so it is not taken there.
    let length = zero.select(&squares.full_like(1.0), &squares).sqrt().maximum(super::EPSILON);
    x / length
}
