//! The layer that divides by the root of the mean square.

use super::inputs::one_float;
use super::standardized::{axes_of, misfit};
use super::{Layer, LayerSample, Sampled};
use crate::constraints::Axes;
use crate::initializers::{AnyInitializer, Ones};
use crate::registry::Named;
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `y = scale x / sqrt(mean(x^2) + epsilon)`, the mean along `axis`, of `x`'s shape.
///
/// The weight `scale` starts at ones and has the extents of the axes. 16-bit floats are computed on
/// in 32 bits. Fails if an axis does not exist, or if `epsilon` is below 0. Zhang, Sennrich: Root mean
/// square layer normalization (2019). Agrees with Keras's `RMSNormalization`.
///
/// ```
/// use cornu::layers::RMSNormalization;
/// assert_eq!(RMSNormalization::new().epsilon, 1e-6);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RMSNormalization {
    /// The axis, or axes, along which the mean is taken; -1 by default.
    pub axis: Axes,
    /// What is added to the mean square; 1e-6 by default.
    pub epsilon: f64,
}

impl Default for RMSNormalization {
    fn default() -> RMSNormalization {
        RMSNormalization { axis: Axes::One(-1), epsilon: 1e-6 }
    }
}

impl RMSNormalization {
    /// A layer that normalizes along the last axis.
    pub fn new() -> RMSNormalization {
        RMSNormalization::default()
    }

    /// The same along other axes.
    pub fn axis(mut self, axis: impl Into<Axes>) -> RMSNormalization {
        self.axis = axis.into();
        self
    }

    /// The same with another number added to the mean square.
    pub fn epsilon(mut self, epsilon: f64) -> RMSNormalization {
        self.epsilon = epsilon;
        self
    }
}

impl Named for RMSNormalization {
    const NAME: &'static str = "RMSNormalization";
    const SUMMARY: &'static str = "divides by the root of the mean square";
}

impl Layer for RMSNormalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let shape = x.shape();
            // As Keras sorts them: -1 comes before 1.
            let mut given = self.axis.as_slice().to_vec();
            given.sort_unstable();
            let axes = match (axes_of(&shape, &given), misfit(self.epsilon)) {
                (Ok(axes), None) => axes,
                (Err(message), _) | (_, Some(message)) => return scope.fail(message),
            };
            let ones = AnyInitializer::from(Ones::default());
            let extents: Shape = axes.iter().map(|&axis| shape[axis]).collect();
            let scale = scope.weight(Weight::new("scale", extents, &ones));
            let precise = x.cast(scope.precise_dtype());
            let factor = (precise.square().mean_keep(&given) + self.epsilon).rsqrt();
            let scale = match axes[..] == [shape.rank() - 1] {
                true => scale,
                // Keras lines scales up with the last axes, whichever they are for.
                false if scale.shape().broadcast(&shape).as_ref() == Some(&shape) => scale,
                false => {
                    return scope.fail(format!(
                        "expects axes whose scale of shape {} repeats to the input {shape}, got {given:?}",
                        scale.shape()
                    ));
                }
            };
            (&precise * factor * scale.cast(precise.dtype())).cast(x.dtype())
        })
    }
}

impl Sampled for RMSNormalization {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RMSNormalization::new(), [&[2, 4]]),
            LayerSample::new(RMSNormalization::new().axis([1, 2]).epsilon(0.1), [&[2, 3, 4]]),
        ]
    }
}
