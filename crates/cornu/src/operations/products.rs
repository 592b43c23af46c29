//! Products of vectors and matrices.

use super::Definition;
use super::call::{Call, place};
use super::joining::joined;
use super::shapes::{moved, ravel};
use crate::einsum::einsum;
use cornu_graph::ops::{Conv, Dot};
use cornu_graph::{DType, Tensor};
use serde_json::Value;

const N: &str = "numpy";
const TWO: &[&str] = &["x1", "x2"];

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Matmul", "the product of matrices", |call| {
        let xs = call.promoted(TWO, false)?;
        matmul(&xs[0], &xs[1])
    })
    .takes(TWO),
    Definition::binary(N, "Dot", "the product of the last axis of x1 and the last but one of x2", |a, b| {
        match (a.rank(), b.rank()) {
            (0, _) | (_, 0) => a * b,
            (_, n) => contracted(a, b, &[a.rank() - 1], &[n.saturating_sub(2)]),
        }
    }),
    Definition::binary(N, "Inner", "the product of the last axes", |a, b| match (a.rank(), b.rank()) {
        (0, _) | (_, 0) => a * b,
        (m, n) => contracted(a, b, &[m - 1], &[n - 1]),
    }),
    Definition::binary(N, "Vdot", "the sum of all products of elements", |a, b| {
        contracted(&ravel(a), &ravel(b), &[0], &[0])
    }),
    Definition::binary(N, "Outer", "the products of each element with each", |a, b| {
        ravel(a).expand_dims(-1) * ravel(b)
    }),
    Definition::one(N, "Tensordot", "the product summed over pairs of axes", tensordot)
        .takes(TWO)
        .set(&["axes"]),
    Definition::one(N, "Einsum", "the product that letters of axes describe", |call| {
        einsum(call.text("subscripts", "")?, &call.rest()?)
    })
    .takes(&["*operands"])
    .set(&["subscripts"]),
    Definition::binary(N, "Kron", "blocks of x2 times each element of x1", kron),
    Definition::one(N, "Cross", "the vector across two others", cross)
        .takes(TWO)
        .set(&["axisa", "axisb", "axisc", "axis"]),
    Definition::one(N, "Correlate", "the products of x2 along x1", correlate).takes(TWO).set(&["mode"]),
    Definition::float(N, "Corrcoef", "the correlations of rows", corrcoef),
    Definition::floats("math", "CDist", "the distances of each row from each", |a, b| {
        (a.expand_dims(-2) - b.expand_dims(-3)).square().sum(&[-1]).sqrt()
    })
    .takes(&["x", "y"]),
];

/// The product summed over pairs of axes; the axes that are left are those of `a`, then those of `b`.
fn contracted(a: &Tensor, b: &Tensor, of_a: &[usize], of_b: &[usize]) -> Tensor {
    a.dot(b, Dot { a_batch: vec![], b_batch: vec![], a_contract: of_a.to_vec(), b_contract: of_b.to_vec() })
}

/// The product of the last two axes, by NumPy's rules: vectors are a row and a column, and the axes before
/// are broadcast.
pub(super) fn matmul(a: &Tensor, b: &Tensor) -> Result<Tensor, String> {
    if a.rank() == 0 || b.rank() == 0 {
        return Err(format!("takes matrices, got shapes {} and {}", a.shape(), b.shape()));
    }
    let row = if a.rank() == 1 { a.expand_dims(0) } else { a.clone() };
    let column = if b.rank() == 1 { b.expand_dims(-1) } else { b.clone() };
    let y = match column.rank() {
        2 => row.matmul(&column),
        _ => {
            let outer = |x: &Tensor| cornu_graph::Shape::from(&x.shape()[..x.rank() - 2]);
            let common = outer(&row).broadcast(&outer(&column));
            let common = common
                .ok_or_else(|| format!("takes matrices, got shapes {} and {}", a.shape(), b.shape()))?;
            let wide = |x: &Tensor| x.broadcast_to([&common[..], &x.shape()[x.rank() - 2..]].concat());
            wide(&row).matmul(&wide(&column))
        }
    };
    if !y.is_valid() {
        return Ok(y);
    }
    let mut shape = y.shape().to_vec();
    if b.rank() == 1 {
        shape.pop();
    }
    if a.rank() == 1 {
        shape.remove(shape.len() - 1 - (b.rank() > 1) as usize);
    }
    Ok(y.reshape(shape))
}

fn tensordot(call: &Call) -> Result<Tensor, String> {
    let xs = call.promoted(TWO, false)?;
    let (a, b) = (&xs[0], &xs[1]);
    let unclear = || format!("cannot sum over the axes {}", call.field("axes"));
    let list = |value: &Value, rank: usize| -> Result<Vec<usize>, String> {
        let axis = |value: &Value| place(value.as_i64().ok_or_else(unclear)?, rank);
        match value {
            Value::Array(items) => items.iter().map(axis).collect(),
            value => Ok(vec![axis(value)?]),
        }
    };
    let (of_a, of_b) = match call.field("axes") {
        Value::Array(pair) => match &pair[..] {
            [of_a, of_b] => (list(of_a, a.rank())?, list(of_b, b.rank())?),
            _ => return Err(unclear()),
        },
        _ => {
            let n = call.count("axes", 2)?;
            if n > a.rank() || n > b.rank() {
                return Err(unclear());
            }
            ((a.rank() - n..a.rank()).collect(), (0..n).collect())
        }
    };
    Ok(contracted(a, b, &of_a, &of_b))
}

fn kron(a: &Tensor, b: &Tensor) -> Tensor {
    let rank = a.rank().max(b.rank());
    let extents = |x: &Tensor| [vec![1; rank - x.rank()], x.shape().to_vec()].concat();
    let (m, n) = (extents(a), extents(b));
    let outer: Vec<usize> = m.iter().flat_map(|&extent| [extent, 1]).collect();
    let inner: Vec<usize> = n.iter().flat_map(|&extent| [1, extent]).collect();
    let joined: Vec<usize> = m.iter().zip(&n).map(|(m, n)| m.saturating_mul(*n)).collect();
    (a.reshape(outer) * b.reshape(inner)).reshape(joined)
}

fn cross(call: &Call) -> Result<Tensor, String> {
    let xs = call.promoted(TWO, false)?;
    let axis = |name: &str| match call.field("axis").is_null() {
        true => call.int(name, -1),
        false => call.int("axis", -1),
    };
    let last = |x: &Tensor, name: &str| -> Result<Tensor, String> {
        Ok(moved(x, place(axis(name)?, x.rank())?, x.rank() - 1))
    };
    let (a, b) = (last(&xs[0], "axisa")?, last(&xs[1], "axisb")?);
    let at = |x: &Tensor, i: usize| x.slice_axis(-1, i, i + 1);
    let minor = |i: usize, j: usize| at(&a, i) * at(&b, j) - at(&a, j) * at(&b, i);
    match (a.extent(-1), b.extent(-1)) {
        (3, 3) => {
            let y = joined_last(&[minor(1, 2), minor(2, 0), minor(0, 1)]);
            let to = place(axis("axisc")?, y.rank())?;
            Ok(moved(&y, y.rank() - 1, to))
        }
        (2, 2) => {
            let y = minor(0, 1);
            let shape = y.shape().without(&[y.rank() - 1]);
            Ok(y.reshape(shape))
        }
        (m, n) => Err(format!("takes vectors of 3 elements, or both of 2, not of {m} and {n}")),
    }
}

fn joined_last(xs: &[Tensor]) -> Tensor {
    joined(xs, xs[0].rank() - 1)
}

fn correlate(call: &Call) -> Result<Tensor, String> {
    let xs = call.promoted(TWO, true)?;
    let (a, b) = (&xs[0], &xs[1]);
    if a.rank() != 1 || b.rank() != 1 {
        return Err(format!("takes vectors, not shapes {} and {}", a.shape(), b.shape()));
    }
    // The longer one is gone along; where that is the second, the result runs the other way.
    let turned = b.extent(0) > a.extent(0);
    let (long, short) = if turned { (b, a) } else { (a, b) };
    let m = short.extent(0) as i64;
    let (low, high) = match call.text("mode", "valid")? {
        "valid" => (0, 0),
        // Of one place too many, the first is left out, and the last where the result is turned around.
        "same" => (m / 2, m - 1 - m / 2),
        "full" => (m - 1, m - 1),
        other => return Err(format!("has no mode `{other}`")),
    };
    let (low, high) = if turned { (high, low) } else { (low, high) };
    let conv = Conv::new(1).padding(&[(low, high)]);
    let y = ravel(&long.reshape([1, long.extent(0), 1]).conv(&short.reshape([m as usize, 1, 1]), conv));
    Ok(if turned { y.reverse(&[0]) } else { y })
}

fn corrcoef(x: &Tensor) -> Tensor {
    let rows = if x.rank() == 1 { x.expand_dims(0) } else { x.clone() };
    let centered = &rows - rows.mean_keep(&[-1]);
    let covariances = contracted(&centered, &centered, &[1], &[1]);
    let n = covariances.extent(0);
    let places = x.builder().iota([n], 0, DType::I64) * (n + 1) as f64;
    let sizes = ravel(&covariances).gather(&places, 0).sqrt();
    let y = covariances / (sizes.expand_dims(-1) * &sizes);
    if x.rank() == 1 { y.reshape([0usize; 0]) } else { y.clip(-1.0, 1.0) }
}
