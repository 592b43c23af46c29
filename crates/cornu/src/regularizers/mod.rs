//! Regularizers: penalties that weights add to the loss. To add one: a file here and its two lines below.

mod l1;
mod l1_l2;
mod l2;
mod orthogonal_regularizer;
mod regularizer;

pub use l1::L1;
pub use l1_l2::L1L2;
pub use l2::L2;
pub use orthogonal_regularizer::{Lines, OrthogonalRegularizer};
pub use regularizer::{AnyRegularizer, Regularizer};

use crate::registry::{Entry, entries};

/// All regularizers.
pub static REGULARIZERS: &[Entry<dyn Regularizer>] =
    entries![dyn Regularizer: L1, L2, L1L2, OrthogonalRegularizer];
