//! Activation functions.

use super::Definition;
use super::call::Call;
use crate::activations::{self, Activation};
use cornu_graph::Tensor;

const N: &str = "nn";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::unary(N, "Relu", "max(x, 0)", |x| Activation::Relu.call(x)),
    Definition::unary(N, "Relu6", "x between 0 and 6", activations::relu6),
    Definition::float(N, "Sigmoid", "1 / (1 + exp(-x))", |x| Activation::Sigmoid.call(x)),
    Definition::float(N, "Silu", "x / (1 + exp(-x))", |x| Activation::Silu.call(x)),
    Definition::float(N, "Softplus", "log(1 + exp(x))", |x| Activation::Softplus.call(x)),
    Definition::float(N, "Softsign", "x / (1 + |x|)", activations::softsign),
    Definition::float(N, "LogSigmoid", "log(1 / (1 + exp(-x)))", activations::log_sigmoid),
    Definition::float(N, "Selu", "1.0507 x if x > 0 else 1.7581 (exp(x) - 1)", |x| Activation::Selu.call(x)),
    Definition::float(N, "HardSigmoid", "x / 6 + 1 / 2, between 0 and 1", activations::hard_sigmoid),
    Definition::float(N, "HardSilu", "x times the hard sigmoid", activations::hard_silu),
    Definition::float(N, "HardTanh", "x between -1 and 1", activations::hard_tanh),
    Definition::float(N, "TanhShrink", "x - tanh(x)", activations::tanh_shrink),
    Definition::float(
        N,
        "SparsePlus",
        "0 up to -1, x from 1 on, (x + 1)^2 / 4 between",
        activations::sparse_plus,
    ),
    Definition::float(N, "SparseSigmoid", "(x + 1) / 2, between 0 and 1", activations::sparse_sigmoid),
    Definition::one(N, "LeakyRelu", "x if x > 0 else a part of it", |call| {
        Ok(call.float("x")?.leaky_relu(call.number("negative_slope", 0.2)?))
    })
    .set(&["negative_slope"]),
    Definition::one(N, "Elu", "x if x > 0 else alpha (exp(x) - 1)", |call| {
        Ok(call.float("x")?.elu(call.number("alpha", 1.0)?))
    })
    .set(&["alpha"]),
    Definition::one(N, "Celu", "x if x > 0 else alpha (exp(x / alpha) - 1)", |call| {
        Ok(activations::celu(&call.float("x")?, call.number("alpha", 1.0)?))
    })
    .set(&["alpha"]),
    Definition::one(N, "Gelu", "x times the share of normal numbers below x", |call| {
        Ok(call.float("x")?.gelu(call.flag("approximate", true)?))
    })
    .set(&["approximate"]),
    Definition::one(N, "Glu", "one half times the sigmoid of the other", |call| {
        let x = call.float("x")?;
        let axis = call.axis("axis", -1, x.rank())?;
        let n = x.shape()[axis];
        if !n.is_multiple_of(2) {
            return Err(format!("cannot halve an axis of {n} elements"));
        }
        Ok(activations::glu(&x, axis as isize))
    })
    .set(&["axis"]),
    Definition::one(N, "HardShrink", "x where it is far from 0, else 0", |call| {
        Ok(activations::hard_shrink(&call.float("x")?, call.number("threshold", 0.5)?))
    })
    .set(&["threshold"]),
    Definition::one(N, "SoftShrink", "x drawn towards 0", |call| {
        Ok(activations::soft_shrink(&call.float("x")?, call.number("threshold", 0.5)?))
    })
    .set(&["threshold"]),
    Definition::one(N, "Threshold", "x where it is above a threshold, else a value", |call| {
        let (threshold, default) = (call.number("threshold", 0.0)?, call.number("default_value", 0.0)?);
        Ok(activations::threshold(&call.float("x")?, threshold, default))
    })
    .set(&["threshold", "default_value"]),
    Definition::one(N, "Squareplus", "(x + sqrt(x x + b)) / 2", |call| {
        Ok(activations::squareplus(&call.float("x")?, call.number("b", 4.0)?))
    })
    .set(&["b"]),
    Definition::one(N, "Softmax", "exp(x) / sum(exp(x)) along an axis", |call| along(call, Tensor::softmax))
        .set(&["axis"]),
    Definition::one(N, "LogSoftmax", "x - log(sum(exp(x))) along an axis", |call| {
        along(call, Tensor::log_softmax)
    })
    .set(&["axis"]),
    Definition::one(N, "Sparsemax", "the nearest distribution along an axis", |call| {
        along(call, activations::sparsemax)
    })
    .set(&["axis"]),
];

/// Applies `work` along the setting `axis`, over several or all (null) of them as over one.
fn along(call: &Call, work: fn(&Tensor, isize) -> Tensor) -> Result<Tensor, String> {
    let x = call.float("x")?;
    if !call.is_set("axis") {
        return Ok(work(&x, -1));
    }
    let axes = call.axes("axis", x.rank())?;
    if let [axis] = axes[..] {
        return Ok(work(&x, axis as isize - x.rank() as isize));
    }
    let kept: Vec<usize> = (0..x.rank()).filter(|axis| !axes.contains(axis)).collect();
    let order = [&kept[..], &axes].concat();
    let turned = x.transpose(&order);
    let mut joined: Vec<usize> = kept.iter().map(|&axis| x.shape()[axis]).collect();
    joined.push(axes.iter().map(|&axis| x.shape()[axis]).product());
    let mut back = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
    Ok(work(&turned.reshape(joined), -1).reshape(turned.shape()).transpose(&back))
}
