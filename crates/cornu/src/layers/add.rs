//! The layer of sums.

use super::inputs::merged;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The sum of any number of inputs: `y = a + b + ..`.
///
/// Shapes broadcast to a common one; inputs of fewer axes gain some after the batch. Fails if they
/// do not broadcast, or if the batch sizes differ. Agrees with Keras's `Add`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {}

impl Add {
    /// A layer of sums.
    pub fn new() -> Add {
        Add {}
    }
}

impl Named for Add {
    const NAME: &'static str = "Add";
    const SUMMARY: &'static str = "the sum of inputs";
}

impl Layer for Add {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        merged(scope, inputs, |sum, x| sum + x)
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Add {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Add::new(), [&[2, 3, 4], &[2, 3, 4], &[2, 1, 4]]),
            LayerSample::new(Add::new(), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
