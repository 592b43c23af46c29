//! The operation of disjunction, as a layer.

use super::{Kept, Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// Where one of two operands is not 0, as bools.
///
/// Keras writes the masks that layers are given into the files of functional models, as operations like this
/// one. Agrees with Keras's `ops.logical_or`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogicalOr {}

impl LogicalOr {
    /// The operation.
    pub fn new() -> LogicalOr {
        LogicalOr {}
    }
}

impl Named for LogicalOr {
    const NAME: &'static str = "LogicalOr";
    const SUMMARY: &'static str = "where one of two operands holds";
}

impl Layer for LogicalOr {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        match inputs {
            [a, b] if a.is_valid() && b.is_valid() => vec![a.cast(DType::Bool).or(&b.cast(DType::Bool))],
            _ => vec![scope.fail(format!("expects two operands, got {}", inputs.len()))],
        }
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

impl Sampled for LogicalOr {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(LogicalOr::new(), [&[2, 3], &[2, 3]])]
    }
}
