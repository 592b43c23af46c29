//! Convolutions and pooling: what windows see that move along the spatial axes.

use super::Definition;
use super::call::Call;
use super::joining::joined;
use super::shapes::moved;
use crate::layers::{Padding, depthwise};
use cornu_graph::ops::{Conv, Window};
use cornu_graph::{Tensor, concat};
use serde_json::Value;

const N: &str = "nn";
const CONV: &[&str] = &["strides", "padding", "data_format", "dilation_rate"];
const POOL: &[&str] = &["pool_size", "strides", "padding", "data_format"];
const ADAPTIVE: &[&str] = &["output_size", "data_format"];

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Conv", "a convolution", |call| {
        let xs = call.promoted(&["inputs", "kernel"], true)?;
        channels_last(call, &xs[0], |x| convolved(call, x, &xs[1]))
    })
    .takes(&["inputs", "kernel"])
    .set(CONV),
    Definition::one(N, "DepthwiseConv", "a convolution of each feature by itself", |call| {
        let xs = call.promoted(&["inputs", "kernel"], true)?;
        channels_last(call, &xs[0], |x| by_feature(call, x, &xs[1]))
    })
    .takes(&["inputs", "kernel"])
    .set(CONV),
    Definition::one(N, "SeparableConv", "a convolution of each feature, then of all at each place", |call| {
        let xs = call.promoted(&["inputs", "depthwise_kernel", "pointwise_kernel"], true)?;
        channels_last(call, &xs[0], |x| {
            let y = by_feature(call, x, &xs[1])?;
            Ok(y.conv(&xs[2], Conv::new(y.rank().saturating_sub(2))))
        })
    })
    .takes(&["inputs", "depthwise_kernel", "pointwise_kernel"])
    .set(CONV),
    Definition::one(N, "ConvTranspose", "the gradient of a convolution", |call| {
        let xs = call.promoted(&["inputs", "kernel"], true)?;
        channels_last(call, &xs[0], |x| transposed(call, x, &xs[1]))
    })
    .takes(&["inputs", "kernel"])
    .set(&["strides", "padding", "output_padding", "data_format", "dilation_rate"]),
    Definition::one(N, "MaxPool", "the greatest element of each window", |call| {
        channels_last(call, &call.tensor("inputs")?, |x| Ok(x.window_max(window(call, x)?)))
    })
    .takes(&["inputs"])
    .set(POOL),
    Definition::one(N, "AveragePool", "the mean of each window", |call| {
        channels_last(call, &call.float("inputs")?, |x| {
            let window = window(call, x)?;
            let seen = x.full_like(1.0).window_sum(window.clone());
            Ok(x.window_sum(window) / seen)
        })
    })
    .takes(&["inputs"])
    .set(POOL),
    Definition::one(N, "AdaptiveAveragePool", "the means of so many parts", |call| {
        adaptive(call, &call.float("inputs")?, Tensor::mean_keep)
    })
    .takes(&["inputs"])
    .set(ADAPTIVE),
    Definition::one(N, "AdaptiveMaxPool", "the greatest elements of so many parts", |call| {
        adaptive(call, &call.float("inputs")?, Tensor::reduce_max_keep)
    })
    .takes(&["inputs"])
    .set(ADAPTIVE),
    Definition::one(N, "Unfold", "the windows of images as columns", unfold).set(&[
        "kernel_size",
        "dilation",
        "padding",
        "stride",
    ]),
];

/// What no size, stride or dilation of a window reaches, so that they can be counted with.
const MOST: usize = 1 << 31;

/// Applies `work` to `[batch, spatial.., features]`, whichever way the data is held.
fn channels_last(
    call: &Call,
    x: &Tensor,
    work: impl FnOnce(&Tensor) -> Result<Tensor, String>,
) -> Result<Tensor, String> {
    if x.rank() < 3 {
        return Err(format!("takes a batch with spatial axes and features, not shape {}", x.shape()));
    }
    match call.text("data_format", "channels_last")? {
        "channels_last" => work(x),
        "channels_first" => {
            let last = x.rank() - 1;
            let y = work(&moved(x, 1, last))?;
            Ok(if y.is_valid() { moved(&y, last, 1) } else { y })
        }
        other => Err(format!("has no data format `{other}`")),
    }
}

/// A setting that is one number for all of `n` spatial axes, or one for each.
fn each(call: &Call, name: &str, n: usize, default: usize) -> Result<Vec<usize>, String> {
    let given = call.ints(name)?.unwrap_or(vec![default as i64]);
    let unclear = || format!("cannot have {name} {given:?} for {n} spatial axes");
    let count = |&value: &i64| {
        usize::try_from(value).ok().filter(|value| (1..MOST).contains(value)).ok_or_else(unclear)
    };
    match given.len() {
        1 => Ok(vec![count(&given[0])?; n]),
        len if len == n => given.iter().map(count).collect(),
        _ => Err(unclear()),
    }
}

/// How far windows reach over the edges.
fn padding(call: &Call) -> Result<Padding, String> {
    let name = call.text("padding", "valid")?;
    let known = serde_json::from_value(Value::String(name.to_ascii_lowercase()));
    known.map_err(|_| format!("has no padding `{name}`"))
}

/// How the kernel moves over `x`, in one group.
fn sliding(call: &Call, x: &Tensor, kernel: &Tensor) -> Result<Conv, String> {
    let n = x.rank() - 2;
    let (strides, dilation) = (each(call, "strides", n, 1)?, each(call, "dilation_rate", n, 1)?);
    if kernel.rank() != x.rank() || kernel.shape().contains(&0) {
        return Err(format!("takes no kernel of shape {} for shape {}", kernel.shape(), x.shape()));
    }
    let padding = padding(call)?;
    let margins = |i: usize| padding.margins(x.shape()[i + 1], kernel.shape()[i], strides[i], dilation[i]);
    let margins: Vec<(i64, i64)> = (0..n).map(margins).collect();
    Ok(Conv::new(n).strides(&strides).kernel_dilation(&dilation).padding(&margins))
}

fn convolved(call: &Call, x: &Tensor, kernel: &Tensor) -> Result<Tensor, String> {
    let conv = sliding(call, x, kernel)?;
    let (features, seen) = (x.extent(-1), kernel.extent(-2));
    if !features.is_multiple_of(seen) {
        return Err(format!("has {features} features, which a kernel that sees {seen} does not fit"));
    }
    Ok(x.conv(kernel, conv.groups(features / seen)))
}

/// The convolution of each feature by itself with its kernels `[spatial.., features, multiplier]`.
fn by_feature(call: &Call, x: &Tensor, kernel: &Tensor) -> Result<Tensor, String> {
    let conv = sliding(call, x, kernel)?;
    let (features, seen) = (x.extent(-1), kernel.extent(-2));
    match features == seen {
        true => Ok(depthwise(x, kernel, conv)),
        false => Err(format!("has {features} features, and a kernel for {seen}")),
    }
}

fn transposed(call: &Call, x: &Tensor, kernel: &Tensor) -> Result<Tensor, String> {
    let n = x.rank() - 2;
    let (strides, dilation) = (each(call, "strides", n, 1)?, each(call, "dilation_rate", n, 1)?);
    let same = match padding(call)? {
        Padding::Valid => false,
        Padding::Same => true,
        Padding::Causal => return Err("has no padding `causal`".into()),
    };
    if kernel.rank() != x.rank() || kernel.shape().contains(&0) {
        return Err(format!("takes no kernel of shape {} for shape {}", kernel.shape(), x.shape()));
    }
    let more = call.ints("output_padding")?;
    if more.iter().flatten().any(|more| !(0..MOST as i64).contains(more)) {
        return Err(format!("cannot have output_padding {}", call.field("output_padding")));
    }
    let along = |i: usize| {
        let length = ((kernel.shape()[i] - 1) * dilation[i] + 1) as i64;
        let stride = strides[i] as i64;
        let more = more.as_ref().and_then(|list| list.get(if list.len() == 1 { 0 } else { i })).copied();
        match same {
            false => (length - 1, length - 1 + more.unwrap_or(length.max(stride) - length)),
            true => {
                let total = more.map_or(stride + length - 2, |more| length + length % 2 - 2 + more);
                let low = (total / 2 + total % 2).min(length - 1);
                (low, total - low)
            }
        }
    };
    let padding: Vec<(i64, i64)> = (0..n).map(along).collect();
    // The kernel turned around, from its outputs to its inputs.
    let spatial: Vec<isize> = (0..n as isize).collect();
    let turned = super::shapes::swapped(&kernel.reverse(&spatial), n, n + 1);
    let conv = Conv::new(n).input_dilation(&strides).kernel_dilation(&dilation).padding(&padding);
    Ok(x.conv(&turned, conv))
}

fn window(call: &Call, x: &Tensor) -> Result<Window, String> {
    let n = x.rank() - 2;
    let size = each(call, "pool_size", n, 1)?;
    let strides = match call.field("strides") {
        Value::Null => size.clone(),
        _ => each(call, "strides", n, 1)?,
    };
    let padding = padding(call)?;
    let margins = |i: usize| padding.margins(x.shape()[i + 1], size[i], strides[i], 1);
    let margins: Vec<(i64, i64)> = (0..n).map(margins).collect();
    let around = |list: &[usize]| [&[1], list, &[1]].concat();
    let margins = [&[(0, 0)], &margins[..], &[(0, 0)]].concat();
    Ok(Window::new(&around(&size)).strides(&around(&strides)).padding(&margins))
}

fn adaptive(call: &Call, x: &Tensor, work: fn(&Tensor, &[isize]) -> Tensor) -> Result<Tensor, String> {
    channels_last(call, x, |x| {
        let n = x.rank() - 2;
        let sizes = each(call, "output_size", n, 1)?;
        let mut y = x.clone();
        for (axis, parts) in (1..).zip(sizes) {
            let extent = y.shape()[axis];
            if extent == 0 || parts > extent {
                return Err(format!("cannot make {parts} parts of {extent} elements"));
            }
            let part = |i: usize| {
                let (start, stop) = (i * extent / parts, ((i + 1) * extent).div_ceil(parts));
                work(&y.slice_axis(axis as isize, start, stop), &[axis as isize])
            };
            y = joined(&(0..parts).map(part).collect::<Vec<_>>(), axis);
        }
        Ok(y)
    })
}

fn unfold(call: &Call) -> Result<Tensor, String> {
    let x = call.float("x")?;
    if x.rank() != 4 {
        return Err(format!("takes [batch, features, height, width], not shape {}", x.shape()));
    }
    let (size, dilation) = (each(call, "kernel_size", 2, 1)?, each(call, "dilation", 2, 1)?);
    let strides = each(call, "stride", 2, 1)?;
    let padding = match call.ints("padding")?.as_deref() {
        None => vec![0, 0],
        Some(&[both]) => vec![both, both],
        Some(list) => list.to_vec(),
    };
    let [height, width] = padding[..] else { return Err("takes a padding of two axes".into()) };
    let pad = |n: i64| usize::try_from(n).map_err(|_| "has a negative padding".to_string());
    let (height, width) = (pad(height)?, pad(width)?);
    let padded = x.pad(&[(0, 0, 0), (0, 0, 0), (height, height, 0), (width, width, 0)], 0.0);
    // [batch, features, windows, size, windows, size]
    let rows = patches(&padded, 2, size[0], strides[0], dilation[0])?;
    let all = patches(&rows, 4, size[1], strides[1], dilation[1])?;
    let [batch, features, n, k, m, l] = all.shape()[..] else { return Ok(all) };
    Ok(all.transpose(&[0, 1, 3, 5, 2, 4]).reshape([batch, features * k * l, n * m]))
}

/// Along `axis`, `[windows, size]` in its place.
pub(super) fn patches(
    x: &Tensor,
    axis: usize,
    size: usize,
    stride: usize,
    dilation: usize,
) -> Result<Tensor, String> {
    let (n, length) = (x.shape()[axis], (size - 1) * dilation + 1);
    if length > n {
        return Err(format!("has no windows of {length} elements in {n}"));
    }
    let count = (n - length) / stride + 1;
    let part = |i: usize| {
        let mut ranges: Vec<_> = x.shape().iter().map(|&extent| (0, extent, 1)).collect();
        ranges[axis] = (i * dilation, i * dilation + (count - 1) * stride + 1, stride);
        x.slice(&ranges).expand_dims(axis as isize + 1)
    };
    let parts: Vec<Tensor> = (0..size).map(part).collect();
    Ok(concat(&parts.iter().collect::<Vec<_>>(), axis as isize + 1))
}
