//! The He normal initializer.

use super::{AnyInitializer, Distribution, Fan, Initializer, VarianceScaling};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
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
}

impl Named for HeNormal {
    const NAME: &'static str = "HeNormal";
    const ALIASES: &'static [&'static str] = &["he_normal"];
    const SUMMARY: &'static str = "truncated normal of variance 2 / fan_in, for relu layers";
}

impl HeNormal {
    fn scaling(&self) -> VarianceScaling {
        VarianceScaling {
            scale: 2.0,
            mode: Fan::In,
            distribution: Distribution::TruncatedNormal,
            seed: self.seed,
        }
    }
}

impl Initializer for HeNormal {
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
