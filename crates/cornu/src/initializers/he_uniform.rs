//! The He uniform initializer.

use super::{Distribution, Fan, Scaled, VarianceScaling};
use crate::registry::Named;
use serde::{Deserialize, Serialize};

/// Uniform numbers within `sqrt(6 / fan_in)` of 0.
///
/// He, Zhang, Ren, Sun: Delving deep into rectifiers (2015). Agrees with Keras's `HeUniform`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeUniform {
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

impl Named for HeUniform {
    const NAME: &'static str = "HeUniform";
    const ALIASES: &'static [&'static str] = &["he_uniform"];
    const SUMMARY: &'static str = "uniform within sqrt(6 / fan_in), for relu layers";
}

impl Scaled for HeUniform {
    fn scaling(&self) -> VarianceScaling {
        let HeUniform { seed, input_axes, output_axes } = self.clone();
        let (mode, distribution) = (Fan::In, Distribution::Uniform);
        VarianceScaling { scale: 2.0, mode, distribution, seed, input_axes, output_axes }
    }
}
