//! The layer of differences.

use super::inputs::merged;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The difference of two inputs: `y = a - b`.
///
/// Shapes broadcast to a common one; inputs of fewer axes gain some after the batch. Fails if they
/// do not broadcast, or if the batch sizes differ, or if there are not two. Agrees with Keras's `Subtract`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subtract {}

impl Subtract {
    /// A layer of differences.
    pub fn new() -> Subtract {
        Subtract {}
    }
}

impl Named for Subtract {
    const NAME: &'static str = "Subtract";
    const SUMMARY: &'static str = "the difference of two inputs";
}

impl Layer for Subtract {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        match inputs.len() {
            2 => merged(scope, inputs, |a, b| a - b),
            n => vec![scope.fail(format!("expects two inputs, got {n}"))],
        }
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Subtract {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Subtract::new(), [&[5, 4], &[5, 4]]),
            LayerSample::new(Subtract::new(), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
