//! The layer that scales vectors to length 1.

use super::inputs::one_float;
use super::standardized::axes_of;
use super::{Layer, LayerSample, Sampled};
use crate::constraints::Axes;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `y = x / sqrt(sum(x^2))`, the sum along `axis`, of `x`'s shape: vectors of length 1.
///
/// Zeros stay zeros. Fails if an axis does not exist. Agrees with Keras's `UnitNormalization`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnitNormalization {
    /// The axis, or axes, along which lengths are taken; -1 by default.
    pub axis: Axes,
}

impl Default for UnitNormalization {
    fn default() -> UnitNormalization {
        UnitNormalization { axis: Axes::One(-1) }
    }
}

impl UnitNormalization {
    /// A layer that normalizes along the last axis.
    pub fn new() -> UnitNormalization {
        UnitNormalization::default()
    }

    /// The same along other axes.
    pub fn axis(mut self, axis: impl Into<Axes>) -> UnitNormalization {
        self.axis = axis.into();
        self
    }
}

impl Named for UnitNormalization {
    const NAME: &'static str = "UnitNormalization";
    const SUMMARY: &'static str = "scales vectors to length 1";
}

/// `x` divided by its length along `axes`, or by `epsilon` where the length is less.
pub(super) fn unit(x: &Tensor, axes: &[isize], epsilon: f64) -> Tensor {
    x * x.square().sum_keep(axes).maximum(epsilon * epsilon).rsqrt()
}

impl Layer for UnitNormalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| match axes_of(&x.shape(), self.axis.as_slice()) {
            Ok(_) => unit(&x.cast(scope.precise_dtype()), self.axis.as_slice(), 1e-12).cast(x.dtype()),
            Err(message) => scope.fail(message),
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for UnitNormalization {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(UnitNormalization::new(), [&[2, 4]]),
            LayerSample::new(UnitNormalization::new().axis([1, 2]), [&[2, 3, 4]]),
        ]
    }
}
