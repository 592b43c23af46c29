//! The layer of exponential linear units.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `x` where positive, else `alpha (exp(x) - 1)`, of `x`'s shape.
///
/// Fails if alpha is not finite. Agrees with Keras's `ELU`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ELU {
    /// What the result nears far below 0, negated; 1 by default.
    pub alpha: f64,
}

impl Default for ELU {
    fn default() -> ELU {
        ELU { alpha: 1.0 }
    }
}

impl ELU {
    /// A layer of exponential linear units.
    pub fn new() -> ELU {
        ELU::default()
    }

    /// The same with another alpha.
    pub fn alpha(mut self, alpha: f64) -> ELU {
        self.alpha = alpha;
        self
    }
}

impl Named for ELU {
    const NAME: &'static str = "ELU";
    const SUMMARY: &'static str = "x if x > 0 else alpha (exp(x) - 1)";
}

impl Layer for ELU {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| match self.alpha.is_finite() {
            true => x.elu(self.alpha),
            false => scope.fail(format!("expects a finite alpha, got {}", self.alpha)),
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for ELU {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(ELU::new(), [&[5, 4]]), LayerSample::new(ELU::new().alpha(0.5), [&[2, 3, 4]])]
    }
}
