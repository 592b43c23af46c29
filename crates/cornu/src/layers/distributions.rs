//! Random numbers that are not uniform, and random orders.

use crate::scope::Scope;
use cornu_graph::{DType, Tensor};

/// How often a draw is tried; each fails with a probability below 0.05.
const TRIES: usize = 8;

/// The logarithms of numbers from the gamma distribution of shape `alpha`, one for each of its elements.
///
/// Marsaglia, Tsang: A simple method for generating gamma variables (2000), for `alpha + 1`, brought to
/// `alpha` by a power of a uniform number; the logarithm holds where `alpha` is so small that the number
/// would be 0.
fn log_gamma_drawn(scope: &mut Scope, alpha: &Tensor, seed: Option<i64>) -> Tensor {
    let (shape, dtype) = (alpha.shape(), alpha.dtype());
    let d = alpha + (1.0 - 1.0 / 3.0);
    let c = 1.0 / (&d * 9.0).sqrt();
    // What stands where all tries fail: about the mean.
    let mut cube = d.full_like(1.0);
    for _ in 0..TRIES {
        let z = scope.normal(&shape, seed).cast(dtype);
        let u = -scope.uniform(&shape, seed).cast(dtype) + 1.0; // in (0, 1]
        let root = &c * &z + 1.0;
        let positive = root.greater(0.0);
        let v = positive.select(&(&root * &root * &root), 1.0);
        let good = u.log().less(&z * &z * 0.5 + &d - &d * &v + &d * v.log());
        cube = positive.and(&good).select(&v, &cube);
    }
    let u = -scope.uniform(&shape, seed).cast(dtype) + 1.0;
    (d * cube).log() + u.log() / alpha
}

/// Numbers from the beta distribution of `alpha` and `alpha`, one for each of its elements.
pub(super) fn beta(scope: &mut Scope, alpha: &Tensor, seed: Option<i64>) -> Tensor {
    let a = log_gamma_drawn(scope, alpha, seed);
    let b = log_gamma_drawn(scope, alpha, seed);
    (a - b).sigmoid()
}

/// The numbers from 0 up to `n` in random order.
pub(super) fn permutation(scope: &mut Scope, n: usize, seed: Option<i64>) -> Tensor {
    scope.uniform([n], seed).argsort(0).cast(DType::I64)
}
