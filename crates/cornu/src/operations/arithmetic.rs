//! Arithmetic on two operands, element by element.

use super::Definition;
use super::result_type::float_type;
use cornu_graph::{DType, Tensor};
use std::f64::consts::{LN_2, LOG2_E};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::binary(N, "Add", "x1 + x2", add),
    Definition::binary(N, "Subtract", "x1 - x2", |a, b| a - b),
    Definition::binary(N, "Multiply", "x1 x2", multiply),
    Definition::floats(N, "Divide", "x1 / x2", |a, b| a / b),
    Definition::floats(N, "TrueDivide", "x1 / x2", |a, b| a / b),
    Definition::floats(N, "DivideNoNan", "x1 / x2, and 0 where x2 is 0", divide_no_nan),
    Definition::binary(N, "FloorDivide", "the largest whole number up to x1 / x2", floor_divide),
    Definition::binary(N, "Mod", "the remainder of x1 / x2, with the sign of x2", modulo),
    Definition::binary(N, "Fmod", "the remainder of x1 / x2, with the sign of x1", fmod),
    Definition::binary(N, "Power", "x1 to the power of x2", |a, b| a.pow(b)),
    Definition::binary(N, "Maximum", "the greater of x1 and x2", |a, b| a.maximum(b)),
    Definition::binary(N, "Minimum", "the lesser of x1 and x2", |a, b| a.minimum(b)),
    Definition::binary(N, "Fmax", "the greater of x1 and x2, of which NaN is none", |a, b| {
        number_else(a, b, a.maximum(b))
    }),
    Definition::binary(N, "Fmin", "the lesser of x1 and x2, of which NaN is none", |a, b| {
        number_else(a, b, a.minimum(b))
    }),
    Definition::floats(N, "Arctan2", "the angle of the point (x2, x1)", |a, b| a.atan2(b)),
    Definition::floats(N, "Hypot", "the square root of x1 x1 + x2 x2", hypot),
    Definition::floats(N, "Logaddexp", "log(exp(x1) + exp(x2))", logaddexp),
    Definition::floats(N, "Logaddexp2", "log2(2^x1 + 2^x2)", |a, b| {
        logaddexp(&(a * LN_2), &(b * LN_2)) * LOG2_E
    }),
    Definition::floats(N, "Heaviside", "0 where x1 is negative, 1 where positive, x2 at 0", heaviside),
    Definition::one(N, "Ldexp", "x1 times 2 to the power of x2", |call| {
        let x = call.float("x1")?;
        let exponent = call.indices("x2")?.cast(x.dtype());
        Ok(&x * (exponent * LN_2).exp())
    })
    .takes(&["x1", "x2"]),
];

/// The sum; of truth values, whether any is true.
fn add(a: &Tensor, b: &Tensor) -> Tensor {
    if a.dtype() == DType::Bool { a.or(b) } else { a + b }
}

/// The product; of truth values, whether both are true.
fn multiply(a: &Tensor, b: &Tensor) -> Tensor {
    if a.dtype() == DType::Bool { a.and(b) } else { a * b }
}

fn divide_no_nan(a: &Tensor, b: &Tensor) -> Tensor {
    let zero = b.equal(0.0);
    let quotient = a / zero.select(&b.full_like(1.0), b);
    zero.select(&quotient.full_like(0.0), &quotient)
}

/// Applies `work` to numbers of a dtype in which division gives fractions.
fn in_floats(a: &Tensor, b: &Tensor, work: impl Fn(&Tensor, &Tensor) -> Tensor) -> Tensor {
    match a.dtype().is_float() {
        true => work(a, b),
        // Integers of 53 bits are exact as f64.
        false => work(&a.cast(DType::F64), &b.cast(DType::F64)).cast(a.dtype()),
    }
}

fn floor_divide(a: &Tensor, b: &Tensor) -> Tensor {
    in_floats(a, b, |a, b| (a / b).floor())
}

pub(super) fn modulo(a: &Tensor, b: &Tensor) -> Tensor {
    in_floats(a, b, |a, b| a.remainder(b))
}

fn fmod(a: &Tensor, b: &Tensor) -> Tensor {
    in_floats(a, b, |a, b| a - truncated(&(a / b)) * b)
}

/// The whole number next to each element towards zero.
pub(super) fn truncated(x: &Tensor) -> Tensor {
    match x.dtype().is_float() {
        true => x.sign() * x.abs().floor(),
        false => x.clone(),
    }
}

/// `both`, or where one is NaN, the other.
fn number_else(a: &Tensor, b: &Tensor, both: Tensor) -> Tensor {
    let (no_a, no_b) = (a.not_equal(a), b.not_equal(b));
    no_a.select(b, no_b.select(a, both))
}

fn hypot(a: &Tensor, b: &Tensor) -> Tensor {
    (a * a + b * b).sqrt()
}

/// `max(a, b) + log1p(exp(-|a - b|))`, which stays finite where the powers would not.
pub(super) fn logaddexp(a: &Tensor, b: &Tensor) -> Tensor {
    a.maximum(b) + (-(a - b).abs()).exp().log1p()
}

fn heaviside(a: &Tensor, b: &Tensor) -> Tensor {
    let step = a.greater(0.0).cast(float_type(a.dtype()));
    a.equal(0.0).select(b, &step)
}
