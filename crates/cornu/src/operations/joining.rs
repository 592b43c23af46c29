//! Several tensors made one, and one made several.

use super::Definition;
use super::call::{Call, place};
use super::shapes::{ravel, swapped};
use cornu_graph::{Tensor, concat};

const N: &str = "numpy";

/// The most parts that a tensor is split into.
const MOST: usize = 1 << 16;

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Concatenate", "tensors joined along an axis", |call| {
        let xs = call.list("xs")?;
        let axis = call.axis("axis", 0, xs[0].rank())?;
        Ok(joined(&xs, axis))
    })
    .takes(&["xs"])
    .set(&["axis"]),
    Definition::one(N, "Stack", "tensors joined along a new axis", stack).set(&["axis"]),
    Definition::one(N, "Hstack", "tensors side by side", |call| {
        let xs: Vec<Tensor> = call.list("xs")?.iter().map(|x| of_rank(x, 1)).collect();
        let axis = (xs[0].rank() > 1) as usize;
        Ok(joined(&xs, axis))
    })
    .takes(&["xs"]),
    Definition::one(N, "Vstack", "tensors below each other", |call| {
        let xs: Vec<Tensor> = call.list("xs")?.iter().map(|x| of_rank(x, 2)).collect();
        Ok(joined(&xs, 0))
    })
    .takes(&["xs"]),
    Definition::one(N, "Dstack", "tensors behind each other", |call| {
        let xs: Vec<Tensor> = call.list("xs")?.iter().map(|x| of_rank(x, 3)).collect();
        Ok(joined(&xs, 2))
    })
    .takes(&["xs"]),
    Definition::one(N, "Append", "x2 after x1", append).takes(&["x1", "x2"]).set(&["axis"]),
    Definition::several(N, "Split", "equal parts along an axis, or those between places", |call| {
        let x = call.tensor("x")?;
        let axis = call.axis("axis", 0, x.rank())?;
        split(call, &x, axis, false)
    })
    .set(&["indices_or_sections", "axis"]),
    Definition::several(N, "ArraySplit", "parts along an axis, as equal as can be", |call| {
        let x = call.tensor("x")?;
        let axis = call.axis("axis", 0, x.rank())?;
        split(call, &x, axis, true)
    })
    .set(&["indices_or_sections", "axis"]),
    Definition::several(N, "Hsplit", "parts along the second axis", |call| {
        let x = call.tensor("x")?;
        split(call, &x, place((x.rank() > 1) as i64, x.rank())?, false)
    })
    .set(&["indices_or_sections"]),
    Definition::several(N, "Vsplit", "parts along the first axis", |call| {
        let x = call.tensor("x")?;
        split(call, &x, place(0, x.rank())?, false)
    })
    .set(&["indices_or_sections"]),
    Definition::several(N, "Dsplit", "parts along the third axis", |call| {
        let x = call.tensor("x")?;
        split(call, &x, place(2, x.rank())?, false)
    })
    .set(&["indices_or_sections"]),
    Definition::several("core", "Unstack", "the parts along an axis, which goes", unstack)
        .set(&["num", "axis"]),
    Definition::several(N, "Meshgrid", "the coordinates of a grid, axis by axis", meshgrid)
        .takes(&["*x"])
        .set(&["indexing"]),
];

/// The tensors joined along an axis.
pub(super) fn joined(xs: &[Tensor], axis: usize) -> Tensor {
    concat(&xs.iter().collect::<Vec<_>>(), axis as isize)
}

fn stack(call: &Call) -> Result<Tensor, String> {
    let xs = call.list("x")?;
    let axis = call.axis("axis", 0, xs[0].rank() + 1)?;
    let xs: Vec<Tensor> = xs.iter().map(|x| x.expand_dims(axis as isize)).collect();
    Ok(joined(&xs, axis))
}

/// `x` with at least so many axes, as NumPy's `atleast_1d`, `atleast_2d` and `atleast_3d` give them.
fn of_rank(x: &Tensor, rank: usize) -> Tensor {
    match (&x.shape()[..], rank) {
        ([], rank) => x.reshape(vec![1; rank]),
        (&[n], 2) => x.reshape([1, n]),
        (&[n], 3) => x.reshape([1, n, 1]),
        (&[m, n], 3) => x.reshape([m, n, 1]),
        _ => x.clone(),
    }
}

fn append(call: &Call) -> Result<Tensor, String> {
    let xs = call.promoted(&["x1", "x2"], false)?;
    match call.field("axis").is_null() {
        true => Ok(joined(&xs.iter().map(ravel).collect::<Vec<_>>(), 0)),
        false => Ok(joined(&xs, call.axis("axis", 0, xs[0].rank())?)),
    }
}

fn split(call: &Call, x: &Tensor, axis: usize, uneven: bool) -> Result<Vec<Tensor>, String> {
    let n = x.shape()[axis];
    let field = call.field("indices_or_sections");
    let given = call.ints("indices_or_sections")?.ok_or("does not say where to split")?;
    let places: Vec<usize> = match (&given[..], field.is_array() || field.is_object()) {
        ([sections], false) => {
            let sections = usize::try_from(*sections).ok().filter(|&sections| sections > 0);
            let sections = sections.ok_or("cannot split into no parts")?;
            if sections > MOST || (!uneven && !n.is_multiple_of(sections)) {
                return Err(format!("cannot split {n} elements into {sections} equal parts"));
            }
            // The first parts have one element more each.
            let (size, more) = (n / sections, n % sections);
            (1..sections).map(|i| i * size + i.min(more)).collect()
        }
        (places, _) => {
            let index = |&place: &i64| if place < 0 { place + n as i64 } else { place };
            places.iter().map(|place| index(place).clamp(0, n as i64) as usize).collect()
        }
    };
    let starts = std::iter::once(0).chain(places.iter().copied());
    let stops = places.iter().copied().chain([n]);
    Ok(starts.zip(stops).map(|(start, stop)| x.slice_axis(axis as isize, start, stop.max(start))).collect())
}

fn unstack(call: &Call) -> Result<Vec<Tensor>, String> {
    let x = call.tensor("x")?;
    let axis = call.axis("axis", 0, x.rank())?;
    let n = x.shape()[axis];
    let wanted = call.count("num", n)?;
    if wanted != n || n > MOST {
        return Err(format!("cannot take {n} elements apart into {wanted}"));
    }
    let part = |i: usize| x.slice_axis(axis as isize, i, i + 1).reshape(x.shape().without(&[axis]));
    Ok((0..n).map(part).collect())
}

fn meshgrid(call: &Call) -> Result<Vec<Tensor>, String> {
    let xs: Vec<Tensor> = call.rest()?.iter().map(ravel).collect();
    let extents: Vec<usize> = xs.iter().map(|x| x.shape()[0]).collect();
    let swaps = call.text("indexing", "xy")? == "xy" && xs.len() > 1;
    let along = |(axis, x): (usize, &Tensor)| {
        let mut shape = vec![1; extents.len()];
        shape[axis] = extents[axis];
        let y = x.reshape(shape).broadcast_to(&extents[..]);
        if swaps { swapped(&y, 0, 1) } else { y }
    };
    Ok(xs.iter().enumerate().map(along).collect())
}
