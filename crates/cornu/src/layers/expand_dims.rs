//! The operation of one more axis, as a layer.

use super::inputs::one;
use super::{Kept, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The operand with an axis of extent 1 more.
///
/// Keras writes the masks that layers are given into the files of functional models, as operations like this
/// one. Agrees with Keras's `ops.expand_dims`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpandDims {
    /// Where the axis is in the result; 0 by default.
    pub axis: isize,
}

impl ExpandDims {
    /// The operation for this axis.
    pub fn new(axis: isize) -> ExpandDims {
        ExpandDims { axis }
    }
}

impl Named for ExpandDims {
    const NAME: &'static str = "ExpandDims";
    const SUMMARY: &'static str = "one more axis of extent 1";
}

impl Layer for ExpandDims {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let rank = x.rank() as isize;
            match (-rank - 1..=rank).contains(&self.axis) {
                true => x.expand_dims(self.axis),
                false => {
                    scope.fail(format!("expects a place among the axes of {}, got {}", x.shape(), self.axis))
                }
            }
        })
    }

    fn casts_inputs(&self) -> bool {
        false
    }

    fn kept(&self) -> Kept {
        Kept::Operation
    }
}

impl Sampled for ExpandDims {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(ExpandDims::new(-1), [&[2, 3]])]
    }
}
