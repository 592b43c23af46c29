//! The Glorot normal initializer.

use super::{AnyInitializer, Distribution, Fan, Initializer, VarianceScaling};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
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
}

impl Named for GlorotNormal {
    const NAME: &'static str = "GlorotNormal";
    const ALIASES: &'static [&'static str] = &["glorot_normal"];
    const SUMMARY: &'static str =
        "truncated normal of variance 2 / (fan_in + fan_out), for tanh, sigmoid and linear layers";
}

impl GlorotNormal {
    fn scaling(&self) -> VarianceScaling {
        VarianceScaling {
            scale: 1.0,
            mode: Fan::Avg,
            distribution: Distribution::TruncatedNormal,
            seed: self.seed,
        }
    }
}

impl Initializer for GlorotNormal {
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
