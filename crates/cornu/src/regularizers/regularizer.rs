//! The trait that every regularizer implements.

use crate::registry::{Any, Entry, Item, Kind};
use cornu_graph::Tensor;
use std::sync::Arc;

/// A penalty that a weight (or a layer's output) adds to the loss.
pub trait Regularizer: Item {
    /// The penalty, a scalar.
    fn call(&self, w: &Tensor) -> Tensor;
}

/// Any regularizer, shared.
pub type AnyRegularizer = Any<dyn Regularizer>;

impl<T: Regularizer + 'static> From<T> for AnyRegularizer {
    fn from(regularizer: T) -> AnyRegularizer {
        Any::new(Arc::new(regularizer))
    }
}

impl Kind for dyn Regularizer {
    const WORD: &'static str = "regularizer";
    const MODULE: &'static str = "keras.regularizers";
    fn registry() -> &'static [Entry<dyn Regularizer>] {
        super::REGULARIZERS
    }
}

/// `factor * sum(|w|)`
pub(super) fn absolute(w: &Tensor, name: &str, factor: f64) -> Tensor {
    scaled(w, name, factor, || w.abs().sum_all())
}

/// `factor * sum(w^2)`
pub(super) fn square(w: &Tensor, name: &str, factor: f64) -> Tensor {
    scaled(w, name, factor, || (w * w).sum_all())
}

/// `factor` times a sum, if the factor makes sense.
pub(super) fn scaled(w: &Tensor, name: &str, factor: f64, sum: impl FnOnce() -> Tensor) -> Tensor {
    match factor >= 0.0 && factor.is_finite() {
        true => sum() * factor,
        false => w.builder().fail(format!("a regularizer expects {name} of at least 0, got {factor}")),
    }
}
