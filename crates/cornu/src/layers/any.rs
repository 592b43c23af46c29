//! The operation of existence, as a layer.

use super::inputs::one;
use super::standardized::axes_of;
use super::{Kept, Layer, LayerSample, Sampled};
use crate::constraints::Axes;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// Whether something along the axes is not 0, as bools.
///
/// Keras writes the masks that layers are given into the files of functional models, as operations like this
/// one. Agrees with Keras's `ops.any`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Any {
    /// The axes; all by default.
    pub axis: Option<Axes>,
    /// Whether the axes stay with extent 1; false by default.
    pub keepdims: bool,
}

impl Any {
    /// The operation along these axes.
    pub fn new(axis: impl Into<Axes>) -> Any {
        Any { axis: Some(axis.into()), keepdims: false }
    }
}

impl Named for Any {
    const NAME: &'static str = "Any";
    const SUMMARY: &'static str = "whether something along axes is not 0";
}

impl Layer for Any {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let all: Vec<isize> = (0..x.rank() as isize).collect();
            let axes = self.axis.as_ref().map_or(&all[..], Axes::as_slice);
            if let Err(message) = axes_of(&x.shape(), axes) {
                return scope.fail(message);
            }
            let holds = x.cast(DType::Bool);
            match self.keepdims {
                true => holds.reduce_max_keep(axes),
                false => holds.reduce_max(axes),
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

impl Sampled for Any {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(Any::new(-1), [&[2, 3]])]
    }
}
