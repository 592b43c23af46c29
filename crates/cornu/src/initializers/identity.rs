//! The identity matrix.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// `gain` on the diagonal of a matrix, zeros elsewhere. Fails on weights that have not two axes. Agrees with
/// Keras's `Identity`, whose configs lose the gain; here they have it where it is not 1.
///
/// ```
/// use cornu::initializers::{Identity, Initializer};
/// use cornu_graph::philox::Random;
/// let values = Identity { gain: 2.0 }.values(&[2, 3].into(), &mut Random::new(0, 0));
/// assert_eq!(values, [2.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// What stands on the diagonal; 1 by default.
    #[serde(skip_serializing_if = "is_one")]
    pub gain: f64,
}

fn is_one(gain: &f64) -> bool {
    *gain == 1.0
}

impl Default for Identity {
    fn default() -> Identity {
        Identity { gain: 1.0 }
    }
}

impl Named for Identity {
    const NAME: &'static str = "Identity";
    const ALIASES: &'static [&'static str] = &["identity", "IdentityInitializer"];
    const SUMMARY: &'static str = "gain on a matrix's diagonal, zeros elsewhere";
}

impl Initializer for Identity {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        let n_columns = shape.last().copied().unwrap_or(1).max(1);
        let diagonal = |i: usize| if i / n_columns == i % n_columns { self.gain } else { 0.0 };
        (0..shape.size()).map(diagonal).collect()
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        match shape.rank() == 2 {
            true => Ok(()),
            false => Err(format!("Identity expects a weight of 2 axes, got shape {shape}")),
        }
    }
}
