//! The layer of averages.

use super::inputs::merged;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The average of any number of inputs: `y = (a + b + ..) / n`.
///
/// Shapes broadcast to a common one; inputs of fewer axes gain some after the batch. Fails if they
/// do not broadcast, or if the batch sizes differ. Agrees with Keras's `Average`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Average {}

impl Average {
    /// A layer of averages.
    pub fn new() -> Average {
        Average {}
    }
}

impl Named for Average {
    const NAME: &'static str = "Average";
    const SUMMARY: &'static str = "the average of inputs";
}

impl Layer for Average {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let dtype = scope.compute_dtype();
        let inputs: Vec<Tensor> = inputs.iter().map(|x| x.cast(dtype)).collect();
        let sum = merged(scope, &inputs, |sum, x| sum + x);
        sum.into_iter().map(|sum| sum * (1.0 / inputs.len() as f64)).collect()
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Average {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Average::new(), [&[2, 3, 4], &[2, 3, 4], &[2, 1, 4]]),
            LayerSample::new(Average::new(), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
