//! The layer of leaky rectified linear units.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `x` where positive, else `negative_slope * x`, of `x`'s shape.
///
/// Fails if the slope is below 0. Agrees with Keras's `LeakyReLU`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeakyReLU {
    /// The slope below 0; 0.3 by default (the activation `leaky_relu` has 0.2).
    #[serde(alias = "alpha")]
    pub negative_slope: f64,
}

impl Default for LeakyReLU {
    fn default() -> LeakyReLU {
        LeakyReLU { negative_slope: 0.3 }
    }
}

impl LeakyReLU {
    /// A layer of leaky rectified linear units.
    pub fn new() -> LeakyReLU {
        LeakyReLU::default()
    }

    /// The same with another slope below 0.
    pub fn negative_slope(mut self, negative_slope: f64) -> LeakyReLU {
        self.negative_slope = negative_slope;
        self
    }
}

impl Named for LeakyReLU {
    const NAME: &'static str = "LeakyReLU";
    const SUMMARY: &'static str = "x if x > 0 else negative_slope x";
}

impl Layer for LeakyReLU {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let slope = self.negative_slope;
            if slope.is_nan() || slope < 0.0 {
                return scope.fail(format!("expects a negative_slope of at least 0, got {slope}"));
            }
            x.leaky_relu(slope)
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for LeakyReLU {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(LeakyReLU::new(), [&[5, 4]]),
            LayerSample::new(LeakyReLU::new().negative_slope(0.1), [&[2, 3, 4]]),
        ]
    }
}
