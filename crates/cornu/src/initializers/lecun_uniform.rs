//! The LeCun uniform initializer.

use super::{AnyInitializer, Distribution, Fan, Initializer, VarianceScaling};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
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
}

impl Named for LecunUniform {
    const NAME: &'static str = "LecunUniform";
    const ALIASES: &'static [&'static str] = &["lecun_uniform"];
    const SUMMARY: &'static str = "uniform within sqrt(3 / fan_in), for selu layers";
}

impl LecunUniform {
    fn scaling(&self) -> VarianceScaling {
        VarianceScaling { scale: 1.0, mode: Fan::In, distribution: Distribution::Uniform, seed: self.seed }
    }
}

impl Initializer for LecunUniform {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        self.scaling().values(shape, random)
    }

    fn with_fans(&self, fans: [usize; 2]) -> Option<AnyInitializer> {
        self.scaling().with_fans(fans)
    }

    fn seed(&self) -> Option<i64> {
        self.seed
    }
}
