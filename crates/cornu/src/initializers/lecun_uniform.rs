//! The LeCun uniform initializer.

use super::{Distribution, Fan, Scaled, VarianceScaling};
use crate::registry::Named;
use serde::{Deserialize, Serialize};

/// Uniform numbers within `sqrt(3 / fan_in)` of 0.
///
/// LeCun, Bottou, Orr, Müller: Efficient backprop (1998). Agrees with Keras's `LecunUniform`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LecunUniform {
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

impl Named for LecunUniform {
    const NAME: &'static str = "LecunUniform";
    const ALIASES: &'static [&'static str] = &["lecun_uniform"];
    const SUMMARY: &'static str = "uniform within sqrt(3 / fan_in), for selu layers";
}

impl Scaled for LecunUniform {
    fn scaling(&self) -> VarianceScaling {
        let LecunUniform { seed, input_axes, output_axes } = self.clone();
        let (mode, distribution) = (Fan::In, Distribution::Uniform);
        VarianceScaling { scale: 1.0, mode, distribution, seed, input_axes, output_axes }
    }
}
