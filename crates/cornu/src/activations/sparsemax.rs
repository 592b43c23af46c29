//! Probabilities of which most are zero.

use cornu_graph::Tensor;

/// `max(x - t, 0)` along `axis` (-1 is the last, Keras's default), of which few are not 0.
///
/// With the elements in descending order and their running sums `s`, those of `x k > s - 1` are kept, `k` being
/// an element's place from 1 on. As in Keras 3.15, `t` is the sum of all kept elements' `s`, less 1, divided by
/// their number; in the paper it is the last of these `s`, less 1, divided so (Martins, Astudillo, *From softmax
/// to sparsemax*, 2016). So only with one element kept do the results sum to 1. Agrees with Keras's `sparsemax`.
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
    let descending = -(-x).sort(axis);
    let place = x.builder().iota(x.shape(), at, x.dtype()) + 1.0;
    let sums = descending.cumsum(axis);
    let kept = (&descending * place + 1.0).greater(&sums);
    let number = kept.cast(x.dtype()).sum_keep(&[axis]);
    let t = (kept.select(&sums, 0.0).sum_keep(&[axis]) - 1.0) / number;
    (x - t).maximum(0.0)
}
