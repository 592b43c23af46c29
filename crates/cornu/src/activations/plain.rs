//! Activations without arguments.
//!
//! ```
//! use cornu::activations::{hard_sigmoid, relu6};
//! use cornu_graph::{Array, Builder, evaluate};
//! let b = Builder::new();
//! let x = b.input("x", [2]);
//! let graph = b.build(&[("low", &hard_sigmoid(&x)), ("high", &relu6(&x))], &[]).unwrap();
//! let y = evaluate(&graph, &[Array::from_vec(vec![1.5f32, 7.0])], &[]).unwrap().outputs;
//! assert_eq!((y[0].to_f32(), y[1].to_f32()), (vec![0.75, 1.0], vec![1.5, 6.0]));
//! ```

use cornu_graph::Tensor;

/// `min(max(x / 6 + 1/2, 0), 1)`, a sigmoid of three straight lines. Agrees with Keras's `hard_sigmoid`.
#[track_caller]
pub fn hard_sigmoid(x: &Tensor) -> Tensor {
    relu6(&(x + 3.0)) / 6.0
}

/// `x hard_sigmoid(x)`, also called hard swish. Agrees with Keras's `hard_silu` (Howard et al., *Searching for
/// MobileNetV3*, 2019).
#[track_caller]
pub fn hard_silu(x: &Tensor) -> Tensor {
    x * hard_sigmoid(x)
}

/// `min(max(x, -1), 1)`. Agrees with Keras's `hard_tanh`.
#[track_caller]
pub fn hard_tanh(x: &Tensor) -> Tensor {
    x.clip(-1.0, 1.0)
}

/// `-log(1 + exp(-x))`. Agrees with Keras's `log_sigmoid`.
#[track_caller]
pub fn log_sigmoid(x: &Tensor) -> Tensor {
    -(-x).softplus()
}

/// `x tanh(log(1 + exp(x)))`. Agrees with Keras's `mish` (Misra, *Mish: a self regularized non-monotonic
/// activation function*, 2019).
#[track_caller]
pub fn mish(x: &Tensor) -> Tensor {
    x * x.softplus().tanh()
}

/// `min(max(x, 0), 6)`; the gradient at both ends is zero. Agrees with Keras's `relu6`.
#[track_caller]
pub fn relu6(x: &Tensor) -> Tensor {
    let low = x.greater_equal(6.0).select(&x.full_like(6.0), x);
    x.less_equal(0.0).select(&x.full_like(0.0), &low)
}

/// `x / (|x| + 1)`. Agrees with Keras's `softsign`.
#[track_caller]
pub fn softsign(x: &Tensor) -> Tensor {
    x / (x.abs() + 1.0)
}

/// 0 where `x <= -1`, `x` where `x >= 1`, between them `(x + 1)² / 4`: the integral of
/// [`sparse_sigmoid`]. Agrees with Keras's `sparse_plus`.
#[track_caller]
pub fn sparse_plus(x: &Tensor) -> Tensor {
    let between = (x + 1.0).square() * 0.25;
    let high = x.greater_equal(1.0).select(x, &between);
    x.less_equal(-1.0).select(&x.full_like(0.0), &high)
}

/// `min(max((x + 1) / 2, 0), 1)`. Agrees with Keras's `sparse_sigmoid` (Blondel, Martins, Niculae, *Learning
/// classifiers with Fenchel-Young losses*, 2019).
#[track_caller]
pub fn sparse_sigmoid(x: &Tensor) -> Tensor {
    (x + 1.0).clip(0.0, 2.0) * 0.5
}

/// `x - tanh(x)`. Agrees with Keras's `tanh_shrink`.
#[track_caller]
pub fn tanh_shrink(x: &Tensor) -> Tensor {
    x - x.tanh()
}
