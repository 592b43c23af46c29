//! Constraints: what weights are brought back to after each update. To add one: a file here and its two lines
//! below.

mod axes;
mod constraint;
mod max_norm;
mod min_max_norm;
mod non_neg;
mod unit_norm;

pub use axes::Axes;
pub use constraint::{AnyConstraint, Constraint};
pub use max_norm::MaxNorm;
pub use min_max_norm::MinMaxNorm;
pub use non_neg::NonNeg;
pub use unit_norm::UnitNorm;

use crate::registry::{Entry, entries};

/// All constraints.
pub static CONSTRAINTS: &[Entry<dyn Constraint>] =
    entries![dyn Constraint: MaxNorm, MinMaxNorm, NonNeg, UnitNorm];
