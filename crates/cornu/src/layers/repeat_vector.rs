//! The layer that makes a sequence of one vector.

use super::inputs::one;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The input `n` times over: `[batch, features] -> [batch, n, features]`.
///
/// Fails if `n` is 0, or on inputs of other than two axes. Agrees with Keras's `RepeatVector`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatVector {
    /// How often; at least 1.
    pub n: usize,
}

impl RepeatVector {
    /// A layer that repeats its input so often.
    pub fn new(n: usize) -> RepeatVector {
        RepeatVector { n }
    }
}

impl Named for RepeatVector {
    const NAME: &'static str = "RepeatVector";
    const SUMMARY: &'static str = "makes a sequence of one vector";
}

impl Layer for RepeatVector {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| match x.shape()[..] {
            _ if self.n == 0 => scope.fail("expects n of at least 1, got 0"),
            [batch, features] => x.reshape([batch, 1, features]).broadcast_to([batch, self.n, features]),
            _ => scope.fail(format!("expects inputs [batch, features], got shape {}", x.shape())),
        })
    }
}

impl Sampled for RepeatVector {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(RepeatVector::new(3), [&[2, 4]])]
    }
}
