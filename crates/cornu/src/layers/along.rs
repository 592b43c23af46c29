//! Linear maps along one axis of a tensor.

use cornu_graph::ops::Dot;
use cornu_graph::{Array, Shape, Tensor};

/// Fixed numbers, in the graph of `like` and of its dtype.
#[track_caller]
pub(super) fn constant(like: &Tensor, shape: impl Into<Shape>, values: &[f64]) -> Tensor {
    match Array::from_f64(shape, like.dtype(), values) {
        Ok(array) => like.builder().constant(&array),
        Err(message) => like.builder().fail(message),
    }
}

/// `y[.., j, ..] = sum over i of x[.., i, ..] matrix[i, j]`, where `i` and `j` count along `axis`.
#[track_caller]
pub(super) fn along(x: &Tensor, axis: usize, matrix: &Tensor) -> Tensor {
    let dot = Dot { a_batch: vec![], b_batch: vec![], a_contract: vec![axis], b_contract: vec![0] };
    let y = x.dot(matrix, dot); // the axis has become the last one
    let rank = x.rank();
    let back: Vec<usize> = (0..axis).chain([rank - 1]).chain(axis..rank - 1).collect();
    if axis + 1 == rank { y } else { y.transpose(&back) }
}

/// `x` in which each element is there so many times along the axes from `first` on.
#[track_caller]
pub(super) fn repeated(x: &Tensor, first: usize, times: &[usize]) -> Tensor {
    let shape = x.shape();
    let (mut apart, mut filled, mut joined) = (Vec::new(), Vec::new(), Vec::new());
    for (axis, &extent) in shape.iter().enumerate() {
        apart.push(extent);
        filled.push(extent);
        let times = axis.checked_sub(first).and_then(|i| times.get(i)).copied().unwrap_or(1);
        if times != 1 {
            apart.push(1);
            filled.push(times);
        }
        joined.push(extent.saturating_mul(times));
    }
    x.reshape(apart).broadcast_to(filled).reshape(joined)
}
