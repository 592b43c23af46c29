//! What the attention layers of several heads share: how they are called, and their projections.

use super::attending::{Cache, all, causal, thinned, weights, widened, window};
use super::inputs::shapes;
use super::{Activated, AnyLayer, EinsumDense};
use crate::activations::Activation;
use crate::arguments::{Argument, Arguments, Masked};
use crate::constraints::AnyConstraint;
use crate::einsum::einsum;
use crate::initializers::AnyInitializer;
use crate::regularizers::AnyRegularizer;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};

/// What these layers may be called with.
pub(super) const CALL_ARGUMENTS: &[&str] = &[
    "query",
    "value",
    "key",
    "query_mask",
    "value_mask",
    "key_mask",
    "attention_mask",
    "return_attention_scores",
    "use_causal_mask",
    "cache",
    "cache_index",
];

/// What a layer is called with.
pub(super) struct Called {
    pub(super) query: Tensor,
    pub(super) value: Tensor,
    pub(super) key: Tensor,
    pub(super) query_mask: Option<Tensor>,
    /// The masks of values, and of keys where they are apart.
    source_masks: [Option<Tensor>; 2],
    attention_mask: Option<Tensor>,
    /// Whether the weights of attention are an output as well.
    pub(super) scores: bool,
    causal: bool,
    cache: Option<Cache>,
}

impl Called {
    /// What the layer at hand is called with; a `query_mask` counts where the layer says so.
    ///
    /// # Errors
    /// What [`Scope::fail`] gives, if something does not fit.
    pub(super) fn read(scope: &mut Scope, query_mask: bool) -> Result<Called, Tensor> {
        let arguments = scope.arguments();
        // Called on one list, it is the list of the arguments in order.
        let positional: Vec<&Argument<Masked>> = match &arguments.positional[..] {
            [Argument::List(items)] => items.iter().collect(),
            items => items.iter().collect(),
        };
        let find = |name: &str| -> Option<Masked> {
            let place = CALL_ARGUMENTS.iter().position(|known| *known == name)?;
            let argument = positional.get(place).copied().or_else(|| arguments.get(name))?;
            argument.tensors().first().map(|masked| (*masked).clone())
        };
        let (Some(query), Some(value)) = (find("query"), find("value")) else {
            return Err(scope.fail("expects a query and a value, and a key if it is not the value"));
        };
        let key = find("key");
        let tensors: Vec<Tensor> = [Some(&query), Some(&value), key.as_ref()]
            .into_iter()
            .flatten()
            .map(|x| x.tensor.clone())
            .collect();
        if let Some(missing) = tensors.iter().find(|x| !x.is_valid()) {
            return Err(missing.clone());
        }
        let rank = tensors[0].rank();
        let source = |x: &Tensor| x.shape()[1..x.rank() - 1].to_vec();
        let fits = rank >= 3
            && tensors.iter().all(|x| x.rank() == rank && x.extent(0) == tensors[0].extent(0))
            && tensors[1..].iter().all(|x| source(x) == source(&tensors[1]));
        if !fits {
            let got = shapes(&tensors);
            return Err(scope.fail(format!(
                "expects [batch, steps, features] of one batch size, values and keys of the same steps, \
                 got {got}"
            )));
        }
        let dtype = scope.compute_dtype();
        let mask = |name: &str, own: Option<&Masked>| {
            let given = find(name).map(|given| given.tensor.cast(DType::Bool));
            given.or_else(|| own.and_then(|own| own.mask.clone()))
        };
        let called = Called {
            query_mask: if query_mask { mask("query_mask", Some(&query)) } else { query.mask.clone() },
            source_masks: [mask("value_mask", Some(&value)), mask("key_mask", key.as_ref())],
            attention_mask: mask("attention_mask", None),
            scores: scope.flag("return_attention_scores").unwrap_or(false),
            causal: scope.flag("use_causal_mask").unwrap_or(false),
            cache: Cache::given(scope)?,
            key: key.as_ref().unwrap_or(&value).tensor.cast(dtype),
            query: query.tensor.cast(dtype),
            value: value.tensor.cast(dtype),
        };
        match called.cache.is_some() && called.source_masks.iter().any(Option::is_some) {
            true => Err(scope.fail(
                "expects, with a cache, an attention_mask over all steps of the cache in the place of \
                 masks of values and keys",
            )),
            false => Ok(called),
        }
    }

    /// What the layer attends to: keys and values, `[batch, steps, heads, dim]`, which a cache lengthens,
    /// and which of them each step of the query may see.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn sources(
        &mut self,
        key: Tensor,
        value: Tensor,
        sliding_window: Option<usize>,
    ) -> Result<Sources, String> {
        if sliding_window == Some(0) {
            return Err("expects a sliding_window of at least 1, got 0".into());
        }
        let b = key.builder().clone();
        let t = self.query.extent(1);
        let of_query = self.query_mask.as_ref().map(|mask| mask.expand_dims(-1));
        let given = self.attention_mask.clone();
        let Some(cache) = self.cache.take() else {
            let s = self.value.extent(1);
            let [of_values, of_keys] =
                self.source_masks.clone().map(|mask| mask.map(|mask| mask.expand_dims(-2)));
            let before = self.causal.then(|| causal(&b, t, s).expand_dims(0));
            let near = sliding_window.map(|width| window(&b, t, s, width).expand_dims(0));
            let mask = all([of_query, of_values, of_keys, before, near, given]);
            return Ok(Sources { key, value, mask, cached: false });
        };
        let cache = cache.extended(&key, &value)?;
        let seen = cache.seen(t, cache.keys.extent(1), self.causal, sliding_window);
        let mask = all([of_query, Some(seen), given]);
        Ok(Sources { key: cache.keys, value: cache.values, mask, cached: true })
    }
}

impl Called {
    /// The outputs, with their masks.
    pub(super) fn outputs(
        &self,
        scope: &mut Scope,
        y: Tensor,
        weights: Tensor,
        sources: &Sources,
    ) -> Vec<Tensor> {
        let mut outputs = vec![y];
        outputs.extend(self.scores.then_some(weights));
        if sources.cached {
            outputs.extend([sources.key.clone(), sources.value.clone()]);
        }
        scope.set_mask(0, self.query_mask.clone());
        outputs
    }
}

/// What is attended to, and which of it each step may see.
pub(super) struct Sources {
    pub(super) key: Tensor,
    pub(super) value: Tensor,
    mask: Option<Tensor>,
    /// Whether keys and values come from a cache, and are outputs as well.
    pub(super) cached: bool,
}

/// How queries, keys and values are brought together.
pub(super) struct Attend<'a> {
    /// The product of query and key.
    pub(super) dot: &'a str,
    /// The product of that and the value.
    pub(super) combine: &'a str,
    /// Over how many axes is attended.
    pub(super) n_axes: usize,
    /// The axes of the weights as an output, if they are others than those of the product.
    pub(super) scores: Option<Vec<usize>>,
    pub(super) dropout: f64,
    pub(super) seed: Option<i64>,
    /// Whether a step that may see nothing gets zeros, not the mean of all values.
    pub(super) zeros: bool,
}

impl Attend<'_> {
    /// The values that the query attends to, weighted, and the weights.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn run(
        &self,
        scope: &mut Scope,
        query: &Tensor,
        sources: &Sources,
    ) -> Result<(Tensor, Tensor), String> {
        let product = einsum(self.dot, &[query.clone(), sources.key.clone()])?;
        let shape = product.shape();
        let scores = match &self.scores {
            Some(extents) => product.reshape(extents.clone()),
            None => product,
        };
        let mask = sources.mask.as_ref().map(|mask| widened(mask, scores.rank(), 2 * self.n_axes));
        if let Some(mask) = mask.as_ref().filter(|mask| mask.is_valid())
            && mask.shape().broadcast(&scores.shape()).as_ref() != Some(&scores.shape())
        {
            let (scores, mask) = (scores.shape(), mask.shape());
            return Err(format!("expects masks that repeat to scores of shape {scores}, got {mask}"));
        }
        let weights = weights(scope, &scores, mask.as_ref(), self.n_axes, self.zeros);
        let kept = thinned(scope, &weights, self.dropout, self.seed);
        Ok((einsum(self.combine, &[kept.reshape(shape), sources.value.clone()])?, weights))
    }
}

/// The fields of the dense layers that such a layer is made of.
pub(super) struct Projections<'a> {
    pub(super) use_bias: bool,
    pub(super) kernel_initializer: &'a AnyInitializer,
    pub(super) bias_initializer: &'a AnyInitializer,
    pub(super) kernel_regularizer: &'a Option<AnyRegularizer>,
    pub(super) bias_regularizer: &'a Option<AnyRegularizer>,
    pub(super) activity_regularizer: &'a Option<AnyRegularizer>,
    pub(super) kernel_constraint: &'a Option<AnyConstraint>,
    pub(super) bias_constraint: &'a Option<AnyConstraint>,
}

impl Projections<'_> {
    /// One of them: its attribute in the layer and its name, its equation, the last extents of its
    /// output, and its activation.
    pub(super) fn run(
        &self,
        scope: &mut Scope,
        (attribute, name): (&str, &str),
        x: &Tensor,
        equation: &str,
        last: &[usize],
        activation: Activation,
    ) -> Tensor {
        let y: Vec<char> = equation.split("->").last().unwrap_or_default().chars().collect();
        let n_free = y.len().saturating_sub(last.len());
        let extents =
            std::iter::repeat_n(None, n_free.saturating_sub(1)).chain(last.iter().copied().map(Some));
        let dense = EinsumDense {
            bias_axes: self.use_bias.then(|| y[n_free..].iter().collect()),
            kernel_initializer: self.kernel_initializer.clone(),
            bias_initializer: self.bias_initializer.clone(),
            kernel_regularizer: self.kernel_regularizer.clone(),
            bias_regularizer: self.bias_regularizer.clone(),
            activity_regularizer: self.activity_regularizer.clone(),
            kernel_constraint: self.kernel_constraint.clone(),
            bias_constraint: self.bias_constraint.clone(),
            ..EinsumDense::new(equation, extents.collect::<Vec<_>>())
        };
        let layer = AnyLayer::from(dense.activation(activation));
        let outputs = scope.sublayer(attribute, name, &layer, Arguments::of(Masked::from(x.clone())));
        match outputs.into_iter().next() {
            Some(output) => output.tensor,
            None => scope.fail("a projection has no output"),
        }
    }
}
