//! Work on images.

use super::Definition;
use super::call::Call;
use super::windows::patches;
use cornu_graph::Tensor;
use std::f64::consts::LOG10_E;

const I: &str = "image";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(I, "RGBToGrayscale", "colors as gray", grayscale)
        .takes(&["images"])
        .set(&["data_format"]),
    Definition::one(I, "CropImages", "without margins", crop).takes(&["images"]).set(&[
        "top_cropping",
        "left_cropping",
        "bottom_cropping",
        "right_cropping",
        "target_height",
        "target_width",
        "data_format",
    ]),
    Definition::one(I, "PadImages", "with margins of zeros", pad).takes(&["images"]).set(&[
        "top_padding",
        "left_padding",
        "bottom_padding",
        "right_padding",
        "target_height",
        "target_width",
        "data_format",
    ]),
    Definition::one(I, "ExtractPatches", "the windows of images as features", extract)
        .takes(&["images"])
        .set(&["size", "strides", "dilation_rate", "padding", "data_format"])
        .nameless(),
    Definition::one("nn", "DepthToSpace", "features spread over blocks of places", |call| {
        in_blocks(call, |x, n, first| {
            let [batch, height, width, features] = x.shape()[..] else { return Err("takes images".into()) };
            if !features.is_multiple_of(n * n) {
                return Err(format!("cannot spread {features} features over {n} by {n} places"));
            }
            let rest = features / (n * n);
            let parts = match first {
                true => x.reshape([batch, height, width, rest, n, n]).transpose(&[0, 1, 2, 4, 5, 3]),
                false => x.reshape([batch, height, width, n, n, rest]),
            };
            Ok(parts.transpose(&[0, 1, 3, 2, 4, 5]).reshape([batch, height * n, width * n, rest]))
        })
    })
    .set(&["block_size", "data_format"]),
    Definition::one("nn", "SpaceToDepth", "blocks of places joined to features", |call| {
        in_blocks(call, |x, n, first| {
            let [batch, height, width, features] = x.shape()[..] else { return Err("takes images".into()) };
            if !height.is_multiple_of(n) || !width.is_multiple_of(n) {
                return Err(format!("cannot divide {height} by {width} places into blocks of {n}"));
            }
            let parts = x.reshape([batch, height / n, n, width / n, n, features]);
            let order = if first { [0, 1, 3, 5, 2, 4] } else { [0, 1, 3, 2, 4, 5] };
            Ok(parts.transpose(&order).reshape([batch, height / n, width / n, features * n * n]))
        })
    })
    .set(&["block_size", "data_format"]),
    Definition::one("nn", "PSNR", "the peak signal to noise ratio, in decibels", |call| {
        let xs = call.promoted(&["x1", "x2"], true)?;
        let error = (&xs[0] - &xs[1]).square().mean_all();
        let peak = call.number("max_val", 1.0)?;
        Ok(error.log() * (-10.0 * LOG10_E) + 20.0 * peak.log10())
    })
    .takes(&["x1", "x2"])
    .set(&["max_val"]),
];

fn is_last(call: &Call) -> Result<bool, String> {
    match call.text("data_format", "channels_last")? {
        "channels_last" => Ok(true),
        "channels_first" => Ok(false),
        other => Err(format!("has no data format `{other}`")),
    }
}

/// Where the height, the width and the features of one image or a batch are.
fn axes(call: &Call, x: &Tensor) -> Result<(usize, usize, usize), String> {
    let first = match x.rank() {
        3 => 0,
        4 => 1,
        _ => return Err(format!("takes an image or a batch, not shape {}", x.shape())),
    };
    Ok(if is_last(call)? { (first, first + 1, first + 2) } else { (first + 1, first + 2, first) })
}

fn grayscale(call: &Call) -> Result<Tensor, String> {
    let images = call.tensor("images")?;
    let (_, _, axis) = axes(call, &images)?;
    let axis = axis as isize;
    match images.extent(axis) {
        1 => Ok(images),
        3 => {
            let x = call.float("images")?;
            let color = |i: usize| x.slice_axis(axis, i, i + 1);
            let gray = color(0) * 0.2989 + color(1) * 0.587 + color(2) * 0.114;
            Ok(gray.cast(images.dtype()))
        }
        n => Err(format!("takes images of 3 colors, or of 1, not of {n}")),
    }
}

fn crop(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("images")?;
    let (height, width, _) = axes(call, &x)?;
    let cropped = |x: &Tensor, axis: usize, before: &str, after: &str, target: &str| {
        let n = x.shape()[axis];
        let set = |name: &str| !call.field(name).is_null();
        let (low, high, kept) = (call.count(before, 0)?, call.count(after, 0)?, call.count(target, n)?);
        let low = if set(before) || !set(target) { low } else { n.saturating_sub(high + kept) };
        let stop = if set(target) { low + kept } else { n.saturating_sub(high) };
        match low <= stop && stop <= n {
            true => Ok(x.slice_axis(axis as isize, low, stop)),
            false => Err(format!("cannot keep {kept} of {n} elements from {low} on")),
        }
    };
    let x = cropped(&x, height, "top_cropping", "bottom_cropping", "target_height")?;
    cropped(&x, width, "left_cropping", "right_cropping", "target_width")
}

fn pad(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("images")?;
    let (height, width, _) = axes(call, &x)?;
    let mut padding = vec![(0, 0, 0); x.rank()];
    let sides = [
        (height, "top_padding", "bottom_padding", "target_height"),
        (width, "left_padding", "right_padding", "target_width"),
    ];
    for (axis, before, after, target) in sides {
        let n = x.shape()[axis];
        let set = |name: &str| !call.field(name).is_null();
        let (low, high) = (call.count(before, 0)?, call.count(after, 0)?);
        let more = call.count(target, n.saturating_add(low).saturating_add(high))?.checked_sub(n);
        let more = more.ok_or_else(|| format!("cannot make {n} elements fewer by padding"))?;
        let low = if set(before) { low } else { more.saturating_sub(high) };
        padding[axis] = (low, more.saturating_sub(low), 0);
    }
    Ok(x.pad(&padding, 0.0))
}

fn extract(call: &Call) -> Result<Tensor, String> {
    let x = call.float("images")?;
    if x.rank() != 4 || !is_last(call)? {
        return Err("takes a batch of images with the features last".into());
    }
    let two = |name: &str, default: Vec<i64>| -> Result<[usize; 2], String> {
        let given = call.ints(name)?.unwrap_or(default);
        let count = |n: i64| usize::try_from(n).ok().filter(|n| (1..1 << 31).contains(n));
        match given[..] {
            [both] => count(both).map(|n| [n, n]),
            [height, width] => count(height).zip(count(width)).map(|(m, n)| [m, n]),
            _ => None,
        }
        .ok_or_else(|| format!("cannot have {name} {given:?}"))
    };
    let size = two("size", vec![1])?;
    let strides = two("strides", size.iter().map(|&n| n as i64).collect())?;
    let dilation = two("dilation_rate", vec![1])?;
    let mut padding = vec![(0, 0, 0); 4];
    if call.text("padding", "valid")?.eq_ignore_ascii_case("same") {
        for i in 0..2 {
            let (n, length) = (x.shape()[i + 1], (size[i] - 1) * dilation[i] + 1);
            let total = ((n.div_ceil(strides[i]) - 1) * strides[i] + length).saturating_sub(n);
            padding[i + 1] = (total / 2, total - total / 2, 0);
        }
    }
    let padded = x.pad(&padding, 0.0);
    let rows = patches(&padded, 1, size[0], strides[0], dilation[0])?;
    // [batch, windows, size, windows, size, features]
    let all = patches(&rows, 3, size[1], strides[1], dilation[1])?;
    let [batch, n, k, m, l, features] = all.shape()[..] else { return Ok(all) };
    Ok(all.transpose(&[0, 1, 3, 2, 4, 5]).reshape([batch, n, m, k * l * features]))
}

/// Applies `work` to `[batch, height, width, features]`, the extent of blocks, and whether features come
/// first: then the places of a block are counted after the features, else before.
fn in_blocks(
    call: &Call,
    work: impl FnOnce(&Tensor, usize, bool) -> Result<Tensor, String>,
) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let n = call.count("block_size", 1)?;
    if x.rank() != 4 || n == 0 || n > 1 << 16 {
        return Err(format!("takes a batch of images, not shape {} in blocks of {n}", x.shape()));
    }
    match is_last(call)? {
        true => work(&x, n, false),
        false => {
            let y = work(&x.transpose(&[0, 2, 3, 1]), n, true)?;
            Ok(y.transpose(&[0, 3, 1, 2]))
        }
    }
}
