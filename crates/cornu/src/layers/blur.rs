//! Smoothing by normal densities.

use cornu_graph::Tensor;

/// Images `[batch, rows, columns, channels]`, each pixel the mean of `size` of them along `axis` by the
/// normal density of their distance, of deviation `sigma`; there is nothing outside.
pub(super) fn blurred(x: &Tensor, axis: usize, size: usize, sigma: &Tensor) -> Tensor {
    let n = x.extent(axis as isize);
    let reach = size / 2;
    let distance = |i: usize| i as f64 - reach as f64;
    let shares: Vec<Tensor> =
        (0..size).map(|i| (-0.5 * (distance(i) / sigma) * (distance(i) / sigma)).exp()).collect();
    let sum = shares.iter().skip(1).fold(shares[0].clone(), |sum, share| sum + share);
    let mut padding = [(0, 0, 0); 4];
    padding[axis] = (reach, reach, 0);
    let wide = x.pad(&padding, 0.0);
    let part = |i: usize| wide.slice_axis(axis as isize, i, i + n) * (&shares[i] / &sum);
    (1..size).fold(part(0), |sum, i| sum + part(i))
}
