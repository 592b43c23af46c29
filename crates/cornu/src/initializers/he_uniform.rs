//! The He uniform initializer.

use super::{AnyInitializer, Distribution, Fan, Initializer, VarianceScaling};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
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
}

impl Named for HeUniform {
    const NAME: &'static str = "HeUniform";
    const ALIASES: &'static [&'static str] = &["he_uniform"];
    const SUMMARY: &'static str = "uniform within sqrt(6 / fan_in), for relu layers";
}

impl HeUniform {
    fn scaling(&self) -> VarianceScaling {
        VarianceScaling { scale: 2.0, mode: Fan::In, distribution: Distribution::Uniform, seed: self.seed }
    }
}

impl Initializer for HeUniform {
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
