//! Another value in the place of what is small.

use cornu_graph::Tensor;

/// `x` where `x > threshold`, else `default_value`. Agrees with Keras's `threshold`, which has no defaults, so
/// that no layer takes it by its name.
///
/// ```
/// use cornu::activations::threshold;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &threshold(&x, 0.5, -1.0))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![-2f32, 0.5, 0.75])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [-1.0, -1.0, 0.75]);
/// ```
#[track_caller]
pub fn threshold(x: &Tensor, threshold: f64, default_value: f64) -> Tensor {
    x.greater(threshold).select(x, default_value)
}
