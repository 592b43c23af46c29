//! The attention layer of several heads.

use super::heads::{Attend, CALL_ARGUMENTS, Called, Projections};
use super::{Layer, LayerSample, Sampled, Takes};
use crate::activations::Activation;
use crate::constraints::{AnyConstraint, Axes};
use crate::initializers::{AnyInitializer, GlorotUniform, Zeros};
use crate::registry::Named;
use crate::regularizers::{AnyRegularizer, L2};
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Attention of several heads: each projects query, key and value, weights the values by
/// `softmax(query key / sqrt(key_dim))`, and what all heads find is projected to the output.
/// `[batch, steps, features] -> [batch, steps, features]`
///
/// Called on a query and a value, and a key if it is not the value; steps that a mask leaves out are
/// not attended to. It may also be called with `value_mask` and `key_mask` (in the place of those that come
/// along with the inputs; a `query_mask` is accepted and not used, as in Keras), `attention_mask` (bools
/// that repeat to `[batch, query steps, value steps]`), `use_causal_mask` (no step sees a later one) and
/// `return_attention_scores` (the weights `[batch, heads, query steps, value steps]` are a second
/// output).
/// With several axes of steps, `attention_axes` says which are attended over.
///
/// # Step by step
/// A sequence is generated faster with a cache, which Keras's layer does not have: called with `cache`,
/// a list of keys and values `[batch, max_steps, heads, dim]` (zeros at first), and `cache_index`, the
/// number of steps in it (a scalar, or one for each sample), the layer writes the keys and values of
/// its inputs there, attends to all steps so far, and gives the new keys and values as two more
/// outputs. With `use_causal_mask`, steps given together see none after their own.
///
/// Fails if inputs do not fit each other, or if `num_heads` or a dim is 0. Vaswani and others: Attention is
/// all you need (2017). Agrees with Keras's `MultiHeadAttention`.
///
/// ```
/// use cornu::prelude::*;
/// let x = Input::new([10, 16]).symbol();
/// let y = MultiHeadAttention::new(4, 8).on([&x, &x]);
/// let model = Model::new([&x], [&y]).unwrap();
/// // Three projections to the heads, and one back.
/// assert_eq!(model.count_params(), 3 * (16 * 32 + 32) + 32 * 16 + 16);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultiHeadAttention {
    /// How many heads; has no default, and is at least 1.
    pub num_heads: usize,
    /// How long each head's queries and keys are; has no default, and is at least 1.
    pub key_dim: usize,
    /// How long each head's values are; as long as keys by default.
    pub value_dim: Option<usize>,
    /// The share of the weights of attention that is dropped while training; 0 by default.
    pub dropout: f64,
    /// Whether the projections have biases; true by default.
    pub use_bias: bool,
    /// Whether what is attended to is multiplied by `sigmoid` of one more projection of the query;
    /// false by default. Qiu and others: Gated attention for large language models (2025).
    pub use_gate: bool,
    /// The output's last extents; the query's features by default.
    pub output_shape: Option<Extents>,
    /// The axes that are attended over; all between batch and features by default.
    pub attention_axes: Option<Axes>,
    /// How near steps have to be to be seen: less than so many apart; all are by default.
    pub sliding_window: Option<usize>,
    /// Whether to save memory where that is possible, which changes no numbers; as Keras, files do not
    /// keep it.
    #[serde(skip_serializing)]
    pub flash_attention: Option<bool>,
    /// How the kernels start; Glorot uniform by default.
    pub kernel_initializer: AnyInitializer,
    /// How the biases start; zeros by default.
    pub bias_initializer: AnyInitializer,
    /// The kernels' penalty in the loss; none by default.
    pub kernel_regularizer: Option<AnyRegularizer>,
    /// The biases' penalty in the loss; none by default.
    pub bias_regularizer: Option<AnyRegularizer>,
    /// The projections' penalty in the loss, divided by the batch size; none by default.
    pub activity_regularizer: Option<AnyRegularizer>,
    /// What the kernels are brought back to after each update; nothing by default.
    pub kernel_constraint: Option<AnyConstraint>,
    /// What the biases are brought back to after each update; nothing by default.
    pub bias_constraint: Option<AnyConstraint>,
    /// A seed of its own for the dropout; none by default, which draws from the model's.
    #[serde(deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

/// One extent or several; in configs a number or a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extents {
    /// A number.
    One(usize),
    /// A list.
    Many(Vec<usize>),
}

impl From<usize> for Extents {
    fn from(extent: usize) -> Extents {
        Extents::One(extent)
    }
}

impl<const N: usize> From<[usize; N]> for Extents {
    fn from(extents: [usize; N]) -> Extents {
        Extents::Many(extents.to_vec())
    }
}

impl Default for MultiHeadAttention {
    fn default() -> MultiHeadAttention {
        MultiHeadAttention {
            num_heads: 0,
            key_dim: 0,
            value_dim: None,
            dropout: 0.0,
            use_bias: true,
            use_gate: false,
            output_shape: None,
            attention_axes: None,
            sliding_window: None,
            flash_attention: None,
            kernel_initializer: GlorotUniform::default().into(),
            bias_initializer: Zeros::default().into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
            seed: None,
        }
    }
}

impl MultiHeadAttention {
    /// A layer of so many heads, with queries and keys of length `key_dim`.
    pub fn new(num_heads: usize, key_dim: usize) -> MultiHeadAttention {
        MultiHeadAttention { num_heads, key_dim, ..MultiHeadAttention::default() }
    }

    /// The same with values of another length.
    pub fn value_dim(mut self, value_dim: usize) -> MultiHeadAttention {
        self.value_dim = Some(value_dim);
        self
    }

    /// The same with other last extents of the output.
    pub fn output_shape(mut self, shape: impl Into<Extents>) -> MultiHeadAttention {
        self.output_shape = Some(shape.into());
        self
    }

    /// The same over these axes alone.
    pub fn attention_axes(mut self, axes: impl Into<Axes>) -> MultiHeadAttention {
        self.attention_axes = Some(axes.into());
        self
    }

    /// The same with a share of the weights of attention dropped while training.
    pub fn dropout(mut self, dropout: f64) -> MultiHeadAttention {
        self.dropout = dropout;
        self
    }

    /// The same with or without biases.
    pub fn use_bias(mut self, use_bias: bool) -> MultiHeadAttention {
        self.use_bias = use_bias;
        self
    }

    /// The same with or without a gate on what is attended to.
    pub fn use_gate(mut self, use_gate: bool) -> MultiHeadAttention {
        self.use_gate = use_gate;
        self
    }

    /// The same for steps less than `window` apart alone.
    pub fn sliding_window(mut self, window: usize) -> MultiHeadAttention {
        self.sliding_window = Some(window);
        self
    }

    /// The same with kernels that start otherwise.
    pub fn kernel_initializer(mut self, initializer: impl Into<AnyInitializer>) -> MultiHeadAttention {
        self.kernel_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernels.
    pub fn kernel_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> MultiHeadAttention {
        self.kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernels.
    pub fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> MultiHeadAttention {
        self.kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with biases that start otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> MultiHeadAttention {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the biases.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> MultiHeadAttention {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the biases.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> MultiHeadAttention {
        self.bias_constraint = Some(constraint.into());
        self
    }

    /// The same with a penalty on the projections.
    pub fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> MultiHeadAttention {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> MultiHeadAttention {
        self.seed = Some(seed);
        self
    }

    fn projections(&self) -> Projections<'_> {
        Projections {
            use_bias: self.use_bias,
            kernel_initializer: &self.kernel_initializer,
            bias_initializer: &self.bias_initializer,
            kernel_regularizer: &self.kernel_regularizer,
            bias_regularizer: &self.bias_regularizer,
            activity_regularizer: &self.activity_regularizer,
            kernel_constraint: &self.kernel_constraint,
            bias_constraint: &self.bias_constraint,
        }
    }

    /// The axes of a query that are attended over.
    fn axes(&self, query: &Shape) -> Result<Vec<usize>, String> {
        let Some(given) = &self.attention_axes else { return Ok((1..query.rank() - 1).collect()) };
        let given = given.as_slice();
        let found: Option<Vec<usize>> = given.iter().map(|&axis| query.axis(axis)).collect();
        let between = |axes: &Vec<usize>| {
            !axes.is_empty()
                && axes.iter().all(|axis| (1..query.rank() - 1).contains(axis))
                && (1..axes.len()).all(|i| !axes[..i].contains(&axes[i]))
        };
        found.filter(between).ok_or_else(|| {
            format!("expects attention_axes between batch and features of the query {query}, got {given:?}")
        })
    }

    fn attend(&self, scope: &mut Scope, mut called: Called) -> Result<Vec<Tensor>, String> {
        let value_dim = self.value_dim.unwrap_or(self.key_dim);
        for (name, n) in [("num_heads", self.num_heads), ("key_dim", self.key_dim), ("value_dim", value_dim)]
        {
            if n == 0 {
                return Err(format!("expects a {name} of at least 1, got 0"));
            }
        }
        if let Some(message) = super::noise::misfit(self.dropout) {
            return Err(message);
        }
        let axes = self.axes(&called.query.shape())?;
        let rank = called.query.rank();
        let letter = |i: usize| (b'a' + i as u8) as char;
        let letters = |range: std::ops::Range<usize>| range.map(letter).collect::<String>();
        if rank > 8 {
            return Err(format!("expects at most 8 axes, got {rank}"));
        }
        // [batch, steps .., features] to [batch, steps .., heads, dim].
        let free = letters(0..rank - 1);
        let apart = format!("{free}{0},{0}{1}->{free}{1}", letter(rank - 1), letters(rank..rank + 2));
        let dense = self.projections();
        let (heads, linear) = (self.num_heads, Activation::Linear);
        let query =
            dense.run(scope, ("query_dense", "query"), &called.query, &apart, &[heads, self.key_dim], linear);
        let key = dense.run(scope, ("key_dense", "key"), &called.key, &apart, &[heads, self.key_dim], linear);
        let gate = self.use_gate.then(|| {
            let sigmoid = Activation::Sigmoid;
            dense.run(scope, ("_gate_dense", "gate"), &called.query, &apart, &[heads, value_dim], sigmoid)
        });
        let value =
            dense.run(scope, ("value_dense", "value"), &called.value, &apart, &[heads, value_dim], linear);
        if let Some(missing) = [&query, &key, &value].into_iter().find(|x| !x.is_valid()) {
            return Ok(vec![missing.clone()]);
        }
        let sources = called.sources(key, value, self.sliding_window)?;

        // The axes of the query, with heads and dim, and those of the source, of which the steps attended
        // over are others.
        let target: Vec<char> = (0..=rank).map(letter).collect();
        let source: Vec<char> = (0..=rank)
            .map(|i| axes.iter().position(|&axis| axis == i).map_or(target[i], |at| letter(rank + 1 + at)))
            .collect();
        let batch = (0..rank).filter(|i| !axes.contains(i)).map(|i| target[i]);
        let product: String =
            batch.chain(axes.iter().map(|&i| target[i])).chain(axes.iter().map(|&i| source[i])).collect();
        let [target, source] = [target, source].map(|labels| labels.into_iter().collect::<String>());
        let attend = Attend {
            dot: &format!("{target},{source}->{product}"),
            combine: &format!("{product},{source}->{target}"),
            n_axes: axes.len(),
            scores: None,
            dropout: self.dropout,
            seed: self.seed,
            // As Keras does: its fused product has the mean where nothing is seen.
            zeros: self.dropout > 0.0 || called.scores || rank != 3,
        };
        let query = query * (1.0 / (self.key_dim as f64).sqrt());
        let (mut found, weights) = attend.run(scope, &query, &sources)?;
        if let Some(gate) = gate {
            found = found * gate;
        }
        let last = match &self.output_shape {
            Some(Extents::Many(extents)) if !extents.is_empty() => extents.clone(),
            Some(Extents::One(extent)) => vec![*extent],
            _ => vec![called.query.extent(-1)],
        };
        let (joined, out) = (letters(rank - 1..rank + 1), letters(rank + 1..rank + 1 + last.len()));
        let together = format!("{free}{joined},{joined}{out}->{free}{out}");
        let output = ("output_dense", "attention_output");
        let y = dense.run(scope, output, &found, &together, &last, linear);
        Ok(called.outputs(scope, y, weights, &sources))
    }
}

impl Named for MultiHeadAttention {
    const NAME: &'static str = "MultiHeadAttention";
    const SUMMARY: &'static str = "attention of several heads";
}

impl Layer for MultiHeadAttention {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        // As in Keras, the query's own mask stands before one that is given.
        match Called::read(scope, false) {
            Ok(called) => self.attend(scope, called).unwrap_or_else(|message| vec![scope.fail(message)]),
            Err(missing) => vec![missing],
        }
    }

    fn takes(&self) -> Takes {
        Takes::Each
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        CALL_ARGUMENTS
    }
}

impl Sampled for MultiHeadAttention {
    fn samples() -> Vec<LayerSample> {
        let all = MultiHeadAttention::new(2, 3).value_dim(3).output_shape(5).use_gate(true).sliding_window(2);
        let two = MultiHeadAttention::new(2, 3).attention_axes(2).use_bias(false);
        vec![
            LayerSample::new(MultiHeadAttention::new(2, 3), [&[2, 3, 4], &[2, 5, 3]]),
            LayerSample::new(all.kernel_regularizer(L2 { l2: 0.1 }), [&[2, 3, 4], &[2, 3, 3], &[2, 3, 2]]),
            LayerSample::new(two, [&[2, 2, 3, 4], &[2, 2, 3, 4]]),
        ]
    }
}
