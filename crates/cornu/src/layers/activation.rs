//! The layer that applies an activation.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::activations;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `y = activation(x)`, of `x`'s shape. Agrees with Keras's `Activation`.
///
/// ```
/// use cornu::activations;
/// use cornu::layers::Activation;
/// let layer = Activation::new(activations::Activation::Silu);
/// assert_eq!(layer.activation.name(), "silu");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The function applied.
    pub activation: activations::Activation,
}

impl Activation {
    /// A layer that applies `activation`.
    pub fn new(activation: activations::Activation) -> Activation {
        Activation { activation }
    }
}

impl Named for Activation {
    const NAME: &'static str = "Activation";
    const SUMMARY: &'static str = "applies an activation";
}

impl Layer for Activation {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |_, x| self.activation.call(x))
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for Activation {
    fn samples() -> Vec<LayerSample> {
        let sample = |activation| LayerSample::new(Activation::new(activation), [&[2, 3, 4]]);
        activations::Activation::ALL.into_iter().map(sample).collect()
    }
}
