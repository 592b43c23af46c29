//! The layer that adds a penalty on its input to the loss.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::regularizers::{AnyRegularizer, L1L2};
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Changes nothing, and adds `(l1 * sum(|x|) + l2 * sum(x^2)) / batch size` to the loss.
/// `[batch, ..] -> [batch, ..]`
///
/// Fails if a factor is below 0. Agrees with Keras's `ActivityRegularization`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityRegularization {
    /// The factor of the absolute values; 0 by default.
    pub l1: f64,
    /// The factor of the squares; 0 by default.
    pub l2: f64,
}

impl ActivityRegularization {
    /// A layer with these factors.
    pub fn new(l1: f64, l2: f64) -> ActivityRegularization {
        ActivityRegularization { l1, l2 }
    }
}

impl Named for ActivityRegularization {
    const NAME: &'static str = "ActivityRegularization";
    const SUMMARY: &'static str = "adds a penalty on its input to the loss";
}

/// Adds a layer's penalty on its output to the loss, divided by the batch size.
pub(super) fn penalize(scope: &mut Scope, regularizer: &Option<AnyRegularizer>, y: &Tensor) {
    if let Some(regularizer) = regularizer.as_ref().filter(|_| y.is_valid()) {
        scope.add_loss(regularizer.call(y) / y.extent(0).max(1) as f64);
    }
}

impl Layer for ActivityRegularization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let Self { l1, l2 } = *self;
            penalize(scope, &Some(L1L2 { l1, l2 }.into()), x);
            x.clone()
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for ActivityRegularization {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(ActivityRegularization::new(0.1, 0.2), [&[2, 3]])]
    }
}
