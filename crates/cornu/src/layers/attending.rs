//! What the attention layers share: masks, weights of attention, and the cache of keys and values.

use super::noise::dropped;
use crate::einsum::einsum;
use crate::scope::Scope;
use cornu_graph::{Builder, DType, Tensor, concat};

/// Which of `s` steps each of `t` steps may see, `[t, s]`: itself and those before it.
pub(super) fn causal(builder: &Builder, t: usize, s: usize) -> Tensor {
    let [row, column] = steps(builder, t, s);
    column.less_equal(row)
}

/// Which of `s` steps each of `t` steps may see, `[t, s]`: those less than `window` away.
pub(super) fn window(builder: &Builder, t: usize, s: usize, window: usize) -> Tensor {
    let [row, column] = steps(builder, t, s);
    (row - column).abs().less(window as f64)
}

fn steps(builder: &Builder, t: usize, s: usize) -> [Tensor; 2] {
    [0, 1].map(|axis| builder.iota([t, s], axis, DType::I32))
}

/// What all masks allow that there are.
pub(super) fn all<const N: usize>(masks: [Option<Tensor>; N]) -> Option<Tensor> {
    masks.into_iter().flatten().reduce(|a, b| a.and(&b))
}

/// The mask with axes of extent 1 before its last `kept`, until it has `rank` of them.
pub(super) fn widened(mask: &Tensor, rank: usize, kept: usize) -> Tensor {
    let shape = mask.shape();
    let split = shape.rank().saturating_sub(kept);
    let ones = std::iter::repeat_n(1, rank.saturating_sub(shape.rank()));
    let extents = shape[..split].iter().copied().chain(ones).chain(shape[split..].iter().copied());
    mask.reshape(extents.collect::<Vec<_>>())
}

/// The softmax of scores along the last `n_axes` axes, worked out in 32 bits at least. Scores that the
/// mask does not allow count for nothing; where it allows none, the weights are all the same, or zeros
/// with `zeros`.
pub(super) fn weights(
    scope: &Scope,
    scores: &Tensor,
    mask: Option<&Tensor>,
    n_axes: usize,
    zeros: bool,
) -> Tensor {
    let axes: Vec<isize> = (1..=n_axes as isize).map(|axis| -axis).collect();
    let precise = scores.cast(scope.precise_dtype());
    let masked = match mask {
        Some(mask) => mask.select(&precise, FORBIDDEN),
        None => precise,
    };
    let powers = (&masked - masked.reduce_max_keep(&axes).stop_gradient()).exp();
    let weights = &powers / powers.sum_keep(&axes);
    match mask.filter(|_| zeros) {
        Some(mask) => mask.select(&weights, 0.0).cast(scores.dtype()),
        None => weights.cast(scores.dtype()),
    }
}

/// A score so low that its weight is 0 beside any other.
const FORBIDDEN: f64 = -1e30;

/// Weights of attention with a share dropped while training.
pub(super) fn thinned(scope: &mut Scope, weights: &Tensor, rate: f64, seed: Option<i64>) -> Tensor {
    match scope.training() && rate > 0.0 {
        true => dropped(scope, weights, rate, seed, weights.shape()),
        false => weights.clone(),
    }
}

/// The keys and values of the steps so far, `[batch, max_steps, heads, dim]` each, and how many there
/// are: a scalar, or one number for each sample.
pub(super) struct Cache {
    pub(super) keys: Tensor,
    pub(super) values: Tensor,
    pub(super) index: Tensor,
}

impl Cache {
    /// The cache that the layer at hand is called with, if it is.
    pub(super) fn given(scope: &Scope) -> Result<Option<Cache>, Tensor> {
        let (cache, index) = (scope.named("cache"), scope.named("cache_index"));
        if let Some(missing) = cache.iter().chain(&index).find(|x| !x.is_valid()) {
            return Err(missing.clone());
        }
        match (&cache[..], &index[..]) {
            ([], []) => Ok(None),
            ([keys, values], [index]) if !index.dtype().is_float() && index.rank() < 2 => {
                let [keys, values] = [keys, values].map(Tensor::clone);
                Ok(Some(Cache { keys, values, index: index.cast(DType::I32) }))
            }
            _ => Err(scope.fail(format!(
                "expects a cache of keys and values with a cache_index of whole numbers, \
                 got {} tensors and {}",
                cache.len(),
                match &index[..] {
                    [index] => format!("an index of {}", index.ty()),
                    _ => "no index".into(),
                }
            ))),
        }
    }

    /// The cache with `new` steps of keys and values written after those so far, or what does not fit.
    pub(super) fn extended(self, keys: &Tensor, values: &Tensor) -> Result<Cache, String> {
        for (cached, new, what) in [(&self.keys, keys, "keys"), (&self.values, values, "values")] {
            let (c, n) = (cached.shape(), new.shape());
            let fits = c.rank() == 4 && n.rank() == 4 && c[0] == n[0] && c[1] >= n[1] && c[2..] == n[2..];
            if !fits {
                return Err(format!(
                    "expects a cache of {what} [{}, steps, {}, {}] with room for {} steps, got {c}",
                    n[0], n[2], n[3], n[1]
                ));
            }
        }
        let write = |cached: &Tensor, new: &Tensor| match self.index.rank() {
            0 => {
                let (zero, at) = (cached.builder().zeros([1], DType::I32), self.index.reshape([1]));
                cached.dynamic_update_slice(new, &concat(&[&zero, &at, &zero, &zero], 0))
            }
            _ => {
                // Each sample has its own place: the new steps are picked by where they go.
                let chosen = self.reached(new.extent(1), cached.extent(1)).equal(0.0); // [batch, new, max]
                let operands = [chosen.cast(new.dtype()), new.clone()];
                let picked = einsum("bts,bthd->bshd", &operands);
                let picked = picked.unwrap_or_else(|message| new.builder().fail(message));
                let written = chosen.reduce_max(&[1]).expand_dims(-1).expand_dims(-1);
                written.select(&picked, cached)
            }
        };
        let (keys, values) = (write(&self.keys, keys), write(&self.values, values));
        Ok(Cache { keys, values, index: self.index })
    }

    /// How far each of `s` steps of the cache lies behind each of `t` new ones, negative if ahead:
    /// `[batch or 1, t, s]`.
    fn reached(&self, t: usize, s: usize) -> Tensor {
        let [row, column] = steps(self.index.builder(), t, s);
        let samples = self.index.shape().size();
        (row - column).expand_dims(0) + self.index.reshape([samples, 1, 1])
    }

    /// Which of `s` steps of the cache each of `t` new ones may see: none that is yet to come, and
    /// with `causal` none after its own.
    pub(super) fn seen(&self, t: usize, s: usize, causal: bool, window: Option<usize>) -> Tensor {
        let behind = self.reached(t, s);
        let filled = match causal {
            true => behind.greater_equal(0.0),
            false => {
                let last = behind.slice_axis(1, t - 1, t).broadcast_to(behind.shape());
                last.greater_equal(0.0)
            }
        };
        match window {
            Some(window) => filled.and(&behind.abs().less(window as f64)),
            None => filled,
        }
    }
}
