//! The LeCun normal initializer.

use super::{AnyInitializer, Distribution, Fan, Initializer, VarianceScaling};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
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
}

impl Named for LecunNormal {
    const NAME: &'static str = "LecunNormal";
    const ALIASES: &'static [&'static str] = &["lecun_normal"];
    const SUMMARY: &'static str = "truncated normal of variance 1 / fan_in, for selu layers";
}

impl LecunNormal {
    fn scaling(&self) -> VarianceScaling {
        VarianceScaling {
            scale: 1.0,
            mode: Fan::In,
            distribution: Distribution::TruncatedNormal,
            seed: self.seed,
        }
    }
}

impl Initializer for LecunNormal {
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
