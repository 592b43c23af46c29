//! The operation of inequality, as a layer.

use super::{Kept, Layer, LayerSample, Sampled, Takes};
use crate::arguments::Argument;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Where two operands differ, as bools; the second may be a number in the call.
///
/// Keras writes the masks that layers are given into the files of functional models, as operations like this
/// one. Agrees with Keras's `ops.not_equal`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotEqual {}

impl NotEqual {
    /// The operation.
    pub fn new() -> NotEqual {
        NotEqual {}
    }
}

impl Named for NotEqual {
    const NAME: &'static str = "NotEqual";
    const SUMMARY: &'static str = "where operands differ";
}

impl Layer for NotEqual {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let [x, other] = inputs else {
            let other = match scope.arguments().positional.get(1) {
                Some(Argument::Value(value)) => value.as_f64(),
                _ => None,
            };
            return match (inputs, other) {
                ([x], Some(other)) if x.is_valid() => vec![x.not_equal(other)],
                _ => vec![scope.fail(format!("expects two operands, got {}", inputs.len()))],
            };
        };
        vec![x.not_equal(other)]
    }

    fn casts_inputs(&self) -> bool {
        false
    }

    fn kept(&self) -> Kept {
        Kept::Operation
    }

    fn takes(&self) -> Takes {
        Takes::Each
    }
}

impl Sampled for NotEqual {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(NotEqual::new(), [&[2, 3], &[2, 3]])]
    }
}
