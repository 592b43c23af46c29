//! The layer of softmax.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::constraints::Axes;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `exp(x) / sum(exp(x))` along `axis`, of `x`'s shape: the probabilities of classes.
///
/// Fails if an axis does not exist. Agrees with Keras's `Softmax`.
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
            match *axes {
                [axis] => x.softmax(axis),
                _ => {
                    let y = (x - x.reduce_max_keep(axes).stop_gradient()).exp();
                    &y / y.sum_keep(axes)
                }
            }
        })
    }

    fn supports_masking(&self) -> bool {
        true
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
