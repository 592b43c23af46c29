//! What pooling layers make of the elements that they see: the greatest, or the mean.

use super::along::{along, constant};
use cornu_graph::ops::Window;
use cornu_graph::{Array, DType, Tensor};
use std::fmt::Debug;
use std::ops::Range;

/// What pooling makes of the elements that it sees.
pub trait Pool: Clone + Debug + Send + Sync + 'static {
    /// Whether it takes floats alone.
    const FLOATS: bool;

    /// Of those that each window sees, padding left out.
    fn over_windows(x: &Tensor, window: Window) -> Tensor;

    /// Of all along these axes, which are kept with an extent of 1.
    fn over_axes(x: &Tensor, axes: &[isize]) -> Tensor;

    /// Of each of these ranges along the axis.
    fn over_ranges(x: &Tensor, axis: usize, ranges: &[Range<usize>]) -> Tensor;
}

/// Makes of elements the greatest.
#[derive(Clone, Debug)]
pub struct Greatest;

impl Pool for Greatest {
    const FLOATS: bool = false;

    fn over_windows(x: &Tensor, window: Window) -> Tensor {
        x.window_max(window)
    }

    fn over_axes(x: &Tensor, axes: &[isize]) -> Tensor {
        x.reduce_max_keep(axes)
    }

    fn over_ranges(x: &Tensor, axis: usize, ranges: &[Range<usize>]) -> Tensor {
        // Shorter ranges repeat their last element, which does not make it greater.
        let longest = ranges.iter().map(Range::len).max().unwrap_or(0);
        let place = |range: &Range<usize>, k: usize| (range.start + k).min(range.end - 1) as f64;
        let places: Vec<f64> =
            ranges.iter().flat_map(|range| (0..longest).map(move |k| place(range, k))).collect();
        match Array::from_f64([ranges.len(), longest], DType::I32, &places) {
            Ok(places) => {
                let seen = x.gather(&x.builder().constant(&places), axis as isize);
                seen.reduce_max(&[axis as isize + 1])
            }
            Err(message) => x.builder().fail(message),
        }
    }
}

/// Makes of elements their mean.
#[derive(Clone, Debug)]
pub struct Mean;

impl Pool for Mean {
    const FLOATS: bool = true;

    fn over_windows(x: &Tensor, window: Window) -> Tensor {
        let shape = x.shape();
        let sums = x.window_sum(window.clone());
        // How many elements each window sees is the product of how many there are along each axis.
        let mut all = 1;
        let mut counts: Option<Tensor> = None;
        for axis in 0..shape.rank() {
            if window.low[axis] == 0 && window.high[axis] == 0 {
                all *= window.size[axis];
                continue;
            }
            let seen: Vec<f64> =
                (0..sums.extent(axis as isize)).map(|i| seen(&window, axis, shape[axis], i)).collect();
            let others: Vec<usize> = (0..shape.rank()).filter(|&other| other != axis).collect();
            let count = constant(x, sums.shape().with_ones(&others), &seen);
            counts = Some(match counts {
                Some(counts) => counts * count,
                None => count,
            });
        }
        match counts {
            Some(counts) => sums / (counts * all as f64),
            None => sums / all as f64,
        }
    }

    fn over_axes(x: &Tensor, axes: &[isize]) -> Tensor {
        x.mean_keep(axes)
    }

    fn over_ranges(x: &Tensor, axis: usize, ranges: &[Range<usize>]) -> Tensor {
        let n = x.extent(axis as isize);
        let mut shares = vec![0.0; n * ranges.len()]; // [elements, ranges]
        for (i, range) in ranges.iter().enumerate() {
            for place in range.clone() {
                shares[place * ranges.len() + i] = 1.0 / range.len() as f64;
            }
        }
        along(x, axis, &constant(x, [n, ranges.len()], &shares))
    }
}

/// How many of `n` elements window `i` sees along the axis.
fn seen(window: &Window, axis: usize, n: usize, i: usize) -> f64 {
    let first = (i * window.stride[axis]) as i64 - window.low[axis];
    let within = (0..window.size[axis] as i64).filter(|k| (0..n as i64).contains(&(first + k)));
    within.count() as f64
}
