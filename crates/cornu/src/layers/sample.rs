//! What tests run each layer on.

use super::{AnyLayer, Layer};
use cornu_graph::{DType, Shape};

/// A layer with the inputs to try it on. Every listed layer gives some, and the sweeps run them all:
/// finite values, gradients against differences, configs there and back, a step of training.
#[derive(Clone, Debug)]
pub struct LayerSample {
    /// The layer.
    pub layer: AnyLayer,
    /// The shape of each of its inputs, with the batch.
    pub inputs: Vec<Shape>,
    /// What kind of number the inputs hold; `f32` by default.
    pub dtype: DType,
    /// What the inputs' values are drawn between.
    pub range: (f64, f64),
}

impl LayerSample {
    /// A layer and its inputs, drawn between -2 and 2.
    pub fn new<const N: usize>(layer: impl Into<AnyLayer>, inputs: [&[usize]; N]) -> LayerSample {
        let inputs = inputs.map(Shape::from).into();
        LayerSample { layer: layer.into(), inputs, dtype: DType::F32, range: (-2.0, 2.0) }
    }

    /// The same on whole numbers from 0 up to `n`, without it.
    pub fn integers(mut self, n: usize) -> LayerSample {
        self.dtype = DType::I32;
        self.range = (0.0, n as f64);
        self
    }
}

/// What every listed layer gives besides its work.
pub trait Sampled: Layer {
    /// The layer in each of its ways, on small inputs. None may be symmetric or flat, so that a
    /// planted error shows.
    fn samples() -> Vec<LayerSample>;
}
