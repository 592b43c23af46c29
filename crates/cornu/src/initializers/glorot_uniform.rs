//! The Glorot uniform initializer.

use super::{Distribution, Fan, Scaled, VarianceScaling};
use crate::registry::Named;
use serde::{Deserialize, Serialize};

/// Uniform numbers within `sqrt(6 / (fan_in + fan_out))` of 0.
///
/// Glorot, Bengio: Understanding the difficulty of training deep feedforward networks (2010). Agrees with Keras's `GlorotUniform`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GlorotUniform {
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

impl Named for GlorotUniform {
    const NAME: &'static str = "GlorotUniform";
    const ALIASES: &'static [&'static str] = &["glorot_uniform"];
    const SUMMARY: &'static str =
        "uniform within sqrt(6 / (fan_in + fan_out)), for tanh, sigmoid and linear layers";
}

impl Scaled for GlorotUniform {
    fn scaling(&self) -> VarianceScaling {
        let GlorotUniform { seed, input_axes, output_axes } = self.clone();
        let (mode, distribution) = (Fan::Avg, Distribution::Uniform);
        VarianceScaling { scale: 1.0, mode, distribution, seed, input_axes, output_axes }
    }
}
