//! Activation functions.

use super::Definition;
use super::call::Call;
use crate::activations::Activation;
use cornu_graph::Tensor;

const N: &str = "nn";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::unary(N, "Relu", "max(x, 0)", |x| Activation::Relu.call(x)),
    Definition::unary(N, "Relu6", "x between 0 and 6", |x| x.clip(0.0, 6.0)),
    Definition::float(N, "Sigmoid", "1 / (1 + exp(-x))", |x| Activation::Sigmoid.call(x)),
    Definition::float(N, "Silu", "x / (1 + exp(-x))", |x| Activation::Silu.call(x)),
    Definition::float(N, "Softplus", "log(1 + exp(x))", |x| Activation::Softplus.call(x)),
    Definition::float(N, "Softsign", "x / (1 + |x|)", |x| x / (x.abs() + 1.0)),
    Definition::float(N, "LogSigmoid", "log(1 / (1 + exp(-x)))", |x| -(-x).softplus()),
    Definition::float(N, "Selu", "1.0507 x if x > 0 else 1.7581 (exp(x) - 1)", |x| Activation::Selu.call(x)),
    Definition::float(N, "HardSigmoid", "x / 6 + 1 / 2, between 0 and 1", hard_sigmoid),
    Definition::float(N, "HardSilu", "x times the hard sigmoid", |x| x * hard_sigmoid(x)),
    Definition::float(N, "HardTanh", "x between -1 and 1", |x| x.clip(-1.0, 1.0)),
    Definition::float(N, "TanhShrink", "x - tanh(x)", |x| x - x.tanh()),
    Definition::float(N, "SparsePlus", "0 up to -1, x from 1 on, (x + 1)^2 / 4 between", |x| {
        let between = (x + 1.0).square() * 0.25;
        x.less_equal(-1.0).select(&x.full_like(0.0), x.greater_equal(1.0).select(x, between))
    }),
    Definition::float(N, "SparseSigmoid", "(x + 1) / 2, between 0 and 1", |x| {
        ((x + 1.0) * 0.5).clip(0.0, 1.0)
    }),
    Definition::one(N, "LeakyRelu", "x if x > 0 else a part of it", |call| {
        Ok(call.float("x")?.leaky_relu(call.number("negative_slope", 0.2)?))
    })
    .set(&["negative_slope"]),
    Definition::one(N, "Elu", "x if x > 0 else alpha (exp(x) - 1)", |call| {
        Ok(call.float("x")?.elu(call.number("alpha", 1.0)?))
    })
    .set(&["alpha"]),
    Definition::one(N, "Celu", "x if x > 0 else alpha (exp(x / alpha) - 1)", |call| {
        let (x, alpha) = (call.float("x")?, call.number("alpha", 1.0)?);
        Ok(x.greater(0.0).select(&x, (x.minimum(0.0) * (1.0 / alpha)).expm1() * alpha))
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
        let part = |start, stop| x.slice_axis(axis as isize, start, stop);
        Ok(part(0, n / 2) * part(n / 2, n).sigmoid())
    })
    .set(&["axis"]),
    Definition::one(N, "HardShrink", "x where it is far from 0, else 0", |call| {
        let (x, threshold) = (call.float("x")?, call.number("threshold", 0.5)?);
        Ok(x.abs().greater(threshold).select(&x, 0.0))
    })
    .set(&["threshold"]),
    Definition::one(N, "SoftShrink", "x drawn towards 0", |call| {
        let (x, threshold) = (call.float("x")?, call.number("threshold", 0.5)?);
        let low = x.less(-threshold).select(&(&x + threshold), 0.0);
        Ok(x.greater(threshold).select(&(&x - threshold), low))
    })
    .set(&["threshold"]),
    Definition::one(N, "Threshold", "x where it is above a threshold, else a value", |call| {
        let x = call.float("x")?;
        let default = call.number("default_value", 0.0)?;
        Ok(x.greater(call.number("threshold", 0.0)?).select(&x, default))
    })
    .set(&["threshold", "default_value"]),
    Definition::one(N, "Squareplus", "(x + sqrt(x x + b)) / 2", |call| {
        let x = call.float("x")?;
        Ok(((x.square() + call.number("b", 4.0)?).sqrt() + x) * 0.5)
    })
    .set(&["b"]),
    Definition::one(N, "Softmax", "exp(x) / sum(exp(x)) along an axis", |call| along(call, Tensor::softmax))
        .set(&["axis"]),
    Definition::one(N, "LogSoftmax", "x - log(sum(exp(x))) along an axis", |call| {
        along(call, Tensor::log_softmax)
    })
    .set(&["axis"]),
    Definition::one(N, "Sparsemax", "the nearest distribution along an axis", |call| along(call, sparsemax))
        .set(&["axis"]),
];

fn hard_sigmoid(x: &Tensor) -> Tensor {
    (x * (1.0 / 6.0) + 0.5).clip(0.0, 1.0)
}

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

/// `max(x - t, 0)` with the `t` for which it sums to 1. Martins, Astudillo: From softmax to sparsemax (2016).
fn sparsemax(x: &Tensor, axis: isize) -> Tensor {
    let sorted = -(-x).sort(axis);
    let sums = sorted.cumsum(axis);
    let place = x.shape().axis(axis).unwrap_or(0);
    let count = x.builder().iota(x.shape(), place, x.dtype()) + 1.0;
    let support = sorted.greater((&sums - 1.0) / count);
    let k = support.cast(x.dtype()).sum_keep(&[axis]);
    let total = support.select(&sums, 0.0).sum_keep(&[axis]);
    (x - (total - 1.0) / k).maximum(0.0)
}
