//! The layer that repeats steps.

use super::along::repeated;
use super::inputs::one;
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Repeats each step: `[batch, steps, channels] -> [batch, steps * size, channels]`.
///
/// Fails on inputs of another number of axes, or if `size` is 0. Agrees with Keras's `UpSampling1D`.
///
/// ```
/// use cornu::layers::UpSampling1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([5, 4])).add(UpSampling1D::new(3)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(15), Some(4)]]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpSampling1D {
    /// How often each step is there in the output; 2 by default.
    pub size: usize,
}

impl Default for UpSampling1D {
    fn default() -> UpSampling1D {
        UpSampling1D { size: 2 }
    }
}

impl UpSampling1D {
    /// A layer that gives each step so many times.
    pub fn new(size: usize) -> UpSampling1D {
        UpSampling1D { size }
    }
}

impl Named for UpSampling1D {
    const NAME: &'static str = "UpSampling1D";
    const SUMMARY: &'static str = "repeats steps";
}

impl Layer for UpSampling1D {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            if let Some(message) = DataFormat::ChannelsLast.misfit(1, &x.shape()) {
                return scope.fail(message);
            }
            match self.size {
                0 => scope.fail("expects a size of at least 1, got 0"),
                size => repeated(x, 1, &[size]),
            }
        })
    }
}

impl Sampled for UpSampling1D {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(UpSampling1D::new(3), [&[2, 4, 3]])]
    }
}
