//! Sums and products of all elements so far, and differences of neighbors.

use super::Definition;
use super::call::{Call, place};
use super::nan::filled;
use super::reductions::counted;
use cornu_graph::Tensor;

const N: &str = "numpy";

/// What goes along an axis, or all elements without one.
const fn along(
    name: &'static str,
    summary: &'static str,
    work: fn(&Call) -> Result<Tensor, String>,
) -> Definition {
    Definition::one(N, name, summary, work).set(&["axis", "dtype"])
}

pub(super) static OPERATIONS: &[Definition] = &[
    along("Cumsum", "the sums of all elements so far", |call| {
        let (x, axis) = operand(call)?;
        Ok(x.cumsum(axis as isize))
    }),
    along("Cumprod", "the products of all elements so far", |call| {
        let (x, axis) = operand(call)?;
        Ok(cumprod(x, axis))
    }),
    along("Nancumsum", "the sums of all numbers so far", |call| {
        let (x, axis) = operand(call)?;
        Ok(filled(&x, 0.0).cumsum(axis as isize))
    }),
    along("Nancumprod", "the products of all numbers so far", |call| {
        let (x, axis) = operand(call)?;
        Ok(cumprod(filled(&x, 1.0), axis))
    }),
    Definition::one(N, "Diff", "the differences of neighbors", diff).takes(&["a"]).set(&["n", "axis"]),
    Definition::one(N, "Trapezoid", "the area under points, by trapezoids", trapezoid)
        .takes(&["y"])
        .set(&["x", "dx", "axis"]),
];

fn operand(call: &Call) -> Result<(Tensor, usize), String> {
    let x = counted(&call.tensor("x")?);
    let x = match call.dtype("dtype")? {
        Some(dtype) => x.cast(dtype),
        None => x,
    };
    match call.field("axis").is_null() {
        true => Ok((x.reshape([x.shape().size()]), 0)),
        false => {
            let axis = call.axis("axis", 0, x.rank())?;
            Ok((x, axis))
        }
    }
}

/// After each step, every element is the product of twice as many before it.
fn cumprod(mut x: Tensor, axis: usize) -> Tensor {
    let n = x.shape()[axis];
    let mut reach = 1;
    while reach < n {
        let mut padding = vec![(0, 0, 0); x.rank()];
        padding[axis].0 = reach;
        x = &x * x.slice_axis(axis as isize, 0, n - reach).pad(&padding, 1.0);
        reach *= 2;
    }
    x
}

/// Each element but the first along `axis` less the one before it.
fn differences(x: &Tensor, axis: usize) -> Tensor {
    let n = x.shape()[axis];
    let axis = axis as isize;
    x.slice_axis(axis, 1.min(n), n) - x.slice_axis(axis, 0, n.saturating_sub(1))
}

fn diff(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("a")?;
    let axis = call.axis("axis", -1, x.rank())?;
    let times = call.count("n", 1)?.min(x.shape()[axis]);
    Ok((0..times).fold(x, |x, _| differences(&x, axis)))
}

fn trapezoid(call: &Call) -> Result<Tensor, String> {
    let y = call.float("y")?;
    let axis = place(call.int("axis", -1)?, y.rank())?;
    let n = y.shape()[axis];
    let sums = y.slice_axis(axis as isize, 1.min(n), n) + y.slice_axis(axis as isize, 0, n.saturating_sub(1));
    let widths = match call.field("x").is_null() {
        true => y.number(call.number("dx", 1.0)?),
        false => {
            let x = call.constant("x", y.dtype())?;
            let x = match x.rank() {
                1 => {
                    let mut shape = vec![1; y.rank()];
                    shape[axis] = x.shape()[0];
                    x.reshape(shape)
                }
                _ => x,
            };
            match x.rank() == y.rank() {
                true => differences(&x, axis),
                false => return Err("takes an x of one axis, or of as many as y has".into()),
            }
        }
    };
    Ok((sums * widths * 0.5).sum(&[axis as isize]))
}
