//! What is no number, or none that is finite.

use super::Definition;
use super::call::Call;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::float(N, "Isnan", "whether x is no number", |x| x.not_equal(x)),
    Definition::float(N, "Isinf", "whether x is infinite", |x| x.abs().equal(f64::INFINITY)),
    Definition::float(N, "Isposinf", "whether x is positive infinity", |x| x.equal(f64::INFINITY)),
    Definition::float(N, "Isneginf", "whether x is negative infinity", |x| x.equal(f64::NEG_INFINITY)),
    Definition::float(N, "Isfinite", "whether x is a finite number", |x| x.abs().less(f64::INFINITY)),
    Definition::unary(N, "Isreal", "whether x has no imaginary part", |x| x.equal(x).or(&x.not_equal(x))),
    Definition::one(N, "NanToNum", "x with numbers for NaN and infinities", nan_to_num)
        .set(&["nan", "posinf", "neginf"]),
];

/// `x` with `value` where it is NaN.
pub(super) fn filled(x: &Tensor, value: f64) -> Tensor {
    match x.dtype().is_float() {
        true => x.not_equal(x).select(&x.full_like(value), x),
        false => x.clone(),
    }
}

fn nan_to_num(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let largest = match x.dtype() {
        DType::F64 => f64::MAX,
        DType::F16 => 65504.0,
        DType::BF16 => 3.389_531_389_251_535e38,
        DType::F32 => f32::MAX as f64,
        _ => return Ok(x),
    };
    let (nan, high, low) =
        (call.number("nan", 0.0)?, call.number("posinf", largest)?, call.number("neginf", -largest)?);
    let finite = filled(&x, nan);
    let bounded = x.equal(f64::INFINITY).select(&x.full_like(high), &finite);
    Ok(x.equal(f64::NEG_INFINITY).select(&x.full_like(low), &bounded))
}
