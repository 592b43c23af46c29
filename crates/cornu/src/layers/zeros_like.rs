//! The operation of zeros, as a layer.

use super::inputs::one;
use super::{Kept, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Zeros of the operand's shape, of the layer's dtype.
///
/// Keras writes the masks that layers are given into the files of functional models, as operations like this
/// one. Agrees with Keras's `ops.zeros_like`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZerosLike {}

impl ZerosLike {
    /// The operation.
    pub fn new() -> ZerosLike {
        ZerosLike {}
    }
}

impl Named for ZerosLike {
    const NAME: &'static str = "ZerosLike";
    const SUMMARY: &'static str = "zeros of the operand's shape";
}

impl Layer for ZerosLike {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| x.builder().full(x.shape(), 0.0, scope.compute_dtype()))
    }

    fn casts_inputs(&self) -> bool {
        false
    }

    fn kept(&self) -> Kept {
        Kept::Operation
    }
}

impl Sampled for ZerosLike {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(ZerosLike::new(), [&[2, 3]])]
    }
}
