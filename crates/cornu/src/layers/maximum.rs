//! The layer of maxima.

use super::inputs::merged_where_counted;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The greatest of any number of inputs: `y = max(a, b, ..)`.
///
/// Shapes broadcast to a common one; inputs of fewer axes gain some after the batch. Fails if they
/// do not broadcast, or if the batch sizes differ. Agrees with Keras's `Maximum`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maximum {}

impl Maximum {
    /// A layer of maxima.
    pub fn new() -> Maximum {
        Maximum {}
    }
}

impl Named for Maximum {
    const NAME: &'static str = "Maximum";
    const SUMMARY: &'static str = "the greatest of inputs";
}

impl Layer for Maximum {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        merged_where_counted(scope, inputs, |greatest, x| greatest.maximum(x))
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Maximum {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Maximum::new(), [&[2, 3, 4], &[2, 3, 4], &[2, 1, 4]]),
            LayerSample::new(Maximum::new(), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
