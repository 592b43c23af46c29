//! An exponential linear unit whose slope is continuous.

use cornu_graph::Tensor;

/// `x` where it is positive, else `alpha (exp(x / alpha) - 1)`. Keras's `alpha` is 1 by default. Agrees with
/// Keras's `celu` (Barron, *Continuously differentiable exponential linear units*, 2017).
///
/// ```
/// use cornu::activations::celu;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &celu(&x, 2.0))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![-1e9f32, 0.0, 3.0])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [-2.0, 0.0, 3.0]);
/// ```
#[track_caller]
pub fn celu(x: &Tensor, alpha: f64) -> Tensor {
    x.maximum(0.0) + (x.minimum(0.0) / alpha).expm1() * alpha
}
