//! The layer of softmax.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::constraints::Axes;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// `exp(x) / sum(exp(x))` along `axis`, of `x`'s shape: the probabilities of classes.
///
/// What a mask given in the call (it repeats to the input's shape) leaves out gets 0. Fails if an axis does
/// not exist, or the mask does not fit. Agrees with Keras's `Softmax`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Softmax {
    /// The axis, or axes, along which the result sums to 1; -1 by default.
    pub axis: Axes,
}

impl Default for Softmax {
    fn default() -> Softmax {
        Softmax { axis: Axes::One(-1) }
    }
}

impl Softmax {
    /// A layer of softmax.
    pub fn new() -> Softmax {
        Softmax::default()
    }

    /// The same along other axes.
    pub fn axis(mut self, axis: impl Into<Axes>) -> Softmax {
        self.axis = axis.into();
        self
    }
}

impl Named for Softmax {
    const NAME: &'static str = "Softmax";
    const SUMMARY: &'static str = "exp(x) / sum(exp(x)) along an axis";
}

impl Layer for Softmax {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let axes = self.axis.as_slice();
            if axes.is_empty() || axes.iter().any(|&axis| x.shape().axis(axis).is_none()) {
                return scope.fail(format!("expects axes of the input {}, got {axes:?}", x.shape()));
            }
            let Some(mask) = scope.mask(0) else { return softmax(x, axes) };
            if mask.shape().broadcast(&x.shape()).as_ref() != Some(&x.shape()) {
                let (shape, mask) = (x.shape(), mask.shape());
                return scope.fail(format!("expects a mask that repeats to the input {shape}, got {mask}"));
            }
            // As in Keras: low enough that it does not count beside others, and nothing if all are.
            let low = if x.dtype() == DType::F16 { -3e4 } else { -1e9 };
            mask.select(&softmax(&mask.select(x, low), axes), 0.0)
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

fn softmax(x: &Tensor, axes: &[isize]) -> Tensor {
    match *axes {
        [axis] => x.softmax(axis),
        _ => {
            let y = (x - x.reduce_max_keep(axes).stop_gradient()).exp();
            &y / y.sum_keep(axes)
        }
    }
}

impl Sampled for Softmax {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Softmax::new(), [&[5, 4]]),
            LayerSample::new(Softmax::new().axis(1), [&[2, 3, 4]]),
            LayerSample::new(Softmax::new().axis([1, 2]), [&[2, 3, 4]]),
        ]
    }
}
