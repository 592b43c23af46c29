//! What layers on images share.

use super::DataFormat;
use super::inputs::one_float;
use crate::scope::Scope;
use cornu_graph::Tensor;

/// Runs `work` on the images of a layer, in the dtype that it computes in, with the channels last:
/// `[batch, rows, columns, channels]`. What it gives has the channels where they were.
#[track_caller]
pub(super) fn each(
    scope: &mut Scope,
    inputs: &[Tensor],
    format: DataFormat,
    work: impl FnOnce(&mut Scope, &Tensor) -> Result<Tensor, String>,
) -> Vec<Tensor> {
    one_float(scope, inputs, |scope, x| {
        if let Some(message) = format.misfit(2, &x.shape()) {
            return scope.fail(message);
        }
        match work(scope, &format.channels_last(x)) {
            Ok(y) => format.channels_back(&y),
            Err(message) => scope.fail(message),
        }
    })
}

/// The same for a layer that changes images while training alone; `check` is what is wrong with its
/// config. Work is done in the layer's precise dtype.
#[track_caller]
pub(super) fn augmented<C>(
    scope: &mut Scope,
    inputs: &[Tensor],
    format: DataFormat,
    config: Result<C, String>,
    work: impl FnOnce(&mut Scope, &Tensor, C) -> Tensor,
) -> Vec<Tensor> {
    each(scope, inputs, format, |scope, x| {
        let config = config?;
        if !scope.training() {
            return Ok(x.clone());
        }
        let precise = x.cast(scope.precise_dtype());
        Ok(work(scope, &precise, config).cast(x.dtype()))
    })
}

/// Three channels, if there are so many.
pub(super) fn rgb(x: &Tensor) -> Result<(), String> {
    match x.extent(-1) {
        3 => Ok(()),
        n => Err(format!("expects images of 3 channels, red, green and blue, got {n}")),
    }
}

/// Values between the two ends of `from` brought to those between the ends of `to`.
pub(super) fn ranged(x: &Tensor, from: [f64; 2], to: [f64; 2]) -> Tensor {
    match from == to {
        true => x.clone(),
        false => (x - from[0]) / (from[1] - from[0]) * (to[1] - to[0]) + to[0],
    }
}

/// The ends of a range of values in order, if they differ.
pub(super) fn value_range([a, b]: [f64; 2]) -> Result<[f64; 2], String> {
    match a != b && a.is_finite() && b.is_finite() {
        true => Ok([a.min(b), a.max(b)]),
        false => Err(format!("expects a value_range of two different numbers, got [{a}, {b}]")),
    }
}

/// Bytes: the range of values that images have by default.
pub(super) const BYTES: [f64; 2] = [0.0, 255.0];

/// For configs: [`BYTES`].
pub(super) fn bytes() -> [f64; 2] {
    BYTES
}
