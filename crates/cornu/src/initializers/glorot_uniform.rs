//! The Glorot uniform initializer.

use super::{AnyInitializer, Distribution, Fan, Initializer, VarianceScaling};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
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
}

impl Named for GlorotUniform {
    const NAME: &'static str = "GlorotUniform";
    const ALIASES: &'static [&'static str] = &["glorot_uniform"];
    const SUMMARY: &'static str =
        "uniform within sqrt(6 / (fan_in + fan_out)), for tanh, sigmoid and linear layers";
}

impl GlorotUniform {
    fn scaling(&self) -> VarianceScaling {
        VarianceScaling { scale: 1.0, mode: Fan::Avg, distribution: Distribution::Uniform, seed: self.seed }
    }
}

impl Initializer for GlorotUniform {
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
