//! The layer that scales and shifts its inputs.

use super::inputs::one_float;
use super::{Layer, LayerSample, Numbers, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `y = x * scale + offset`, of `x`'s shape.
///
/// Fails if the scale or offset is a list that does not repeat to `x`'s shape. Agrees with Keras's
/// `Rescaling`.
///
/// ```
/// use cornu::layers::Rescaling;
/// let bytes_to_unit = Rescaling::new(1.0 / 255.0);
/// let bytes_to_signed = Rescaling::new(1.0 / 127.5).offset(-1.0);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rescaling {
    /// What values are multiplied by: a number, or one for each feature.
    pub scale: Numbers,
    /// What is then added; 0 by default.
    #[serde(default = "zero")]
    pub offset: Numbers,
}

fn zero() -> Numbers {
    Numbers::from(0.0)
}

impl Rescaling {
    /// A layer that multiplies by `scale`.
    pub fn new(scale: impl Into<Numbers>) -> Rescaling {
        Rescaling { scale: scale.into(), offset: zero() }
    }

    /// The same, adding `offset`.
    pub fn offset(mut self, offset: impl Into<Numbers>) -> Rescaling {
        self.offset = offset.into();
        self
    }
}

impl Named for Rescaling {
    const NAME: &'static str = "Rescaling";
    const SUMMARY: &'static str = "multiplies by scale and adds offset";
}

impl Layer for Rescaling {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let shape = x.shape();
            for (name, numbers) in [("scale", &self.scale), ("offset", &self.offset)] {
                if numbers.shape().broadcast(&shape).as_ref() != Some(&shape) {
                    let got = numbers.shape();
                    return scope.fail(format!("expects a {name} that repeats to {shape}, got shape {got}"));
                }
            }
            let [scale, offset] =
                [&self.scale, &self.offset].map(|numbers| numbers.tensor(x, numbers.shape()));
            x * scale + offset
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for Rescaling {
    fn samples() -> Vec<LayerSample> {
        let vector = Rescaling::new([0.5, 1.0, -2.0, 0.25]).offset([0.0, 1.0, 2.0, -1.0]);
        vec![
            LayerSample::new(Rescaling::new(0.5).offset(-1.0), [&[2, 3, 4]]),
            LayerSample::new(vector, [&[2, 3, 4]]),
        ]
    }
}
