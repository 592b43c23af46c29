//! The layer that joins its inputs along an axis.

use super::inputs::{many, shapes, spread_mask};
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor, concat};
use serde::{Deserialize, Serialize};

/// Joins any number of inputs along an axis: `[batch, .., a], [batch, .., b] -> [batch, .., a + b]`.
///
/// Fails if the inputs differ in another axis, or if the axis does not exist or is the batch.
/// Agrees with Keras's `Concatenate`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Concatenate {
    /// The axis; -1 by default.
    pub axis: isize,
}

impl Default for Concatenate {
    fn default() -> Concatenate {
        Concatenate { axis: -1 }
    }
}

impl Concatenate {
    /// A layer that joins along the last axis.
    pub fn new() -> Concatenate {
        Concatenate::default()
    }

    /// The same along another axis.
    pub fn axis(mut self, axis: isize) -> Concatenate {
        self.axis = axis;
        self
    }
}

impl Named for Concatenate {
    const NAME: &'static str = "Concatenate";
    const SUMMARY: &'static str = "joins inputs along an axis";
}

impl Layer for Concatenate {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let masked = (0..inputs.len()).any(|i| scope.mask(i).is_some());
        many(scope, inputs, |scope, inputs| {
            let first = inputs[0].shape();
            let Some(axis) = first.axis(self.axis).filter(|&axis| axis > 0) else {
                return scope
                    .fail(format!("expects inputs with an axis {} after the batch, got {first}", self.axis));
            };
            let fits =
                |x: &Tensor| x.rank() == first.rank() && x.shape().without(&[axis]) == first.without(&[axis]);
            if !inputs.iter().all(fits) {
                let got = shapes(inputs);
                return scope.fail(format!("expects inputs that differ along axis {axis} alone, got {got}"));
            }
            if masked {
                // An input without a mask counts everywhere.
                let whole = |x: &Tensor| x.builder().full(x.shape(), 1.0, DType::Bool);
                let masks: Vec<Tensor> = (inputs.iter().enumerate())
                    .map(|(i, x)| spread_mask(scope, i, x).unwrap_or_else(|| whole(x)))
                    .collect();
                let counts = concat(&masks.iter().collect::<Vec<_>>(), axis as isize).reduce_max(&[-1]);
                scope.set_mask(0, Some(counts));
            }
            concat(&inputs.iter().collect::<Vec<_>>(), axis as isize)
        })
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Concatenate {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Concatenate::new(), [&[2, 3, 4], &[2, 3, 2]]),
            LayerSample::new(Concatenate::new().axis(1), [&[2, 3, 4], &[2, 2, 4], &[2, 3, 4]]),
        ]
    }
}
