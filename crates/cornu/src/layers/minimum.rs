//! The layer of minima.

use super::inputs::merged_where_counted;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The least of any number of inputs: `y = min(a, b, ..)`.
///
/// Shapes broadcast to a common one; inputs of fewer axes gain some after the batch. Fails if they
/// do not broadcast, or if the batch sizes differ. Agrees with Keras's `Minimum`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {}

impl Minimum {
    /// A layer of minima.
    pub fn new() -> Minimum {
        Minimum {}
    }
}

impl Named for Minimum {
    const NAME: &'static str = "Minimum";
    const SUMMARY: &'static str = "the least of inputs";
}

impl Layer for Minimum {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        merged_where_counted(scope, inputs, |least, x| least.minimum(x))
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Minimum {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Minimum::new(), [&[2, 3, 4], &[2, 3, 4], &[2, 1, 4]]),
            LayerSample::new(Minimum::new(), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
