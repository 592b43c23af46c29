//! Everything nearer to zero.

use cornu_graph::Tensor;

/// `x - threshold` where `x > threshold`, `x + threshold` where `x < -threshold`, else 0. Keras's `threshold`
/// is 0.5 by default. Agrees with Keras's `soft_shrink`.
///
/// ```
/// use cornu::activations::soft_shrink;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &soft_shrink(&x, 0.5))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![-2f32, 0.5, 0.75])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [-1.5, 0.0, 0.25]);
/// ```
#[track_caller]
pub fn soft_shrink(x: &Tensor, threshold: f64) -> Tensor {
    let below = x.less(-threshold).select(&(x + threshold), 0.0);
    x.greater(threshold).select(&(x - threshold), &below)
}
