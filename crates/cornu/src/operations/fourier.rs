//! Fourier transforms, as products with matrices of sines and cosines.

use super::Definition;
use super::call::Call;
use super::indexing::wrapped;
use super::shapes::moved;
use cornu_graph::{DType, Tensor};
use std::f64::consts::TAU;

const M: &str = "math";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::several(M, "FFT", "the Fourier transform along the last axis", |call| {
        let (re, im) = complex(call)?;
        Ok(transform(&re, &im, -1, 1.0))
    }),
    Definition::several(M, "FFT2", "the Fourier transform along the last two axes", |call| {
        let (re, im) = complex(call)?;
        let y = transform(&re, &im, -1, 1.0);
        Ok(transform(&y[0], &y[1], -2, 1.0))
    }),
    Definition::several(M, "IFFT2", "the inverse of the Fourier transform along the last two axes", |call| {
        let (re, im) = complex(call)?;
        let scale = 1.0 / (re.extent(-1) * re.extent(-2)) as f64;
        let y = transform(&re, &im, -1, -1.0);
        Ok(transform(&y[0], &y[1], -2, -1.0).iter().map(|y| y * scale).collect())
    }),
    Definition::several(M, "RFFT", "the Fourier transform of real numbers", |call| {
        let x = call.float("x")?;
        let n = call.count("fft_length", x.extent(-1))?;
        Ok(of_real(&x, n))
    })
    .set(&["fft_length"]),
    Definition::one(M, "IRFFT", "the inverse of the Fourier transform of real numbers", irfft)
        .set(&["fft_length"]),
    Definition::several(M, "STFT", "the Fourier transforms of short windows", stft).set(&[
        "sequence_length",
        "sequence_stride",
        "fft_length",
        "window",
        "center",
    ]),
    Definition::one(M, "ExtractSequences", "windows that move along the last axis", |call| {
        let x = call.tensor("x")?;
        windows(&x, call.count("sequence_length", 1)?, call.count("sequence_stride", 1)?)
    })
    .set(&["sequence_length", "sequence_stride"]),
];

fn complex(call: &Call) -> Result<(Tensor, Tensor), String> {
    match &call.list("x")?[..] {
        [re, im] if re.shape() == im.shape() && re.dtype().is_float() => Ok((re.clone(), im.clone())),
        [re, im] => Err(format!("takes floats of one shape as both parts, got {} and {}", re.ty(), im.ty())),
        _ => Err("takes the real and the imaginary part".into()),
    }
}

/// The cosines and sines of `i k` times the `n`th part of a turn, `[rows, columns]`.
fn waves(like: &Tensor, rows: usize, columns: usize, n: usize) -> (Tensor, Tensor) {
    let b = like.builder();
    let along = |axis: usize| b.iota([rows, columns], axis, DType::F64);
    // Whole turns are left out while the numbers are exact.
    let steps = (along(0) * along(1)).remainder(&b.scalar(n.max(1) as f64, DType::F64));
    let angle = (steps * (TAU / n.max(1) as f64)).cast(if like.dtype() == DType::F64 {
        DType::F64
    } else {
        DType::F32
    });
    (angle.cos().cast(like.dtype()), angle.sin().cast(like.dtype()))
}

/// The transform along `axis`, which is one of the last two; `sign` is -1 for the inverse.
fn transform(re: &Tensor, im: &Tensor, axis: isize, sign: f64) -> Vec<Tensor> {
    let rank = re.rank();
    let turn = |x: &Tensor| if axis == -1 { x.clone() } else { moved(x, rank - 1, rank - 2) };
    let (re, im) = (turn(re), turn(im));
    let n = re.extent(-1);
    let (cos, sin) = waves(&re, n, n, n);
    let sin = sin * sign;
    vec![turn(&(re.matmul(&cos) + im.matmul(&sin))), turn(&(im.matmul(&cos) - re.matmul(&sin)))]
}

/// The first `n` elements along the last axis, with zeros where there are fewer.
fn fitted(x: &Tensor, n: usize) -> Tensor {
    let extent = x.extent(-1);
    let mut padding = vec![(0, 0, 0); x.rank()];
    if let Some(last) = padding.last_mut() {
        last.1 = n.saturating_sub(extent);
    }
    x.slice_axis(-1, 0, extent.min(n)).pad(&padding, 0.0)
}

fn of_real(x: &Tensor, n: usize) -> Vec<Tensor> {
    let (cos, sin) = waves(x, n, n / 2 + 1, n);
    let x = fitted(x, n);
    vec![x.matmul(&cos), -x.matmul(&sin)]
}

fn irfft(call: &Call) -> Result<Tensor, String> {
    let (re, im) = complex(call)?;
    let n = call.count("fft_length", 2 * re.extent(-1).saturating_sub(1))?.max(1);
    let bins = n / 2 + 1;
    let (cos, sin) = waves(&re, bins, n, n);
    // All frequencies but the lowest, and for an even length the highest, stand for two.
    let place = call.iota(bins, DType::I64);
    let alone = place.equal(0.0).or(&(&place * 2.0).equal(n as f64));
    let weight = alone.select(&alone.cast(re.dtype()).full_like(1.0), 2.0) * (1.0 / n as f64);
    let (re, im) = (fitted(&re, bins) * &weight, fitted(&im, bins) * &weight);
    Ok(re.matmul(&cos) - im.matmul(&sin))
}

/// `[.., n]` to `[.., windows, size]`.
fn windows(x: &Tensor, size: usize, stride: usize) -> Result<Tensor, String> {
    let n = x.extent(-1);
    if size == 0 || stride == 0 || size > n {
        return Err(format!("has no windows of {size} elements in {n}, {stride} apart"));
    }
    let count = (n - size) / stride + 1;
    let b = x.builder();
    let places = b.iota([count, size], 0, DType::I64) * stride as f64 + b.iota([count, size], 1, DType::I64);
    Ok(x.gather(&places, -1))
}

fn stft(call: &Call) -> Result<Vec<Tensor>, String> {
    let x = call.float("x")?;
    let (length, stride) = (call.count("sequence_length", 1)?, call.count("sequence_stride", 1)?);
    let n = call.count("fft_length", length)?;
    if n < length || length == 0 {
        return Err(format!("has windows of {length} elements for a transform of {n}"));
    }
    let x = match call.flag("center", true)? {
        false => x,
        true => {
            // Mirrored at its ends, so that the first window is about the first element.
            let (extent, half) = (x.extent(-1), n / 2);
            if half >= extent {
                return Err(format!("has {extent} elements, too few for a transform of {n}"));
            }
            let places = call.iota(extent + 2 * half, DType::I64) - half as f64;
            let folded = places.abs();
            let last = (extent - 1) as f64;
            x.gather(&wrapped(&folded.minimum((&folded * -1.0) + 2.0 * last), extent), -1)
        }
    };
    let before = (n - length) / 2;
    let frames = windows(&x, n, stride)?;
    let weights = match call.field("window") {
        serde_json::Value::Null => x.builder().full([n], 1.0, x.dtype()),
        serde_json::Value::String(name) => {
            let share = match &name[..] {
                "hann" => 0.5,
                "hamming" => 0.54,
                other => return Err(format!("has no window `{other}`")),
            };
            let angle = call.iota(length, x.dtype()) * (TAU / length as f64);
            (angle.cos() * (share - 1.0) + share).pad(&[(before, n - length - before, 0)], 0.0)
        }
        _ => call.constant("window", x.dtype())?.pad(&[(before, n - length - before, 0)], 0.0),
    };
    Ok(of_real(&(frames * weights), n))
}
