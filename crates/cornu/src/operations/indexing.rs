//! Elements at computed places.

use super::Definition;
use super::call::Call;
use super::joining::joined;
use super::shapes::{moved, ravel};
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Take", "the elements at places along an axis", take)
        .takes(&["x", "indices"])
        .set(&["axis"]),
    Definition::one(N, "TakeAlongAxis", "an element of each row along an axis", take_along_axis)
        .takes(&["x", "indices"])
        .set(&["axis"]),
    Definition::one("nn", "OneHot", "1 at the place of each integer, 0 elsewhere", |call| one_hot(call, "x"))
        .set(&["num_classes", "axis", "dtype", "sparse"]),
    Definition::one("nn", "MultiHot", "1 at the places of a row's integers, 0 elsewhere", |call| {
        let hot = one_hot(call, "inputs")?;
        Ok(hot.reduce_max(&[(hot.rank() > 2) as isize]))
    })
    .takes(&["inputs"])
    .set(&["num_classes", "axis", "dtype", "sparse"]),
    Definition::one(N, "SearchSorted", "where values belong among ordered ones", |call| {
        let right = call.text("side", "left")? == "right";
        let both = call.promoted(&["sorted_sequence", "values"], false)?;
        Ok(below(&both[0], &both[1], right))
    })
    .takes(&["sorted_sequence", "values"])
    .set(&["side"]),
    Definition::one(N, "Digitize", "which of the bins each element falls into", |call| {
        let both = call.promoted(&["x", "bins"], false)?;
        Ok(below(&both[1], &both[0], true))
    })
    .takes(&["x", "bins"]),
    Definition::several(N, "UnravelIndex", "the indices along axes of places in a tensor", unravel)
        .takes(&["indices"])
        .set(&["shape"]),
    Definition::one("core", "Slice", "a part that begins at computed places", slice)
        .takes(&["inputs", "start_indices"])
        .set(&["shape"]),
    Definition::one("core", "SliceUpdate", "with another part at computed places", slice_update).takes(&[
        "inputs",
        "start_indices",
        "updates",
    ]),
];

/// Indices among `n` in which negative ones count from the end.
pub(super) fn wrapped(indices: &Tensor, n: usize) -> Tensor {
    let indices = if indices.dtype() == DType::I64 { indices.clone() } else { indices.cast(DType::I32) };
    indices.less(0.0).select(&(&indices + n as f64), &indices)
}

fn take(call: &Call) -> Result<Tensor, String> {
    let (x, indices) = (call.tensor("x")?, call.indices("indices")?);
    let (x, axis) = match call.field("axis").is_null() {
        true => (ravel(&x), 0),
        false => {
            let axis = call.axis("axis", 0, x.rank())?;
            (x, axis)
        }
    };
    let n = x.shape()[axis];
    Ok(x.gather(&wrapped(&indices, n), axis as isize))
}

fn take_along_axis(call: &Call) -> Result<Tensor, String> {
    let (x, indices) = (call.tensor("x")?, call.indices("indices")?);
    if call.field("axis").is_null() {
        let x = ravel(&x);
        let n = x.shape()[0];
        return Ok(x.take_along_axis(&wrapped(&ravel(&indices), n), 0));
    }
    let axis = call.axis("axis", 0, x.rank())?;
    let (own, wanted) = (x.shape(), indices.shape());
    let common = own.with_ones(&[axis]).broadcast(&wanted.with_ones(&[axis]));
    let common = common.filter(|_| wanted.rank() == own.rank());
    let Some(common) = common else {
        return Err(format!("cannot pick from shape {own} by indices of shape {wanted}"));
    };
    let along = |extent: usize| {
        let mut shape = common.to_vec();
        shape[axis] = extent;
        shape
    };
    let indices = wrapped(&indices, own[axis]).broadcast_to(along(wanted[axis]));
    Ok(x.broadcast_to(along(own[axis])).take_along_axis(&indices, axis as isize))
}

fn one_hot(call: &Call, name: &str) -> Result<Tensor, String> {
    if call.flag("sparse", false)? {
        return Err("gives dense tensors alone, not sparse ones".into());
    }
    let x = call.tensor(name)?.cast(DType::I32);
    let n = call.count("num_classes", 0)?;
    let dtype = call.dtype("dtype")?.unwrap_or(DType::F32);
    let hot = x.one_hot(n, dtype);
    Ok(moved(&hot, x.rank(), call.axis("axis", -1, x.rank() + 1)?))
}

/// How many elements of `ordered` are less than each value, or up to it.
fn below(ordered: &Tensor, values: &Tensor, or_equal: bool) -> Tensor {
    let ordered = ravel(ordered);
    let value = values.expand_dims(-1);
    let below = if or_equal { value.greater_equal(&ordered) } else { value.greater(&ordered) };
    below.cast(DType::I32).sum(&[-1])
}

fn unravel(call: &Call) -> Result<Vec<Tensor>, String> {
    let indices = call.indices("indices")?;
    let shape = call.ints("shape")?.ok_or("has no shape")?;
    if shape.iter().any(|&extent| extent < 1) {
        return Err(format!("cannot count in shape {shape:?}"));
    }
    let mut left = indices.cast(DType::F64);
    let mut along = Vec::new();
    for &extent in shape.iter().rev() {
        let next = (&left / extent as f64).floor();
        along.push((left - &next * extent as f64).cast(indices.dtype()));
        left = next;
    }
    along.reverse();
    Ok(along)
}

/// Where a part begins: an index for each axis.
fn starts(call: &Call) -> Result<Tensor, String> {
    match call.raw("start_indices") {
        Some(crate::arguments::Argument::List(items)) if !items.is_empty() => {
            let starts = call.list("start_indices")?;
            let starts: Vec<Tensor> =
                starts.iter().map(|start| start.cast(DType::I32).reshape([1])).collect();
            Ok(joined(&starts, 0))
        }
        _ => Ok(ravel(&call.indices("start_indices")?)),
    }
}

fn slice(call: &Call) -> Result<Tensor, String> {
    let (x, starts) = (call.tensor("inputs")?, starts(call)?);
    let sizes = call.ints("shape")?.ok_or("has no shape")?;
    let fixed = call.plain_ints("start_indices")?;
    let shape = x.shape();
    if sizes.len() != shape.rank() {
        return Err(format!("cannot take a part of {} axes of shape {shape}", sizes.len()));
    }
    let size = |(axis, &size): (usize, &i64)| match size {
        -1 => {
            let start = fixed.as_ref().and_then(|starts| starts.get(axis));
            let start = start.ok_or("needs starts that are known where the shape is -1")?;
            Ok(shape[axis].saturating_sub(*start as usize))
        }
        size => usize::try_from(size).map_err(|_| format!("cannot take {size} elements")),
    };
    let sizes = sizes.iter().enumerate().map(size).collect::<Result<Vec<_>, String>>()?;
    Ok(x.dynamic_slice(&starts, &sizes))
}

fn slice_update(call: &Call) -> Result<Tensor, String> {
    let (x, starts) = (call.tensor("inputs")?, starts(call)?);
    Ok(x.dynamic_update_slice(&call.tensor("updates")?.cast(x.dtype()), &starts))
}
