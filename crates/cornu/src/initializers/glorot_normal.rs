//! The Glorot normal initializer.

use super::{Distribution, Fan, Scaled, VarianceScaling};
use crate::registry::Named;
use serde::{Deserialize, Serialize};

/// Normal numbers of mean 0 and variance `2 / (fan_in + fan_out)`, cut off at two deviations.
///
/// Glorot, Bengio: Understanding the difficulty of training deep feedforward networks (2010). Agrees with Keras's `GlorotNormal`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GlorotNormal {
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(deserialize_with = "super::seed")]
    pub seed: Option<i64>,
    /// The axes of a unit's inputs; found by [`VarianceScaling`]'s rule unless both are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_axes: Option<Vec<isize>>,
    /// The axes of a unit's outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_axes: Option<Vec<isize>>,
}

impl Named for GlorotNormal {
    const NAME: &'static str = "GlorotNormal";
    const ALIASES: &'static [&'static str] = &["glorot_normal"];
    const SUMMARY: &'static str =
        "truncated normal of variance 2 / (fan_in + fan_out), for tanh, sigmoid and linear layers";
}

impl Scaled for GlorotNormal {
    fn scaling(&self) -> VarianceScaling {
        let GlorotNormal { seed, input_axes, output_axes } = self.clone();
        let (mode, distribution) = (Fan::Avg, Distribution::TruncatedNormal);
        VarianceScaling { scale: 1.0, mode, distribution, seed, input_axes, output_axes }
    }
}
