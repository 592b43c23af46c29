//! The uniform initializer.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// Uniform numbers in `[minval, maxval)`. Agrees with Keras's `RandomUniform`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandomUniform {
    /// The least value; -0.05 by default.
    pub minval: f64,
    /// What all values are below; 0.05 by default.
    pub maxval: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(deserialize_with = "super::seed")]
    pub seed: Option<i64>,
}

impl Default for RandomUniform {
    fn default() -> RandomUniform {
        RandomUniform { minval: -0.05, maxval: 0.05, seed: None }
    }
}

impl Named for RandomUniform {
    const NAME: &'static str = "RandomUniform";
    const ALIASES: &'static [&'static str] = &["random_uniform", "uniform"];
    const SUMMARY: &'static str = "uniform between minval and maxval";
}

impl Initializer for RandomUniform {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        let width = self.maxval - self.minval;
        (0..shape.size()).map(|_| self.minval + width * random.uniform()).collect()
    }

    fn seed(&self) -> Option<i64> {
        self.seed
    }
}
