//! Diagonals and triangles of matrices.

use super::Definition;
use super::call::Call;
use super::reductions::counted;
use super::shapes::ravel;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Tril", "0 above a diagonal", |call| {
        triangle(call, |row, column| row.greater_equal(column))
    })
    .set(&["k"]),
    Definition::one(N, "Triu", "0 below a diagonal", |call| {
        triangle(call, |row, column| row.less_equal(column))
    })
    .set(&["k"]),
    Definition::one(N, "Diag", "a matrix's diagonal, or a matrix with one", |call| {
        let (x, k) = (call.tensor("x")?, call.int("k", 0)?);
        match x.rank() {
            1 => with_diagonal(&x, k),
            2 => diagonal(&x, k, 0, 1),
            rank => Err(format!("takes a vector or a matrix, not a tensor of {rank} axes")),
        }
    })
    .set(&["k"]),
    Definition::one(N, "Diagflat", "a matrix with all elements on its diagonal", |call| {
        with_diagonal(&ravel(&call.tensor("x")?), call.int("k", 0)?)
    })
    .set(&["k"]),
    Definition::one(N, "Diagonal", "the diagonal of two axes", |call| {
        let x = call.tensor("x")?;
        let (a, b) = (call.axis("axis1", 0, x.rank())?, call.axis("axis2", 1, x.rank())?);
        diagonal(&x, call.int("offset", 0)?, a, b)
    })
    .set(&["offset", "axis1", "axis2"]),
    Definition::one(N, "Trace", "the sum of the diagonal of two axes", |call| {
        let x = counted(&call.tensor("x")?);
        let (a, b) = (call.axis("axis1", 0, x.rank())?, call.axis("axis2", 1, x.rank())?);
        Ok(diagonal(&x, call.int("offset", 0)?, a, b)?.sum(&[-1]))
    })
    .set(&["offset", "axis1", "axis2"]),
];

/// `x` where its row, moved on by `k`, and its column are as told, 0 elsewhere.
fn triangle(call: &Call, inside: fn(&Tensor, &Tensor) -> Tensor) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    if x.rank() < 2 {
        return Err(format!("takes matrices, not shape {}", x.shape()));
    }
    let shape = [x.extent(-2), x.extent(-1)];
    let row = call.builder().iota(shape, 0, DType::I64) + call.int("k", 0)? as f64;
    let column = call.builder().iota(shape, 1, DType::I64);
    Ok(inside(&row, &column).select(&x, 0.0))
}

fn with_diagonal(x: &Tensor, k: i64) -> Result<Tensor, String> {
    let offset = usize::try_from(k.unsigned_abs()).ok().filter(|&offset| offset < 1 << 31);
    let offset = offset.ok_or_else(|| format!("has no diagonal {k}"))?;
    let (before, after) = if k < 0 { (offset, 0) } else { (0, offset) };
    let n = x.extent(0) + offset;
    let row = x.builder().iota([n, n], 0, DType::I64) + k as f64;
    let column = x.builder().iota([n, n], 1, DType::I64);
    Ok(row.equal(column).select(&x.pad(&[(before, after, 0)], 0.0).expand_dims(-1), 0.0))
}

/// The diagonal of the axes `a` and `b`, along the last axis.
fn diagonal(x: &Tensor, k: i64, a: usize, b: usize) -> Result<Tensor, String> {
    if a == b {
        return Err(format!("has no diagonal of axis {a} alone"));
    }
    let shape = x.shape();
    let mut order: Vec<usize> = (0..x.rank()).filter(|&axis| axis != a && axis != b).collect();
    let outer: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
    order.extend([a, b]);
    let (m, n) = (shape[a] as i64, shape[b] as i64);
    let (row, column) = (k.saturating_neg().max(0), k.max(0));
    let count = (m - row).min(n - column).max(0) as usize;
    if count == 0 {
        return Err(format!("has no diagonal {k} in a matrix of {m} by {n}"));
    }
    let flat = x.transpose(&order).reshape([&outer[..], &[(m * n) as usize]].concat());
    let places = x.builder().iota([count], 0, DType::I64) * (n + 1) as f64 + (row * n + column) as f64;
    Ok(flat.gather(&places, -1))
}
