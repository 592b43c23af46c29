//! Zeros in the place of what is small.

use cornu_graph::Tensor;

/// `x` where `|x| > threshold`, else 0. Keras's `threshold` is 0.5 by default. Agrees with Keras's
/// `hard_shrink`.
///
/// ```
/// use cornu::activations::hard_shrink;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &hard_shrink(&x, 0.5))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![-2f32, 0.5, 0.75])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [-2.0, 0.0, 0.75]);
/// ```
#[track_caller]
pub fn hard_shrink(x: &Tensor, threshold: f64) -> Tensor {
    x.abs().greater(threshold).select(x, 0.0)
}
