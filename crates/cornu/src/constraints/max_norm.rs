//! The constraint of norms from above.

use super::constraint::{EPSILON, norms};
use super::{Axes, Constraint};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Scales vectors that are longer than `max_value` down to it: `w min(|w|, max) / (|w| + 1e-7)`.
/// Agrees with Keras's `MaxNorm`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaxNorm {
    /// The greatest length allowed; 2 by default, at least 0.
    pub max_value: f64,
    /// The axes along which a vector lies; 0 by default, a unit's weights in a `Dense` kernel.
    pub axis: Axes,
}

impl Default for MaxNorm {
    fn default() -> MaxNorm {
        MaxNorm { max_value: 2.0, axis: Axes::One(0) }
    }
}

impl Named for MaxNorm {
    const NAME: &'static str = "MaxNorm";
    const ALIASES: &'static [&'static str] = &["max_norm"];
    const SUMMARY: &'static str = "vectors of at most max_value in length";
}

impl Constraint for MaxNorm {
    fn call(&self, w: &Tensor) -> Tensor {
        if self.max_value.is_nan() || self.max_value < 0.0 {
            return w
                .builder()
                .fail(format!("MaxNorm expects a max_value of at least 0, got {}", self.max_value));
        }
        let norms = norms(w, &self.axis);
        w * (norms.minimum(self.max_value) / (norms + EPSILON))
    }
}
