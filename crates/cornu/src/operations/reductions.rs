//! Reductions along axes.

use super::Definition;
use super::call::{Call, signed};
use super::comparing::truth;
use super::nan::filled;
use super::result_type::{FLOATX, float_type};
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";
const AXES: &[&str] = &["axis", "keepdims"];
const AXES_FROM: &[&str] = &["axis", "keepdims", "initial"];

/// A reduction along axes that may be kept.
const fn along(
    name: &'static str,
    summary: &'static str,
    work: fn(&Call) -> Result<Tensor, String>,
) -> Definition {
    Definition::one(N, name, summary, work).set(AXES)
}

pub(super) static OPERATIONS: &[Definition] = &[
    along("Sum", "the sum along axes", |call| reduce(&counted(&call.tensor("x")?), call, Tensor::sum)),
    along("Mean", "the mean along axes", |call| mean(&call.float("x")?, call)),
    Definition::one(N, "Prod", "the product along axes", |call| {
        let x = counted(&call.tensor("x")?);
        let dtype = call.dtype("dtype")?.unwrap_or(x.dtype());
        reduce(&x.cast(dtype), call, Tensor::prod)
    })
    .set(&["axis", "keepdims", "dtype"]),
    Definition::one(N, "Max", "the greatest element along axes", |call| {
        extreme(&call.tensor("x")?, call, Tensor::reduce_max, |y, x| y.maximum(x))
    })
    .set(AXES_FROM),
    Definition::one(N, "Min", "the least element along axes", |call| {
        extreme(&call.tensor("x")?, call, Tensor::reduce_min, |y, x| y.minimum(x))
    })
    .set(AXES_FROM),
    along("Amax", "the greatest element along axes", |call| {
        as_number(&call.tensor("x")?, |x| reduce(x, call, Tensor::reduce_max))
    }),
    along("Amin", "the least element along axes", |call| {
        as_number(&call.tensor("x")?, |x| reduce(x, call, Tensor::reduce_min))
    }),
    along("Ptp", "the greatest less the least element along axes", |call| {
        let x = call.tensor("x")?;
        Ok(reduce(&x, call, Tensor::reduce_max)? - reduce(&x, call, Tensor::reduce_min)?)
    }),
    along("Var", "the mean square of the distance from the mean", |call| variance(&call.float("x")?, call)),
    along("Std", "the root of the mean square of the distance from the mean", |call| {
        Ok(variance(&call.float("x")?, call)?.sqrt())
    }),
    along("All", "whether all elements along axes are true", |call| {
        as_number(&truth(&call.tensor("x")?), |x| reduce(x, call, Tensor::reduce_min))
    }),
    along("Any", "whether one element along axes is true", |call| {
        as_number(&truth(&call.tensor("x")?), |x| reduce(x, call, Tensor::reduce_max))
    }),
    Definition::one(N, "CountNonzero", "how many elements along axes are not zero", |call| {
        let x = truth(&call.tensor("x")?).cast(DType::I32);
        let axes = call.axes("axis", x.rank())?;
        Ok(x.sum(&signed(&axes)))
    })
    .set(&["axis"]),
    along("Argmax", "the place of the greatest element", |call| {
        arg(&call.tensor("x")?, call, Tensor::argmax)
    }),
    along("Argmin", "the place of the least element", |call| arg(&call.tensor("x")?, call, Tensor::argmin)),
    Definition::one(N, "Average", "the mean along an axis, by weights", average)
        .takes(&["x", "weights"])
        .set(&["axis"]),
    Definition::several("nn", "Moments", "the mean and the variance along axes", moments).set(&[
        "axes",
        "keepdims",
        "synchronized",
    ]),
    Definition::one("math", "Logsumexp", "the logarithm of the sum of powers of e", logsumexp).set(AXES),
    Definition::one("linalg", "Norm", "the length of vectors, or the size of matrices", norm)
        .set(&["ord", "axis", "keepdims"]),
    along("Nansum", "the sum of what is not NaN", |call| {
        reduce(&filled(&counted(&call.tensor("x")?), 0.0), call, Tensor::sum)
    }),
    along("Nanprod", "the product of what is not NaN", |call| {
        reduce(&filled(&counted(&call.tensor("x")?), 1.0), call, Tensor::prod)
    }),
    along("Nanmax", "the greatest of what is not NaN", |call| {
        reduce(&filled(&call.tensor("x")?, f64::NEG_INFINITY), call, Tensor::reduce_max)
    }),
    along("Nanmin", "the least of what is not NaN", |call| {
        reduce(&filled(&call.tensor("x")?, f64::INFINITY), call, Tensor::reduce_min)
    }),
    along("Nanmean", "the mean of what is not NaN", |call| {
        let x = call.float("x")?;
        Ok(reduce(&filled(&x, 0.0), call, Tensor::sum)? / reduce(&present(&x), call, Tensor::sum)?)
    }),
    along("Nanvar", "the variance of what is not NaN", |call| nan_variance(&call.float("x")?, call)),
    along("Nanstd", "the standard deviation of what is not NaN", |call| {
        Ok(nan_variance(&call.float("x")?, call)?.sqrt())
    }),
    along("Nanargmax", "the place of the greatest of what is not NaN", |call| {
        arg(&filled(&call.tensor("x")?, f64::NEG_INFINITY), call, Tensor::argmax)
    }),
    along("Nanargmin", "the place of the least of what is not NaN", |call| {
        arg(&filled(&call.tensor("x")?, f64::INFINITY), call, Tensor::argmin)
    }),
];

/// Whole numbers as they are summed: none of fewer than 32 bits.
pub(super) fn counted(x: &Tensor) -> Tensor {
    match x.dtype() {
        DType::Bool | DType::U8 | DType::I8 => x.cast(DType::I32),
        _ => x.clone(),
    }
}

/// Applies a reduction along the axes of the setting `axis`, and keeps them if that is set.
fn reduce(x: &Tensor, call: &Call, work: fn(&Tensor, &[isize]) -> Tensor) -> Result<Tensor, String> {
    let axes = call.axes("axis", x.rank())?;
    kept(x, &axes, call, work(x, &signed(&axes)))
}

/// `y`, the reduction of `x` along `axes`, with these as extents of 1 if that is set.
fn kept(x: &Tensor, axes: &[usize], call: &Call, y: Tensor) -> Result<Tensor, String> {
    Ok(if call.flag("keepdims", false)? { y.reshape(x.shape().with_ones(axes)) } else { y })
}

/// Truth values as numbers for `work`, whose result they are again.
fn as_number(x: &Tensor, work: impl FnOnce(&Tensor) -> Result<Tensor, String>) -> Result<Tensor, String> {
    match x.dtype() {
        DType::Bool => Ok(work(&x.cast(DType::I32))?.cast(DType::Bool)),
        _ => work(x),
    }
}

fn extreme(
    x: &Tensor,
    call: &Call,
    work: fn(&Tensor, &[isize]) -> Tensor,
    join: fn(&Tensor, &Tensor) -> Tensor,
) -> Result<Tensor, String> {
    as_number(x, |x| {
        let y = reduce(x, call, work)?;
        Ok(match call.field("initial").is_null() {
            true => y,
            false => join(&y, &x.number(call.number("initial", 0.0)?)),
        })
    })
}

fn mean(x: &Tensor, call: &Call) -> Result<Tensor, String> {
    precisely(x, |x| reduce(x, call, Tensor::mean))
}

/// Floats of 16 bits as `f32` for `work`, whose result is cast back.
fn precisely(x: &Tensor, work: impl FnOnce(&Tensor) -> Result<Tensor, String>) -> Result<Tensor, String> {
    match x.dtype() {
        DType::BF16 | DType::F16 => Ok(work(&x.cast(FLOATX))?.cast(x.dtype())),
        _ => work(x),
    }
}

fn variance(x: &Tensor, call: &Call) -> Result<Tensor, String> {
    precisely(x, |x| reduce(x, call, Tensor::variance))
}

/// 1 where `x` is a number.
fn present(x: &Tensor) -> Tensor {
    x.equal(x).cast(x.dtype())
}

fn nan_variance(x: &Tensor, call: &Call) -> Result<Tensor, String> {
    let axes = signed(&call.axes("axis", x.rank())?);
    let there = present(x);
    let mean = filled(x, 0.0).sum_keep(&axes) / there.sum_keep(&axes);
    let squares = ((filled(x, 0.0) - mean) * &there).square();
    Ok(reduce(&squares, call, Tensor::sum)? / reduce(&there, call, Tensor::sum)?)
}

fn arg(x: &Tensor, call: &Call, work: fn(&Tensor, isize) -> Tensor) -> Result<Tensor, String> {
    let x = if x.dtype() == DType::Bool { x.cast(DType::I32) } else { x.clone() };
    let (flat, axes) = match call.field("axis").is_null() {
        true => (x.reshape([x.shape().size()]), (0..x.rank()).collect()),
        false => (x.clone(), vec![call.axis("axis", 0, x.rank())?]),
    };
    let axis = if flat.rank() < x.rank() || axes.len() != 1 { 0 } else { axes[0] as isize };
    kept(&x, &axes, call, work(&flat, axis).cast(DType::I32))
}

fn average(call: &Call) -> Result<Tensor, String> {
    if call.argument("weights").is_none() {
        let x = call.float("x")?;
        let axes = call.axes("axis", x.rank())?;
        return Ok(x.mean(&signed(&axes)));
    }
    let both = call.promoted(&["x", "weights"], true)?;
    let (x, weights) = (&both[0], &both[1]);
    let axes = call.axes("axis", x.rank())?;
    // Weights of one axis are those along the axis.
    let weights = match (&axes[..], weights.rank()) {
        ([axis], 1) if x.rank() > 1 => {
            let mut shape = vec![1; x.rank()];
            shape[*axis] = weights.extent(0);
            weights.reshape(shape)
        }
        _ => weights.clone(),
    };
    let weights = weights.broadcast_to(x.shape());
    Ok((x * &weights).sum(&signed(&axes)) / weights.sum(&signed(&axes)))
}

fn moments(call: &Call) -> Result<Vec<Tensor>, String> {
    let x = call.float("x")?;
    let axes = call.axes("axes", x.rank())?;
    let precise = if x.dtype() == DType::F64 { x.clone() } else { x.cast(FLOATX) };
    let both = [precise.mean(&signed(&axes)), precise.variance(&signed(&axes))];
    both.into_iter().map(|y| kept(&x, &axes, call, y.cast(x.dtype()))).collect()
}

fn logsumexp(call: &Call) -> Result<Tensor, String> {
    let x = call.float("x")?;
    let axes = call.axes("axis", x.rank())?;
    let largest = x.reduce_max_keep(&signed(&axes)).stop_gradient();
    let sum = (&x - &largest).exp().sum_keep(&signed(&axes)).log() + largest;
    let y = sum.reshape(x.shape().without(&axes));
    kept(&x, &axes, call, y)
}

fn norm(call: &Call) -> Result<Tensor, String> {
    let x = call.float("x")?;
    let x = x.cast(float_type(x.dtype()));
    let order = call.field("ord");
    let axes = call.axes("axis", x.rank())?;
    let along = signed(&axes);
    let given = call.ints("axis")?;
    let euclidean = |x: &Tensor| (x * x).sum(&along).sqrt();
    let y = match (order, given.as_deref().unwrap_or(&[]), axes.len()) {
        (serde_json::Value::Null, ..) => euclidean(&x),
        (serde_json::Value::String(name), _, 2) if name == "fro" => euclidean(&x),
        (serde_json::Value::Number(order), _, 1) => match order.as_f64().unwrap_or(2.0) {
            0.0 => truth(&x).cast(x.dtype()).sum(&along),
            1.0 => x.abs().sum(&along),
            2.0 => euclidean(&x),
            p => x.abs().pow(p).sum(&along).pow(1.0 / p),
        },
        // The greatest, or the least, sum of a column.
        (serde_json::Value::Number(order), given, 2) if matches!(order.as_i64(), Some(1 | -1)) => {
            let rows = match given {
                [rows, _] => super::call::place(*rows, x.rank())?,
                _ => axes[0],
            };
            let columns = if rows == axes[0] { axes[1] } else { axes[0] };
            let sums = x.abs().sum(&[rows as isize]);
            let columns = (columns - (rows < columns) as usize) as isize;
            match order.as_i64() {
                Some(1) => sums.reduce_max(&[columns]),
                _ => sums.reduce_min(&[columns]),
            }
        }
        _ => return Err(format!("has no norm of order {order} along {} axes", axes.len())),
    };
    kept(&x, &axes, call, y)
}
