//! How near the embeddings of a class are, and how far those of others.

use super::{Loss, Reduction, shapes::keras_shape};
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// `softplus(logsumexp(near) + logsumexp(far))` for each sample, over the others of its class and of other
/// classes: with `d` the cosine distance (at least 0) of two embeddings and `m` the margin,
/// `near = -gamma (m + d) (m - d)` and `far = gamma max(1 + m - d, 0) (1 - m - d)`. Samples without any others
/// of their class, or without any of another, do not count.
///
/// Shapes: labels `[batch]` or `[batch, 1]` are the numbers of classes, predictions `[batch, n]` are vectors of
/// length 1; the result is `[batch]`. Agrees with Keras's `Circle` (Sun et al., *Circle loss: a unified
/// perspective of pair similarity optimization*, 2020).
///
/// ```
/// use cornu::losses::Circle;
/// let loss = Circle::new().gamma(64.0).margin(0.25);
/// assert_eq!((loss.gamma, loss.margin, loss.remove_diagonal), (64.0, 0.25, true));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Circle {
    /// The name; `circle` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// The scale of distances; 80 by default.
    pub gamma: f64,
    /// How near is near enough; 0.4 by default.
    pub margin: f64,
    /// Whether a sample is no neighbor of itself; true by default.
    pub remove_diagonal: bool,
}

impl Default for Circle {
    fn default() -> Circle {
        Circle {
            name: "circle".into(),
            reduction: Reduction::default(),
            gamma: 80.0,
            margin: 0.4,
            remove_diagonal: true,
        }
    }
}

impl Circle {
    /// The loss with Keras's defaults.
    pub fn new() -> Circle {
        Circle::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> Circle {
        self.reduction = reduction;
        self
    }

    /// The same with another scale of distances.
    pub fn gamma(mut self, gamma: f64) -> Circle {
        self.gamma = gamma;
        self
    }

    /// The same with another margin.
    pub fn margin(mut self, margin: f64) -> Circle {
        self.margin = margin;
        self
    }

    /// The same where each sample is a neighbor of itself, or is not.
    pub fn remove_diagonal(mut self, remove_diagonal: bool) -> Circle {
        self.remove_diagonal = remove_diagonal;
        self
    }
}

impl Named for Circle {
    const NAME: &'static str = "Circle";
    const ALIASES: &'static [&'static str] = &["circle"];
    const SUMMARY: &'static str = "Pulls embeddings of one class together, and those of several apart";
}

impl Loss for Circle {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let n = y_pred.extent(0);
        if !y_true.is_valid() || !y_pred.is_valid() {
            return y_pred.clone();
        }
        if y_pred.rank() != 2 || !(y_true.shape()[..] == [n] || y_true.shape()[..] == [n, 1]) {
            let (labels, predictions) = (keras_shape(&y_true.shape()), keras_shape(&y_pred.shape()));
            return y_pred.builder().fail(format!(
                "{} expects labels of shape (None,) and predictions of shape (None, n), got {labels} and \
                 {predictions}",
                self.name
            ));
        }
        let labels = y_true.cast(DType::I64);
        // [batch, batch]
        let same = labels.reshape([n, 1]).equal(labels.reshape([1, n]));
        let distance = (1.0 - y_pred.matmul(&y_pred.transpose(&[1, 0]))).maximum(0.0);
        let place = |axis: usize| y_pred.builder().iota([n, n], axis, DType::I64);
        let fellows = match self.remove_diagonal {
            true => same.and(&place(0).not_equal(place(1))),
            false => same.clone(),
        };
        let near = (&distance + self.margin) * (self.margin - &distance) * -self.gamma;
        let apart = (1.0 + self.margin - &distance).maximum(0.0);
        let far = apart * (1.0 - self.margin - &distance) * self.gamma;
        let over = |of: Tensor, x: Tensor| of.select(&x, NEVER).logsumexp(1);
        (over(fellows, near) + over(same.not(), far)).softplus()
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn mask(&self, y_true: &Tensor, y_pred: &Tensor) -> Option<Tensor> {
        Some(self.call(y_true, y_pred).greater(0.0))
    }
}

/// The logarithm of nothing, but finite: no sum of others is as small.
const NEVER: f64 = -1e30;
