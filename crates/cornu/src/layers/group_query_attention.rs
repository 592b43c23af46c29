//! The attention layer of heads that share keys and values.

use super::heads::{Attend, CALL_ARGUMENTS, Called, Projections};
use super::{Layer, LayerSample, Sampled, Takes};
use crate::activations::Activation;
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, GlorotUniform, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Attention of several heads, of which each group has keys and values in common:
/// `[batch, steps, features] -> [batch, steps, features]`.
///
/// One group is multi-query attention; as many groups as heads is what
/// [`MultiHeadAttention`](super::MultiHeadAttention) does.
/// Called on a query and a value, and a key if it is not the value; steps that a mask leaves out are
/// not attended to. It may also be called with `query_mask`, `value_mask`, `key_mask` (in the place of
/// those that come along with the inputs), `attention_mask` (bools that repeat to
/// `[batch, query steps, value steps]`), `use_causal_mask` (no step sees a later one) and
/// `return_attention_scores` (the weights `[batch, heads, query steps, value steps]` are a second
/// output).
///
/// # Step by step
/// A sequence is generated faster with a cache, which Keras's layer does not have: called with `cache`,
/// a list of keys and values `[batch, max_steps, key-value heads, dim]` (zeros at first), and
/// `cache_index`, the number of steps in it (a scalar, or one for each sample), the layer writes the keys and values of
/// its inputs there, attends to all steps so far, and gives the new keys and values as two more
/// outputs. With `use_causal_mask`, steps given together see none after their own.
///
/// Fails if inputs do not fit each other, or if the heads cannot be divided into the groups. Ainslie and
/// others: GQA (2023). Agrees with Keras's `GroupQueryAttention`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupQueryAttention {
    /// How long each head's queries, keys and values are; has no default, and is at least 1.
    pub head_dim: usize,
    /// How many heads queries have; has no default, and is at least 1.
    pub num_query_heads: usize,
    /// How many heads keys and values have, which divides that; has no default, and is at least 1.
    pub num_key_value_heads: usize,
    /// The share of the weights of attention that is dropped while training; 0 by default.
    pub dropout: f64,
    /// Whether the projections have biases; true by default.
    pub use_bias: bool,
    /// Whether what is attended to is multiplied by `sigmoid` of one more projection of the query;
    /// false by default. Qiu and others: Gated attention for large language models (2025).
    pub use_gate: bool,
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

impl Default for GroupQueryAttention {
    fn default() -> GroupQueryAttention {
        GroupQueryAttention {
            head_dim: 0,
            num_query_heads: 0,
            num_key_value_heads: 0,
            dropout: 0.0,
            use_bias: true,
            use_gate: false,
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

impl GroupQueryAttention {
    /// A layer of heads of length `head_dim`: so many for queries, and so many for keys and values.
    pub fn new(head_dim: usize, num_query_heads: usize, num_key_value_heads: usize) -> GroupQueryAttention {
        GroupQueryAttention {
            head_dim,
            num_query_heads,
            num_key_value_heads,
            ..GroupQueryAttention::default()
        }
    }

    /// The same with a share of the weights of attention dropped while training.
    pub fn dropout(mut self, dropout: f64) -> GroupQueryAttention {
        self.dropout = dropout;
        self
    }

    /// The same with or without biases.
    pub fn use_bias(mut self, use_bias: bool) -> GroupQueryAttention {
        self.use_bias = use_bias;
        self
    }

    /// The same with or without a gate on what is attended to.
    pub fn use_gate(mut self, use_gate: bool) -> GroupQueryAttention {
        self.use_gate = use_gate;
        self
    }

    /// The same for steps less than `window` apart alone.
    pub fn sliding_window(mut self, window: usize) -> GroupQueryAttention {
        self.sliding_window = Some(window);
        self
    }

    /// The same with kernels that start otherwise.
    pub fn kernel_initializer(mut self, initializer: impl Into<AnyInitializer>) -> GroupQueryAttention {
        self.kernel_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernels.
    pub fn kernel_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> GroupQueryAttention {
        self.kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernels.
    pub fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> GroupQueryAttention {
        self.kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with biases that start otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> GroupQueryAttention {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the biases.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> GroupQueryAttention {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the biases.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> GroupQueryAttention {
        self.bias_constraint = Some(constraint.into());
        self
    }

    /// The same with a penalty on the projections.
    pub fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> GroupQueryAttention {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> GroupQueryAttention {
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

    fn attend(&self, scope: &mut Scope, mut called: Called) -> Result<Vec<Tensor>, String> {
        let (dim, heads, groups) = (self.head_dim, self.num_query_heads, self.num_key_value_heads);
        for (name, n) in [("head_dim", dim), ("num_query_heads", heads), ("num_key_value_heads", groups)] {
            if n == 0 {
                return Err(format!("expects a {name} of at least 1, got 0"));
            }
        }
        if heads % groups != 0 {
            return Err(format!(
                "expects num_key_value_heads that divide the {heads} query heads, got {groups}"
            ));
        }
        if let Some(message) = super::noise::misfit(self.dropout) {
            return Err(message);
        }
        if called.query.rank() != 3 {
            return Err(format!("expects [batch, steps, features], got {}", called.query.shape()));
        }
        let dense = self.projections();
        let (apart, linear) = ("bqm,muh->bquh", Activation::Linear);
        let query = dense.run(scope, ("_query_dense", "query"), &called.query, apart, &[heads, dim], linear);
        let key = dense.run(scope, ("_key_dense", "key"), &called.key, apart, &[groups, dim], linear);
        let gate = self.use_gate.then(|| {
            dense.run(
                scope,
                ("_gate_dense", "gate"),
                &called.query,
                apart,
                &[heads, dim],
                Activation::Sigmoid,
            )
        });
        let value = dense.run(scope, ("_value_dense", "value"), &called.value, apart, &[groups, dim], linear);
        if let Some(missing) = [&query, &key, &value].into_iter().find(|x| !x.is_valid()) {
            return Ok(vec![missing.clone()]);
        }
        let sources = called.sources(key, value, self.sliding_window)?;
        let [batch, steps] = [query.extent(0), query.extent(1)];
        let attend = Attend {
            dot: "bqvrh,bkvh->bvrqk",
            combine: "bvrqk,bkvh->bqvrh",
            n_axes: 1,
            scores: Some(vec![batch, heads, steps, sources.key.extent(1)]),
            dropout: self.dropout,
            seed: self.seed,
            // As Keras does: its fused product has the mean where nothing is seen.
            zeros: self.dropout > 0.0 || called.scores,
        };
        let query = query * (1.0 / (dim as f64).sqrt());
        // The heads of a group stand side by side.
        let grouped = query.reshape([batch, steps, groups, heads / groups, dim]);
        let (found, weights) = attend.run(scope, &grouped, &sources)?;
        let mut found = found.reshape([batch, steps, heads, dim]);
        if let Some(gate) = gate {
            found = found * gate;
        }
        let last = called.query.extent(-1);
        let output = ("_output_dense", "attention_output");
        let y = dense.run(scope, output, &found, "bquh,uhm->bqm", &[last], linear);
        Ok(called.outputs(scope, y, weights, &sources))
    }
}

impl Named for GroupQueryAttention {
    const NAME: &'static str = "GroupQueryAttention";
    const ALIASES: &'static [&'static str] = &["GroupedQueryAttention"];
    const SUMMARY: &'static str = "attention of heads that share keys and values";
}

impl Layer for GroupQueryAttention {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        match Called::read(scope, true) {
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

    fn python_class(&self) -> &'static str {
        "GroupedQueryAttention"
    }
}

impl Sampled for GroupQueryAttention {
    fn samples() -> Vec<LayerSample> {
        let gated = GroupQueryAttention::new(3, 2, 1).use_gate(true).sliding_window(2).use_bias(false);
        vec![
            LayerSample::new(GroupQueryAttention::new(3, 4, 2), [&[2, 3, 4], &[2, 5, 4]]),
            LayerSample::new(gated, [&[2, 3, 4], &[2, 3, 4]]),
        ]
    }
}
