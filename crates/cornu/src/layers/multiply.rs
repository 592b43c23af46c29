//! The layer of products.

use super::inputs::{merged, spread_mask};
use super::{Layer, LayerSample, Sampled, Takes};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The product of any number of inputs, element by element: `y = a * b * ..`.
///
/// Shapes broadcast to a common one; inputs of fewer axes gain some after the batch. Fails if they
/// do not broadcast, or if the batch sizes differ. Agrees with Keras's `Multiply`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Multiply {}

impl Multiply {
    /// A layer of products.
    pub fn new() -> Multiply {
        Multiply {}
    }
}

impl Named for Multiply {
    const NAME: &'static str = "Multiply";
    const SUMMARY: &'static str = "the product of inputs";
}

impl Layer for Multiply {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let masks: Vec<Option<Tensor>> =
            inputs.iter().enumerate().map(|(i, x)| spread_mask(scope, i, x)).collect();
        let masked = inputs.iter().zip(&masks).map(|(x, mask)| match mask {
            Some(mask) => mask.select(x, 1.0),
            None => x.clone(),
        });
        let products = merged(scope, &masked.collect::<Vec<_>>(), |product, x| product * x);
        let all: Option<Vec<Tensor>> = masks.into_iter().collect();
        match all.and_then(|masks| masks.into_iter().reduce(|a, b| a.or(&b))) {
            Some(counts) => products.iter().map(|y| counts.select(y, 0.0)).collect(),
            None => products,
        }
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Multiply {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Multiply::new(), [&[2, 3, 4], &[2, 3, 4], &[2, 1, 4]]),
            LayerSample::new(Multiply::new(), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
