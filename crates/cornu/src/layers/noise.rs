//! What layers that draw random numbers while training share.

use super::DataFormat;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};

/// The shape that is drawn for: `noise_shape`, of which `None` is `x`'s extent, or `x`'s shape where
/// there is none; else what does not fit.
pub(super) fn drawn(noise_shape: &Option<Vec<Option<usize>>>, x: &Shape) -> Result<Shape, String> {
    let Some(noise) = noise_shape else { return Ok(x.clone()) };
    let shape: Shape = noise.iter().zip(x.iter()).map(|(noise, &extent)| noise.unwrap_or(extent)).collect();
    match noise.len() == x.rank() && shape.broadcast(x).as_ref() == Some(x) {
        true => Ok(shape),
        false => {
            let extent = |extent: &Option<usize>| extent.map_or("None".into(), |extent| extent.to_string());
            let noise: Vec<String> = noise.iter().map(extent).collect();
            Err(format!("expects a noise_shape that repeats to {x}, got [{}]", noise.join(", ")))
        }
    }
}

/// Says that a share of what is dropped does not fit.
pub(super) fn misfit(rate: f64) -> Option<String> {
    (!(0.0..1.0).contains(&rate)).then(|| format!("expects a rate of at least 0 and below 1, got {rate}"))
}

/// `x` with each value set to 0 with probability `rate` and the others divided by `1 - rate`; values
/// that `shape`, which repeats to `x`'s, has but one draw for go together.
pub(super) fn dropped(scope: &mut Scope, x: &Tensor, rate: f64, seed: Option<i64>, shape: Shape) -> Tensor {
    let kept = scope.uniform(shape, seed).less(1.0 - rate);
    kept.select(&(x * (1.0 / (1.0 - rate))), 0.0)
}

/// `x`, an image or the like of `n_spatial` axes between batch and channels, with whole channels
/// dropped while training.
pub(super) fn channels_dropped(
    scope: &mut Scope,
    x: &Tensor,
    n_spatial: usize,
    data_format: DataFormat,
    rate: f64,
    seed: Option<i64>,
) -> Tensor {
    let shape = x.shape();
    if let Some(message) = misfit(rate) {
        return scope.fail(message);
    }
    if shape.rank() != n_spatial + 2 {
        return scope.fail(format!("expects inputs of {} axes, got shape {shape}", n_spatial + 2));
    }
    if !scope.training() || rate == 0.0 {
        return x.clone();
    }
    let first = match data_format {
        DataFormat::ChannelsLast => 1,
        DataFormat::ChannelsFirst => 2,
    };
    let spatial: Vec<usize> = (first..first + n_spatial).collect();
    dropped(scope, x, rate, seed, shape.with_ones(&spatial))
}
