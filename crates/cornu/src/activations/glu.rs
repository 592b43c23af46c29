//! The gated linear unit.

use cornu_graph::Tensor;

/// `a sigmoid(b)`, where `a` and `b` are the halves of `x` along `axis` (-1 is the last, Keras's default),
/// whose extent is halved. Fails if that is odd. Agrees with Keras's `glu` (Dauphin et al., *Language modeling
/// with gated convolutional networks*, 2017).
///
/// ```
/// use cornu::activations::glu;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [4]);
/// let graph = b.build(&[("y", &glu(&x, -1))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![3f32, 4.0, 0.0, -1e9])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [1.5, 0.0]);
/// ```
#[track_caller]
pub fn glu(x: &Tensor, axis: isize) -> Tensor {
    let n = x.extent(axis);
    if x.is_valid() && !n.is_multiple_of(2) {
        return x.builder().fail(format!("glu halves an axis, got one of extent {n}"));
    }
    x.slice_axis(axis, 0, n / 2) * x.slice_axis(axis, n / 2, n).sigmoid()
}
