//! What the normalizing layers share: axes, statistics, and the scale and offset that follow.

use cornu_graph::{Shape, Tensor};

/// The axes of `shape` that `axes` name, each once; else what does not fit.
pub(super) fn axes_of(shape: &Shape, axes: &[isize]) -> Result<Vec<usize>, String> {
    let found: Option<Vec<usize>> = axes.iter().map(|&axis| shape.axis(axis)).collect();
    match found {
        Some(found) if !found.is_empty() && (1..found.len()).all(|i| !found[..i].contains(&found[i])) => {
            Ok(found)
        }
        _ => Err(format!("expects axes of the input {shape}, each once, got {axes:?}")),
    }
}

/// The mean along `axes` and the mean square of the distance from it, with extents of 1 there.
pub(super) fn moments(x: &Tensor, axes: &[usize]) -> (Tensor, Tensor) {
    let axes: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
    let mean = x.mean_keep(&axes);
    // The distances from a mean add up to zero: the variance changes nothing of the mean's gradient.
    let variance = (x - mean.stop_gradient()).square().mean_keep(&axes);
    (mean, variance)
}

/// The same of those entries alone that `mask` counts, which has all axes but the last.
pub(super) fn masked_moments(x: &Tensor, mask: &Tensor, axes: &[usize]) -> (Tensor, Tensor) {
    let axes: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
    let counts = mask.expand_dims(-1).broadcast_to(x.shape());
    // The small number stands against division by zero, as in Keras.
    let count = counts.cast(x.dtype()).sum_keep(&axes) + 1e-7;
    let mean = counts.select(x, 0.0).sum_keep(&axes) / &count;
    let distance = counts.select(&(x - &mean), 0.0);
    (mean, distance.square().sum_keep(&axes) / count)
}

/// `gamma x / sqrt(variance + epsilon) + beta`, with `gamma` and `beta` of the shape `open`, which
/// repeats to `x`'s.
pub(super) fn standardized(
    x: &Tensor,
    variance: &Tensor,
    epsilon: f64,
    gamma: Option<Tensor>,
    beta: Option<Tensor>,
    open: &Shape,
) -> Tensor {
    let mut factor = (variance + epsilon).rsqrt();
    if let Some(gamma) = gamma {
        factor = factor * gamma.cast(x.dtype()).reshape(open);
    }
    let y = x * factor;
    match beta {
        Some(beta) => y + beta.cast(x.dtype()).reshape(open),
        None => y,
    }
}

/// Says that an epsilon below 0, or none, does not fit.
pub(super) fn misfit(epsilon: f64) -> Option<String> {
    (epsilon.is_nan() || epsilon < 0.0).then(|| format!("expects an epsilon of at least 0, got {epsilon}"))
}
