//! The constraint of norms from both sides.

use super::constraint::{EPSILON, norms};
use super::{Axes, Constraint};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Brings the length of vectors between `min_value` and `max_value`, at once or in steps:
/// `w (rate clip(|w|, min, max) + (1 - rate) |w|) / (|w| + 1e-7)`. Agrees with Keras's
/// `MinMaxNorm`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MinMaxNorm {
    /// The least length; 0 by default.
    pub min_value: f64,
    /// The greatest length; 1 by default, at least `min_value`.
    pub max_value: f64,
    /// How far towards it one update goes; 1 by default: all the way.
    pub rate: f64,
    /// The axes along which a vector lies; 0 by default, a unit's weights in a `Dense` kernel.
    pub axis: Axes,
}

impl Default for MinMaxNorm {
    fn default() -> MinMaxNorm {
        MinMaxNorm { min_value: 0.0, max_value: 1.0, rate: 1.0, axis: Axes::One(0) }
    }
}

impl Named for MinMaxNorm {
    const NAME: &'static str = "MinMaxNorm";
    const ALIASES: &'static [&'static str] = &["min_max_norm"];
    const SUMMARY: &'static str = "vectors between min_value and max_value in length";
}

impl Constraint for MinMaxNorm {
    fn call(&self, w: &Tensor) -> Tensor {
        let (min, max) = (self.min_value, self.max_value);
        if !(0.0..=max).contains(&min) {
            return w
                .builder()
                .fail(format!("MinMaxNorm expects 0 <= min_value <= max_value, got {min} and {max}"));
        }
        let norms = norms(w, &self.axis);
        let wanted = norms.maximum(min).minimum(max) * self.rate + &norms * (1.0 - self.rate);
        w * (wanted / (norms + EPSILON))
    }
}
