//! Probabilities of which most are zero.

use cornu_graph::{DType, Tensor};

/// `max(x - t, 0)` along `axis` (-1 is the last, Keras's default), of which few are not 0.
///
/// With the elements in descending order and their running sums `s`, those of `x k > s - 1` are kept, `k` being
/// an element's place from 1 on. As in Keras 3.15, `t` is the sum of all kept elements' `s`, less 1, divided by
/// their number; in the paper it is the last of these `s`, less 1, divided so (Martins, Astudillo, *From softmax
/// to sparsemax*, 2016). So only with one element kept do the results sum to 1. Elements are compared in pairs:
/// the work grows with the square of the axis's extent. Agrees with Keras's `sparsemax`.
///
/// ```
/// use cornu::activations::sparsemax;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &sparsemax(&x, -1))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![0.5f32, 0.25, -3.0])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [0.375, 0.125, 0.0]);
/// ```
#[track_caller]
pub fn sparsemax(x: &Tensor, axis: isize) -> Tensor {
    let Some(at) = x.shape().axis(axis) else {
        return x.builder().fail(format!("sparsemax: shape {} has no axis {axis}", x.shape()));
    };
    let axis = at as isize;
    // Each element along `axis`, the others along `axis + 1`.
    let (own, others) = (x.expand_dims(axis + 1), x.expand_dims(axis));
    let pairs = own.shape().broadcast(&others.shape()).unwrap_or_default();
    let place = |axis: usize| x.builder().iota(&pairs, axis, DType::I64);
    // Of equal elements the first comes first.
    let tied = others.equal(&own).and(&place(at + 1).less_equal(place(at)));
    let before = others.greater(&own).or(&tied);
    let rank = before.cast(x.dtype()).sum(&[axis + 1]);
    let sums = before.select(&others, 0.0).sum(&[axis + 1]);
    let kept = (x - (&sums - 1.0) / rank).greater(0.0);
    let number = kept.cast(x.dtype()).sum_keep(&[axis]);
    let t = (kept.select(&sums, 0.0).sum_keep(&[axis]) - 1.0) / number;
    (x - t).maximum(0.0)
}
