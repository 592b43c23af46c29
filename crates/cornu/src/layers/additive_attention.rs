//! The attention layer that scores by a sum.

use super::attention::{CALL_ARGUMENTS, attend, pairs};
use super::{Layer, LayerSample, Sampled, Takes};
use crate::initializers::{AnyInitializer, GlorotUniform};
use crate::registry::Named;
use crate::scope::{Scope, Weight};
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The values weighted by the softmax of `sum(scale * tanh(query + key))`:
/// `[[batch, q, n], [batch, v, m], [batch, v, n]] -> [batch, q, m]`.
///
/// The weight `scale`, `[n]`, is there with `use_scale`. Everything else is as for
/// [`Attention`](super::Attention). Bahdanau, Cho, Bengio: Neural machine translation by jointly learning
/// to align and translate (2015). Agrees with Keras's `AdditiveAttention`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdditiveAttention {
    /// Whether scores are scaled by a weight; true by default.
    pub use_scale: bool,
    /// The share of the weights of attention that is dropped while training; 0 by default.
    pub dropout: f64,
    /// A seed of its own for the dropout; none by default, which draws from the model's.
    #[serde(deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

impl Default for AdditiveAttention {
    fn default() -> AdditiveAttention {
        AdditiveAttention { use_scale: true, dropout: 0.0, seed: None }
    }
}

impl AdditiveAttention {
    /// A layer with a scale.
    pub fn new() -> AdditiveAttention {
        AdditiveAttention::default()
    }

    /// The same with or without a scale.
    pub fn use_scale(mut self, use_scale: bool) -> AdditiveAttention {
        self.use_scale = use_scale;
        self
    }

    /// The same with a share of the weights of attention dropped while training.
    pub fn dropout(mut self, dropout: f64) -> AdditiveAttention {
        self.dropout = dropout;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> AdditiveAttention {
        self.seed = Some(seed);
        self
    }
}

impl Named for AdditiveAttention {
    const NAME: &'static str = "AdditiveAttention";
    const SUMMARY: &'static str = "values weighted by the tangent of query and key";
}

impl Layer for AdditiveAttention {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        attend(scope, inputs, (self.dropout, self.seed), |scope, query, key| {
            let glorot = AnyInitializer::from(GlorotUniform::default());
            let scale =
                self.use_scale.then(|| scope.weight(Weight::new("scale", [query.extent(-1)], &glorot)));
            let sums = pairs(query, key).tanh();
            match scale {
                Some(scale) => (sums * scale).sum(&[-1]),
                None => sums.sum(&[-1]),
            }
        })
    }

    fn takes(&self) -> Takes {
        Takes::List
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        CALL_ARGUMENTS
    }
}

impl Sampled for AdditiveAttention {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(AdditiveAttention::new(), [&[2, 3, 4], &[2, 5, 4]]),
            LayerSample::new(AdditiveAttention::new().use_scale(false), [&[2, 3, 4], &[2, 5, 2], &[2, 5, 4]]),
        ]
    }
}
