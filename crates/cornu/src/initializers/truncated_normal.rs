//! The truncated normal initializer.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// Normal numbers; those more than two deviations from the mean are drawn again, which leaves a
/// standard deviation of `0.87963 stddev`. Agrees with Keras's `TruncatedNormal`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TruncatedNormal {
    /// Their mean; 0 by default.
    pub mean: f64,
    /// Their standard deviation before they are cut off; 0.05 by default.
    pub stddev: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(deserialize_with = "super::seed")]
    pub seed: Option<i64>,
}

impl Default for TruncatedNormal {
    fn default() -> TruncatedNormal {
        TruncatedNormal { mean: 0.0, stddev: 0.05, seed: None }
    }
}

impl Named for TruncatedNormal {
    const NAME: &'static str = "TruncatedNormal";
    const ALIASES: &'static [&'static str] = &["truncated_normal"];
    const SUMMARY: &'static str = "normal, cut off at two standard deviations";
}

impl Initializer for TruncatedNormal {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        (0..shape.size()).map(|_| self.mean + self.stddev * truncated(random)).collect()
    }

    fn seed(&self) -> Option<i64> {
        self.seed
    }
}

/// The next standard normal number that is at most 2 from 0.
pub(super) fn truncated(random: &mut Random) -> f64 {
    loop {
        let x = random.normal();
        if x.abs() <= 2.0 {
            return x;
        }
    }
}
