//! The layer that masks out steps of one value.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Masks out the steps of which all values are `mask_value`, and sets them to 0:
/// `[batch, steps, .., features] -> [batch, steps, .., features]`.
///
/// The output's mask, `[batch, steps, ..]`, is false at those steps, and layers that follow leave
/// them out. Fails on inputs of fewer than two axes. Agrees with Keras's `Masking`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Masking {
    /// The value of what is masked out; 0 by default.
    pub mask_value: f64,
}

impl Masking {
    /// A layer that masks out zeros.
    pub fn new() -> Masking {
        Masking::default()
    }

    /// The same for another value.
    pub fn mask_value(mut self, mask_value: f64) -> Masking {
        self.mask_value = mask_value;
        self
    }
}

impl Named for Masking {
    const NAME: &'static str = "Masking";
    const SUMMARY: &'static str = "masks out steps of one value";
}

impl Layer for Masking {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            if x.rank() < 2 {
                return scope
                    .fail(format!("expects inputs [batch, steps, .., features], got shape {}", x.shape()));
            }
            let counts = x.not_equal(self.mask_value);
            scope.set_mask(0, Some(counts.reduce_max(&[-1])));
            counts.reduce_max_keep(&[-1]).select(x, 0.0)
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for Masking {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(Masking::new().mask_value(0.5), [&[2, 3, 4]])]
    }
}
