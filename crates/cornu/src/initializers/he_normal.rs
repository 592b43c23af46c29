//! The He normal initializer.

use super::{Distribution, Fan, Scaled, VarianceScaling};
use crate::registry::Named;
use serde::{Deserialize, Serialize};

/// Normal numbers of mean 0 and variance `2 / fan_in`, cut off at two deviations.
///
/// He, Zhang, Ren, Sun: Delving deep into rectifiers (2015). Agrees with Keras's `HeNormal`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeNormal {
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

impl Named for HeNormal {
    const NAME: &'static str = "HeNormal";
    const ALIASES: &'static [&'static str] = &["he_normal"];
    const SUMMARY: &'static str = "truncated normal of variance 2 / fan_in, for relu layers";
}

impl Scaled for HeNormal {
    fn scaling(&self) -> VarianceScaling {
        let HeNormal { seed, input_axes, output_axes } = self.clone();
        let (mode, distribution) = (Fan::In, Distribution::TruncatedNormal);
        VarianceScaling { scale: 2.0, mode, distribution, seed, input_axes, output_axes }
    }
}
