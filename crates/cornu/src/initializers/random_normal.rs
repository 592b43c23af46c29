//! The normal initializer.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// Normal numbers. Agrees with Keras's `RandomNormal`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandomNormal {
    /// Their mean; 0 by default.
    pub mean: f64,
    /// Their standard deviation; 0.05 by default.
    pub stddev: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(deserialize_with = "super::seed")]
    pub seed: Option<i64>,
}

impl Default for RandomNormal {
    fn default() -> RandomNormal {
        RandomNormal { mean: 0.0, stddev: 0.05, seed: None }
    }
}

impl Named for RandomNormal {
    const NAME: &'static str = "RandomNormal";
    const ALIASES: &'static [&'static str] = &["random_normal", "normal"];
    const SUMMARY: &'static str = "normal with a mean and a standard deviation";
}

impl Initializer for RandomNormal {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        (0..shape.size()).map(|_| self.mean + self.stddev * random.normal()).collect()
    }

    fn seed(&self) -> Option<i64> {
        self.seed
    }
}
