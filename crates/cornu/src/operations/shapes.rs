//! Other shapes and orders of the same elements.

use super::Definition;
use super::call::{Call, place};
use cornu_graph::{Tensor, concat};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Reshape", "the elements in another shape", reshape).set(&["newshape"]),
    Definition::unary(N, "Ravel", "all elements along one axis", ravel),
    Definition::one(N, "Transpose", "the axes in another order", transpose).set(&["axes"]),
    Definition::one(N, "Swapaxes", "two axes in each other's place", swapaxes).set(&["axis1", "axis2"]),
    Definition::one(N, "Moveaxis", "axes in other places", moveaxis).set(&["source", "destination"]),
    Definition::one(N, "ExpandDims", "more axes of extent 1", expand_dims).set(&["axis"]),
    Definition::one(N, "Squeeze", "without axes of extent 1", squeeze).set(&["axis"]),
    Definition::one(N, "BroadcastTo", "repeated to a shape", broadcast_to).set(&["shape"]),
    Definition::one(N, "Flip", "the elements along axes turned around", |call| {
        let x = call.tensor("x")?;
        let axes = call.axes("axis", x.rank())?;
        Ok(x.reverse(&super::call::signed(&axes)))
    })
    .set(&["axis"]),
    Definition::one(N, "Fliplr", "the elements along the second axis turned around", |call| turned(call, 1)),
    Definition::one(N, "Flipud", "the elements along the first axis turned around", |call| turned(call, 0)),
    Definition::one(N, "Roll", "the elements moved on, those over the end to the start", roll)
        .set(&["shift", "axis"]),
    Definition::one(N, "Rot90", "quarter turns of the plane of two axes", rot90)
        .takes(&["array"])
        .set(&["k", "axes"]),
    Definition::one(N, "Tile", "repeated as a whole", tile).set(&["repeats"]),
    Definition::one(N, "Repeat", "each element repeated", repeat).set(&["repeats", "axis"]),
];

/// All elements along one axis.
pub(super) fn ravel(x: &Tensor) -> Tensor {
    x.reshape([x.shape().size()])
}

/// The shape that `wanted` means for so many elements, of which one extent may be -1.
fn filled_in(wanted: &[i64], size: usize) -> Result<Vec<usize>, String> {
    let unclear = || format!("cannot give {size} elements the shape {wanted:?}");
    let known = wanted.iter().filter(|&&extent| extent != -1).try_fold(1usize, |product, &extent| {
        usize::try_from(extent).ok().and_then(|extent| product.checked_mul(extent))
    });
    let known = known.ok_or_else(unclear)?;
    let open = wanted.iter().filter(|&&extent| extent == -1).count();
    if open > 1 || (open == 1 && (known == 0 || !size.is_multiple_of(known))) {
        return Err(unclear());
    }
    Ok(wanted.iter().map(|&extent| if extent == -1 { size / known } else { extent as usize }).collect())
}

fn reshape(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let wanted = call.ints("newshape")?.ok_or("has no newshape")?;
    Ok(x.reshape(filled_in(&wanted, x.shape().size())?))
}

fn transpose(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    match call.ints("axes")? {
        None => Ok(x.transpose(&(0..x.rank()).rev().collect::<Vec<_>>())),
        Some(axes) => {
            let axes = axes.into_iter().map(|axis| place(axis, x.rank())).collect::<Result<Vec<_>, _>>()?;
            Ok(x.transpose(&axes))
        }
    }
}

/// `x` with two axes in each other's place.
pub(super) fn swapped(x: &Tensor, a: usize, b: usize) -> Tensor {
    let mut order: Vec<usize> = (0..x.rank()).collect();
    order.swap(a, b);
    x.transpose(&order)
}

fn swapaxes(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let (a, b) = (call.axis("axis1", 0, x.rank())?, call.axis("axis2", 1, x.rank())?);
    Ok(swapped(&x, a, b))
}

/// `x` with axis `from` in the place `to`, the others in their order.
pub(super) fn moved(x: &Tensor, from: usize, to: usize) -> Tensor {
    let mut order: Vec<usize> = (0..x.rank()).filter(|&axis| axis != from).collect();
    order.insert(to, from);
    x.transpose(&order)
}

fn moveaxis(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let places = |name: &str| -> Result<Vec<usize>, String> {
        call.ints(name)?.unwrap_or_default().into_iter().map(|axis| place(axis, x.rank())).collect()
    };
    let (from, to) = (places("source")?, places("destination")?);
    if from.len() != to.len() {
        return Err(format!("moves {} axes to {} places", from.len(), to.len()));
    }
    let mut order: Vec<usize> = (0..x.rank()).filter(|axis| !from.contains(axis)).collect();
    let mut pairs: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
    pairs.sort_unstable();
    for (to, from) in pairs {
        order.insert(to.min(order.len()), from);
    }
    Ok(x.transpose(&order))
}

fn expand_dims(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let axes = call.ints("axis")?.unwrap_or_default();
    let rank = x.rank() + axes.len();
    let axes = axes.into_iter().map(|axis| place(axis, rank)).collect::<Result<Vec<_>, _>>()?;
    let mut own = x.shape().to_vec().into_iter();
    let shape = (0..rank).map(|axis| if axes.contains(&axis) { 1 } else { own.next().unwrap_or(1) });
    Ok(x.reshape(shape.collect::<Vec<_>>()))
}

fn squeeze(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let shape = x.shape();
    let axes = match call.field("axis").is_null() {
        // A batch that happens to be of one row stays a batch.
        true => (1..x.rank()).filter(|&axis| shape[axis] == 1).collect(),
        false => call.axes("axis", x.rank())?,
    };
    match axes.iter().find(|&&axis| shape[axis] != 1) {
        Some(axis) => Err(format!("cannot leave out axis {axis} of shape {shape}, which is not of extent 1")),
        None => Ok(x.reshape(shape.without(&axes))),
    }
}

fn broadcast_to(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let shape = call.ints("shape")?.ok_or("has no shape")?;
    let shape = shape.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
    Ok(x.broadcast_to(shape.map_err(|_| "has an extent below 0".to_string())?))
}

fn turned(call: &Call, axis: i64) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let axis = place(axis, x.rank())?;
    Ok(x.reverse(&[axis as isize]))
}

fn roll(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let shifts = call.ints("shift")?.ok_or("has no shift")?;
    let Some(axes) = call.ints("axis")? else {
        return Ok(rolled(&ravel(&x), shifts.iter().fold(0, |sum, shift| sum.saturating_add(*shift)), 0)
            .reshape(x.shape()));
    };
    let n = shifts.len().max(axes.len());
    let nth = |list: &[i64], i: usize| if list.len() == 1 { list[0] } else { list[i] };
    if [&shifts, &axes].into_iter().any(|list| list.len() != 1 && list.len() != n) {
        return Err(format!("moves along {} axes by {} shifts", axes.len(), shifts.len()));
    }
    (0..n).try_fold(x, |x, i| {
        let axis = place(nth(&axes, i), x.rank())?;
        Ok(rolled(&x, nth(&shifts, i), axis))
    })
}

fn rolled(x: &Tensor, shift: i64, axis: usize) -> Tensor {
    let n = x.shape()[axis];
    let shift = shift.checked_rem_euclid(n as i64).unwrap_or(0) as usize;
    let axis = axis as isize;
    match shift {
        0 => x.clone(),
        shift => concat(&[&x.slice_axis(axis, n - shift, n), &x.slice_axis(axis, 0, n - shift)], axis),
    }
}

fn rot90(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("array")?;
    let axes = call.ints("axes")?.unwrap_or(vec![0, 1]);
    let [a, b] = axes[..] else { return Err("takes two axes".into()) };
    let (a, b) = (place(a, x.rank())?, place(b, x.rank())?);
    let turned = |x: &Tensor, axis: usize| x.reverse(&[axis as isize]);
    Ok(match call.int("k", 1)?.rem_euclid(4) {
        0 => x,
        1 => swapped(&turned(&x, b), a, b),
        2 => turned(&turned(&x, a), b),
        _ => turned(&swapped(&x, a, b), b),
    })
}

fn tile(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let repeats = call.ints("repeats")?.unwrap_or_default();
    let repeats = repeats.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
    let repeats = repeats.map_err(|_| "cannot repeat a negative number of times".to_string())?;
    let rank = x.rank().max(repeats.len());
    let own = [vec![1; rank - x.rank()], x.shape().to_vec()].concat();
    let repeats = [vec![1; rank - repeats.len()], repeats].concat();
    let apart: Vec<usize> = own.iter().flat_map(|&extent| [1, extent]).collect();
    let wide: Vec<usize> = own.iter().zip(&repeats).flat_map(|(&extent, &times)| [times, extent]).collect();
    let joined: Vec<usize> = own.iter().zip(&repeats).map(|(a, b)| a.saturating_mul(*b)).collect();
    Ok(x.reshape(apart).broadcast_to(wide).reshape(joined))
}

fn repeat(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let (x, axis) = match call.field("axis").is_null() {
        true => (ravel(&x), 0),
        false => {
            let axis = call.axis("axis", 0, x.rank())?;
            (x, axis)
        }
    };
    let repeats = call.ints("repeats")?.ok_or("has no repeats")?;
    let repeats = repeats.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
    let repeats = repeats.map_err(|_| "cannot repeat a negative number of times".to_string())?;
    let shape = x.shape();
    if let [times] = repeats[..] {
        let split = |times: usize| [&shape[..axis + 1], &[times], &shape[axis + 1..]].concat();
        let mut joined = shape.to_vec();
        joined[axis] = joined[axis].saturating_mul(times);
        return Ok(x.reshape(split(1)).broadcast_to(split(times)).reshape(joined));
    }
    if repeats.len() != shape[axis] || repeats.iter().fold(0usize, |n, m| n.saturating_add(*m)) > 1 << 24 {
        return Err(format!("cannot repeat {} elements {} times", shape[axis], repeats.len()));
    }
    let places = repeats.iter().enumerate().flat_map(|(i, &times)| std::iter::repeat_n(i as f64, times));
    let places: Vec<f64> = places.collect();
    Ok(x.gather(&call.integers([places.len()], &places)?, axis as isize))
}
