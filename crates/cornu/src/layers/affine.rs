//! Images turned, moved, stretched and slanted.

use super::sampling::{Sampling, pixels};
use cornu_graph::Tensor;

/// Where each pixel of a new image is found in the old one: at
/// `column' = a[0] column + a[1] row + a[2]`, `row' = b[0] column + b[1] row + b[2]`. Each number is
/// `[batch, 1, 1]`.
pub(super) struct Affine {
    pub a: [Tensor; 3],
    pub b: [Tensor; 3],
}

impl Affine {
    /// The map that changes nothing, for a batch of `n` images like `x`.
    pub(super) fn identity(x: &Tensor) -> Affine {
        let full = |value: f64| x.builder().full([x.extent(0), 1, 1], value, x.dtype());
        Affine { a: [full(1.0), full(0.0), full(0.0)], b: [full(0.0), full(1.0), full(0.0)] }
    }

    /// Images `[batch, rows, columns, channels]` looked up where this map says.
    pub(super) fn apply(&self, x: &Tensor, sampling: Sampling) -> Tensor {
        let (row, column) = pixels(x);
        let at = |m: &[Tensor; 3]| &m[0] * &column + &m[1] * &row + &m[2];
        sampling.at(x, &at(&self.b), &at(&self.a))
    }
}

/// The map that turns images like `x` about their middle by angles `[batch, 1, 1]`, in radians.
pub(super) fn rotation(x: &Tensor, angle: &Tensor) -> Affine {
    let (cos, sin) = (angle.cos(), angle.sin());
    let [y, x] = [1, 2].map(|axis| (x.extent(axis) as f64 - 1.0) / 2.0);
    let a2 = x - &cos * x + &sin * y;
    let b2 = y - &sin * x - &cos * y;
    Affine { a: [cos.clone(), -&sin, a2], b: [sin, cos, b2] }
}
