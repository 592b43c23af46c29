//! How elements between those that are there come about.

use super::along::{along, constant};
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// How elements between those that are there come about when an axis gets more of them.
///
/// All but the nearest are sums of elements times the kernel of their distance, over the sum of
/// the kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    /// The element that is nearest.
    #[default]
    Nearest,
    /// `1 - d` up to a distance of `d = 1`.
    Bilinear,
    /// Keys's cubic, `1 - 2.5 d^2 + 1.5 d^3` up to 1 and `2 - 4 d + 2.5 d^2 - 0.5 d^3` from there to 2.
    Bicubic,
    /// Lanczos's, `3 sin(pi d) sin(pi d / 3) / (pi d)^2` up to 3.
    Lanczos3,
    /// The same with 5 in place of 3.
    Lanczos5,
}

impl Interpolation {
    /// `x` with so many times the elements along `axis`, their centers evenly spread.
    pub(super) fn along(self, x: &Tensor, axis: usize, times: usize) -> Tensor {
        self.resized(x, axis, x.extent(axis as isize) * times, false)
    }

    /// `x` with `m` elements along `axis`, their centers evenly spread. Where these are fewer than before,
    /// kernels are as much wider with `antialias`, so that all elements count.
    pub(super) fn resized(self, x: &Tensor, axis: usize, m: usize, antialias: bool) -> Tensor {
        let n = x.extent(axis as isize);
        if n == m {
            return x.clone();
        }
        let step = n as f64 / m as f64;
        let width = if antialias { step.max(1.0) } else { 1.0 };
        let mut shares = vec![0.0; n * m]; // [elements, new elements]
        for j in 0..m {
            let middle = (j as f64 + 0.5) * step;
            let kernel = |i: usize| match self {
                Interpolation::Nearest => f64::from(i == middle as usize),
                _ => self.kernel((middle - 0.5 - i as f64).abs() / width),
            };
            let kernels: Vec<f64> = (0..n).map(kernel).collect();
            let sum: f64 = kernels.iter().sum();
            for (i, kernel) in kernels.iter().enumerate() {
                shares[i * m + j] = kernel / sum;
            }
        }
        along(x, axis, &constant(x, [n, m], &shares))
    }

    /// How much an element at distance `d` counts.
    fn kernel(self, d: f64) -> f64 {
        let lanczos = |radius: f64| match d {
            0.0 => 1.0,
            d if d > radius => 0.0,
            d => radius * (PI * d).sin() * (PI * d / radius).sin() / (PI * d).powi(2),
        };
        match self {
            Interpolation::Nearest => f64::from(d <= 0.5),
            Interpolation::Bilinear => (1.0 - d).max(0.0),
            Interpolation::Bicubic if d < 1.0 => (1.5 * d - 2.5) * d * d + 1.0,
            Interpolation::Bicubic if d < 2.0 => ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0,
            Interpolation::Bicubic => 0.0,
            Interpolation::Lanczos3 => lanczos(3.0),
            Interpolation::Lanczos5 => lanczos(5.0),
        }
    }
}
