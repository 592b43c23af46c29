//! Functions of one operand, element by element.

use super::Definition;
use super::arithmetic::truncated;
use super::call::Call;
use cornu_graph::{DType, Tensor};
use std::f64::consts::{LN_2, LOG2_E, LOG10_E, PI};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::unary(N, "Absolute", "|x|", absolute),
    Definition::unary(N, "Abs", "|x|", absolute),
    Definition::float(N, "Fabs", "|x| as floats", |x| x.abs()),
    Definition::unary(N, "Negative", "-x", |x| -x),
    Definition::unary(N, "Sign", "-1, 0 or 1 with the sign of x", |x| x.sign()),
    Definition::unary(N, "Signbit", "whether x has a minus sign", signbit),
    Definition::unary(N, "Square", "x x", |x| x * x),
    Definition::float(N, "Sqrt", "the square root", |x| x.sqrt()),
    Definition::float("math", "Rsqrt", "1 / sqrt(x)", |x| x.rsqrt()),
    Definition::float(N, "Cbrt", "the cube root", |x| x.sign() * x.abs().pow(1.0 / 3.0)),
    Definition::float(N, "Reciprocal", "1 / x", |x| x.reciprocal()),
    Definition::float(N, "Exp", "e^x", |x| x.exp()),
    Definition::float(N, "Exp2", "2^x", |x| (x * LN_2).exp()),
    Definition::float(N, "Expm1", "e^x - 1", |x| x.expm1()),
    Definition::float(N, "Log", "the natural logarithm", |x| x.log()),
    Definition::float(N, "Log2", "the logarithm to base 2", |x| x.log() * LOG2_E),
    Definition::float(N, "Log10", "the logarithm to base 10", |x| x.log() * LOG10_E),
    Definition::float(N, "Log1p", "log(1 + x)", |x| x.log1p()),
    Definition::float(N, "Sin", "the sine", |x| x.sin()),
    Definition::float(N, "Cos", "the cosine", |x| x.cos()),
    Definition::float(N, "Tan", "the tangent", |x| x.sin() / x.cos()),
    Definition::float(N, "Sinh", "the hyperbolic sine", |x| (x.expm1() - (-x).expm1()) * 0.5),
    Definition::float(N, "Cosh", "the hyperbolic cosine", |x| (x.exp() + (-x).exp()) * 0.5),
    Definition::float(N, "Tanh", "the hyperbolic tangent", |x| x.tanh()),
    Definition::float(N, "Arcsin", "the angle of which x is the sine", |x| x.atan2(across(x))),
    Definition::float(N, "Arccos", "the angle of which x is the cosine", |x| across(x).atan2(x)),
    Definition::float(N, "Arctan", "the angle of which x is the tangent", |x| x.atan2(1.0)),
    Definition::float(N, "Arcsinh", "the number of which x is the hyperbolic sine", arcsinh),
    Definition::float(N, "Arccosh", "the number of which x is the hyperbolic cosine", |x| {
        (x + ((x - 1.0) * (x + 1.0)).sqrt()).log()
    }),
    Definition::float(N, "Arctanh", "the number of which x is the hyperbolic tangent", |x| {
        (x.log1p() - (-x).log1p()) * 0.5
    }),
    Definition::float(N, "Sinc", "sin(pi x) / (pi x), and 1 at 0", sinc),
    Definition::float(N, "Deg2rad", "degrees as radians", |x| x * (PI / 180.0)),
    Definition::float(N, "Rad2deg", "radians as degrees", |x| x * (180.0 / PI)),
    Definition::float(N, "Floor", "the largest whole number up to x", |x| x.floor()),
    Definition::float(N, "Ceil", "the least whole number from x on", |x| -(-x).floor()),
    Definition::unary(N, "Trunc", "the whole number next to x towards 0", truncated),
    Definition::one(N, "Round", "x to so many decimals, halves to the even side", round).set(&["decimals"]),
    Definition::one(N, "Clip", "x, or the nearer of two limits", clip).set(&["x_min", "x_max"]),
    Definition::float("math", "Erf", "the error function", |x| x.erf()),
    Definition::float("math", "Erfc", "1 less the error function", |x| 1.0 - x.erf()),
    Definition::float("math", "Erfinv", "the number of which x is the error function", erfinv),
    Definition::unary(N, "Real", "the real part", |x| x.clone()),
    Definition::unary(N, "Imag", "the imaginary part", |x| x.full_like(0.0)),
    Definition::unary(N, "Conj", "the complex conjugate", |x| x.clone()),
    Definition::unary(N, "Conjugate", "the complex conjugate", |x| x.clone()),
    Definition::float(N, "Angle", "the angle of a complex number", |x| {
        x.less(0.0).select(&x.full_like(PI), 0.0)
    }),
    Definition::float(N, "I0", "the modified Bessel function of order 0", bessel_i0),
];

fn absolute(x: &Tensor) -> Tensor {
    if x.dtype() == DType::Bool { x.clone() } else { x.abs() }
}

fn signbit(x: &Tensor) -> Tensor {
    match x.dtype().is_float() {
        // Zero has a sign as well, which its reciprocal shows.
        true => x.less(0.0).or(&x.equal(0.0).and(&x.reciprocal().less(0.0))),
        false => x.less(0.0),
    }
}

/// The cosine of the angle of which `x` is the sine, and the other way round.
fn across(x: &Tensor) -> Tensor {
    ((1.0 - x) * (1.0 + x)).sqrt()
}

/// `sign(x) log1p(|x| + x x / (1 + sqrt(x x + 1)))`, exact near zero.
fn arcsinh(x: &Tensor) -> Tensor {
    let square = x * x;
    x.sign() * (x.abs() + &square / ((&square + 1.0).sqrt() + 1.0)).log1p()
}

fn sinc(x: &Tensor) -> Tensor {
    let zero = x.equal(0.0);
    let angle = zero.select(&x.full_like(1.0), x) * PI;
    zero.select(&x.full_like(1.0), angle.sin() / &angle)
}

fn round(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let decimals =
        i32::try_from(call.int("decimals", 0)?).map_err(|_| "has too many decimals".to_string())?;
    let factor = 10f64.powi(decimals);
    Ok(match (x.dtype().is_float(), decimals) {
        (true, 0) => x.round(),
        (true, _) => (&x * factor).round() * (1.0 / factor),
        (false, 0..) => x,
        (false, _) => ((x.cast(DType::F64) * factor).round() * (1.0 / factor)).round().cast(x.dtype()),
    })
}

fn clip(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let limits = [call.field("x_min"), call.field("x_max")];
    let fraction = limits.iter().any(|limit| limit.is_f64());
    let x = match x.dtype() {
        DType::Bool => x.cast(DType::I32),
        dtype if fraction && !dtype.is_float() => x.cast(DType::F32),
        _ => x,
    };
    let (low, high) = (call.number("x_min", f64::NEG_INFINITY)?, call.number("x_max", f64::INFINITY)?);
    Ok(x.clip(low, high))
}

/// A start, which is right to some digits, and three steps of Newton's; the last alone has a gradient,
/// which is then the inverse function's own.
fn erfinv(x: &Tensor) -> Tensor {
    const A: f64 = 0.147;
    let log = ((1.0 - x) * (1.0 + x)).log();
    let middle = &log * 0.5 + 2.0 / (PI * A);
    let mut y = (x.sign() * ((&middle * &middle - log * (1.0 / A)).sqrt() - middle).sqrt()).stop_gradient();
    for _ in 0..3 {
        let start = y.stop_gradient();
        // The error function's derivative is 2 / sqrt(pi) exp(-y y).
        y = &start - (start.erf() - x) * (PI.sqrt() / 2.0) * (&start * &start).exp();
    }
    let end = x.greater(0.0).select(&x.full_like(f64::INFINITY), f64::NEG_INFINITY);
    x.abs().equal(1.0).select(&end, &y)
}

/// Abramowitz and Stegun 9.8.1 and 9.8.2.
fn bessel_i0(x: &Tensor) -> Tensor {
    const SMALL: [f64; 7] = [1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813];
    const LARGE: [f64; 9] = [
        0.39894228,
        0.01328592,
        0.00225319,
        -0.00157565,
        0.00916281,
        -0.02057706,
        0.02635537,
        -0.01647633,
        0.00392377,
    ];
    let horner =
        |t: &Tensor, terms: &[f64]| terms.iter().rev().fold(t.full_like(0.0), |sum, &term| sum * t + term);
    let size = x.abs();
    let is_small = size.less(3.75);
    let t = is_small.select(&(x / 3.75), 0.0);
    let small = horner(&(&t * &t), &SMALL);
    let outside = is_small.select(&size.full_like(3.75), &size);
    let large = horner(&(3.75 / &outside), &LARGE) * outside.exp() * outside.rsqrt();
    is_small.select(&small, &large)
}
