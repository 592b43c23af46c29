//! The attention layer of one head.

use super::attending::{all, causal, thinned, weights};
use super::inputs::shapes;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::initializers::{AnyInitializer, Ones};
use crate::registry::Named;
use crate::scope::{Scope, Weight};
use cornu_graph::Tensor;
use cornu_graph::ops::Dot;
use serde::{Deserialize, Serialize};

/// The values weighted by the softmax of what query and key score together:
/// `[[batch, q, n], [batch, v, m], [batch, v, n]] -> [batch, q, m]`.
///
/// The inputs are a query, a value, and a key if it is not the value. With `score_mode` `dot` a score is
/// `scale * sum(query key)`, with `concat` it is
/// `concat_score_weight * sum(tanh(scale * (query + key)))`; the scale is a weight that is there with
/// `use_scale`. Values that their mask leaves out do not count, and the output is 0 where the query's mask
/// does. It may also be called with `use_causal_mask` (no step sees a later one) and
/// `return_attention_scores` (the weights `[batch, q, v]` are a second output). Fails if the inputs do not
/// fit each other. Luong and others: Effective approaches to attention-based neural machine translation
/// (2015). Agrees with Keras's `Attention`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attention {
    /// Whether scores are scaled by a weight; false by default.
    pub use_scale: bool,
    /// How a query and a key score; `dot` by default.
    pub score_mode: ScoreMode,
    /// The share of the weights of attention that is dropped while training; 0 by default.
    pub dropout: f64,
    /// A seed of its own for the dropout; none by default, which draws from the model's.
    #[serde(deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

/// How a query and a key score in [`Attention`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreMode {
    /// Their product, summed.
    #[default]
    Dot,
    /// The tangent of their sum, summed.
    Concat,
}

impl Default for Attention {
    fn default() -> Attention {
        Attention { use_scale: false, score_mode: ScoreMode::Dot, dropout: 0.0, seed: None }
    }
}

impl Attention {
    /// A layer that scores by the product.
    pub fn new() -> Attention {
        Attention::default()
    }

    /// The same with or without a scale.
    pub fn use_scale(mut self, use_scale: bool) -> Attention {
        self.use_scale = use_scale;
        self
    }

    /// The same with other scores.
    pub fn score_mode(mut self, score_mode: ScoreMode) -> Attention {
        self.score_mode = score_mode;
        self
    }

    /// The same with a share of the weights of attention dropped while training.
    pub fn dropout(mut self, dropout: f64) -> Attention {
        self.dropout = dropout;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> Attention {
        self.seed = Some(seed);
        self
    }
}

impl Named for Attention {
    const NAME: &'static str = "Attention";
    const SUMMARY: &'static str = "values weighted by what query and key score";
}

/// What these layers may be called with.
pub(super) const CALL_ARGUMENTS: &[&str] = &["return_attention_scores", "use_causal_mask"];

/// The sums `query + key` of all pairs of steps: `[.., q, v, n]`.
pub(super) fn pairs(query: &Tensor, key: &Tensor) -> Tensor {
    query.expand_dims(-2) + key.expand_dims(-3)
}

/// Attends with the scores `[.., q, v]` that `score` gives.
#[track_caller]
pub(super) fn attend(
    scope: &mut Scope,
    inputs: &[Tensor],
    (dropout, seed): (f64, Option<i64>),
    score: impl FnOnce(&mut Scope, &Tensor, &Tensor) -> Tensor,
) -> Vec<Tensor> {
    if let Some(missing) = inputs.iter().find(|x| !x.is_valid()) {
        return vec![missing.clone()];
    }
    let dtype = scope.compute_dtype();
    let inputs: Vec<Tensor> = inputs.iter().map(|x| x.cast(dtype)).collect();
    let (query, value, key) = match &inputs[..] {
        [query, value] => (query, value, value),
        [query, value, key] => (query, value, key),
        _ => {
            let n = inputs.len();
            return vec![
                scope.fail(format!("expects a list of query, value and perhaps key, got {n} inputs")),
            ];
        }
    };
    let rank = query.rank();
    // One query for the whole batch is each row's.
    let lead = key.shape()[..key.rank().saturating_sub(2)].to_vec();
    let spread = match rank >= 3 && rank == key.rank() && query.shape()[..rank - 2].iter().all(|&n| n == 1) {
        true => query.broadcast_to([&lead[..], &query.shape()[rank - 2..]].concat()),
        false => query.clone(),
    };
    let query = &spread;
    let fits = rank >= 3
        && value.rank() == rank
        && key.rank() == rank
        && query.shape()[..rank - 2] == key.shape()[..rank - 2]
        && value.shape()[..rank - 1] == key.shape()[..rank - 1]
        && query.extent(-1) == key.extent(-1);
    if !fits {
        let got = shapes(&inputs);
        return vec![scope.fail(format!(
            "expects a query [batch, q, n], a value [batch, v, m] and a key [batch, v, n], got {got}"
        ))];
    }
    if let Some(message) = super::noise::misfit(dropout) {
        return vec![scope.fail(message)];
    }
    let scores = score(scope, query, key);
    let (t, s) = (query.extent(-2), key.extent(-2));
    let of_values = scope.mask(1).map(|mask| mask.expand_dims(-2));
    let before = scope.flag("use_causal_mask") == Some(true);
    let mask = all([of_values, before.then(|| causal(query.builder(), t, s).expand_dims(0))]);
    let weights = weights(scope, &scores, mask.as_ref(), 1, false);
    let weights = thinned(scope, &weights, dropout, seed);
    let batch: Vec<usize> = (0..rank - 2).collect();
    let dot = Dot {
        a_batch: batch.clone(),
        b_batch: batch,
        a_contract: vec![rank - 1],
        b_contract: vec![rank - 2],
    };
    let mut y = weights.dot(value, dot);
    let of_query = scope.mask(0);
    if let Some(mask) = &of_query {
        y = mask.expand_dims(-1).select(&y, 0.0);
    }
    scope.set_mask(0, of_query);
    match scope.flag("return_attention_scores") {
        Some(true) => vec![y, weights],
        _ => vec![y],
    }
}

impl Layer for Attention {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        attend(scope, inputs, (self.dropout, self.seed), |scope, query, key| {
            let ones = AnyInitializer::from(Ones::default());
            let scale = self.use_scale.then(|| scope.weight(Weight::new("scale", [], &ones)));
            match self.score_mode {
                ScoreMode::Dot => {
                    let rank = query.rank();
                    let batch: Vec<usize> = (0..rank - 2).collect();
                    let last = vec![rank - 1];
                    let dot = Dot {
                        a_batch: batch.clone(),
                        b_batch: batch,
                        a_contract: last.clone(),
                        b_contract: last,
                    };
                    let scores = query.dot(key, dot);
                    match scale {
                        Some(scale) => scores * scale,
                        None => scores,
                    }
                }
                ScoreMode::Concat => {
                    let factor = scope.weight(Weight::new("concat_score_weight", [], &ones));
                    let sums = pairs(query, key);
                    let sums = match scale {
                        Some(scale) => sums * scale,
                        None => sums,
                    };
                    sums.tanh().sum(&[-1]) * factor
                }
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

impl Sampled for Attention {
    fn samples() -> Vec<LayerSample> {
        let concat = Attention::new().score_mode(ScoreMode::Concat);
        vec![
            LayerSample::new(Attention::new().dropout(0.2).seed(4), [&[2, 3, 4], &[2, 5, 4]]),
            LayerSample::new(Attention::new().use_scale(true), [&[2, 3, 4], &[2, 5, 2], &[2, 5, 4]]),
            LayerSample::new(concat.use_scale(true), [&[2, 3, 4], &[2, 5, 4]]),
        ]
    }
}
