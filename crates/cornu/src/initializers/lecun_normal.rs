//! The LeCun normal initializer.

use super::{Distribution, Fan, Scaled, VarianceScaling};
use crate::registry::Named;
use serde::{Deserialize, Serialize};

/// Normal numbers of mean 0 and variance `1 / fan_in`, cut off at two deviations.
///
/// LeCun, Bottou, Orr, Müller: Efficient backprop (1998). Agrees with Keras's `LecunNormal`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LecunNormal {
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

impl Named for LecunNormal {
    const NAME: &'static str = "LecunNormal";
    const ALIASES: &'static [&'static str] = &["lecun_normal"];
    const SUMMARY: &'static str = "truncated normal of variance 1 / fan_in, for selu layers";
}

impl Scaled for LecunNormal {
    fn scaling(&self) -> VarianceScaling {
        let LecunNormal { seed, input_axes, output_axes } = self.clone();
        let (mode, distribution) = (Fan::In, Distribution::TruncatedNormal);
        VarianceScaling { scale: 1.0, mode, distribution, seed, input_axes, output_axes }
    }
}
