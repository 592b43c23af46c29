//! A smooth relu without exponentials.

use cornu_graph::Tensor;

/// `(x + sqrt(x² + b)) / 2`. Keras's `b` is 4 by default. Agrees with Keras's `squareplus` (Barron,
/// *Squareplus: a softplus-like algebraic rectifier*, 2021).
///
/// ```
/// use cornu::activations::squareplus;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [2]);
/// let graph = b.build(&[("y", &squareplus(&x, 4.0))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![0f32, 1.5])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [1.0, 2.0]);
/// ```
#[track_caller]
pub fn squareplus(x: &Tensor, b: f64) -> Tensor {
    (x + (x.square() + b).sqrt()) * 0.5
}
