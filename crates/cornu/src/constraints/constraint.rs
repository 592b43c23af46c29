//! The trait that every constraint implements.

use super::Axes;
use crate::registry::{Any, Entry, Item, Kind};
use cornu_graph::Tensor;
use std::sync::Arc;

/// What a weight is brought back to after each update.
pub trait Constraint: Item {
    /// The weight nearest to `w` that is allowed, of the same shape.
    fn call(&self, w: &Tensor) -> Tensor;
}

/// Any constraint, shared.
pub type AnyConstraint = Any<dyn Constraint>;

impl<T: Constraint + 'static> From<T> for AnyConstraint {
    fn from(constraint: T) -> AnyConstraint {
        Any::new(Arc::new(constraint))
    }
}

impl Kind for dyn Constraint {
    const WORD: &'static str = "constraint";
    const MODULE: &'static str = "keras.constraints";
    fn registry() -> &'static [Entry<dyn Constraint>] {
        super::CONSTRAINTS
    }
}

/// What keeps a division by a norm of 0 finite: Keras's `backend.epsilon()`.
pub(super) const EPSILON: f64 = 1e-7;

/// The norms of `w` along `axes`, which stay with extent 1.
pub(super) fn norms(w: &Tensor, axes: &Axes) -> Tensor {
    (w * w).sum_keep(axes.as_slice()).sqrt()
}
