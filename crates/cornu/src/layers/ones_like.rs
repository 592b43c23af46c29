//! The operation of ones, as a layer.

use super::inputs::one;
use super::{Kept, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Ones of the operand's shape, of the layer's dtype.
///
/// Keras writes the masks that layers are given into the files of functional models, as operations like this
/// one. Agrees with Keras's `ops.ones_like`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnesLike {}

impl OnesLike {
    /// The operation.
    pub fn new() -> OnesLike {
        OnesLike {}
    }
}

impl Named for OnesLike {
    const NAME: &'static str = "OnesLike";
    const SUMMARY: &'static str = "ones of the operand's shape";
}

impl Layer for OnesLike {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| x.builder().full(x.shape(), 1.0, scope.compute_dtype()))
    }

    fn casts_inputs(&self) -> bool {
        false
    }

    fn kept(&self) -> Kept {
        Kept::Operation
    }
}

impl Sampled for OnesLike {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(OnesLike::new(), [&[2, 3]])]
    }
}
