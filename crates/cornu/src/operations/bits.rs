//! Work on the bits of integers, which are numbers of 32 bits here.

use super::Definition;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

/// A definition of an operation on `x` and `y`.
const fn bitwise(
    name: &'static str,
    summary: &'static str,
    work: fn(&Tensor, &Tensor) -> Tensor,
) -> Definition {
    Definition::binary(N, name, summary, work).takes(&["x", "y"])
}

pub(super) static OPERATIONS: &[Definition] = &[
    bitwise("BitwiseAnd", "the bits that both have", and),
    bitwise("BitwiseOr", "the bits that one has", or),
    bitwise("BitwiseXor", "the bits that one alone has", xor),
    Definition::unary(N, "BitwiseInvert", "the bits that x does not have", invert),
    Definition::unary(N, "BitwiseNot", "the bits that x does not have", invert),
    bitwise("BitwiseLeftShift", "x with its bits moved up by y", left_shift),
    bitwise("LeftShift", "x with its bits moved up by y", left_shift),
    bitwise("BitwiseRightShift", "x with its bits moved down by y", right_shift),
    bitwise("RightShift", "x with its bits moved down by y", right_shift),
];

const SIGN: f64 = 2147483648.0;

fn and(a: &Tensor, b: &Tensor) -> Tensor {
    if a.dtype() == DType::Bool {
        return a.and(b);
    }
    if let Some(wrong) = no_integer(a) {
        return wrong;
    }
    // Two's complement: what is negative has the uppermost bit.
    let bits = |x: &Tensor| x.cast(DType::F64) + x.less(0.0).cast(DType::F64) * (2.0 * SIGN);
    let (mut a_left, mut b_left) = (bits(a), bits(b));
    let mut sum = a_left.full_like(0.0) + b_left.full_like(0.0);
    for bit in 0..32 {
        let (a_half, b_half) = ((&a_left * 0.5).floor(), (&b_left * 0.5).floor());
        let both = (a_left - &a_half * 2.0) * (b_left - &b_half * 2.0);
        sum = sum + both * 2f64.powi(bit);
        (a_left, b_left) = (a_half, b_half);
    }
    let negative = sum.greater_equal(SIGN).cast(DType::F64) * (2.0 * SIGN);
    (sum - negative).cast(a.dtype())
}

fn or(a: &Tensor, b: &Tensor) -> Tensor {
    if a.dtype() == DType::Bool { a.or(b) } else { a + b - and(a, b) }
}

fn xor(a: &Tensor, b: &Tensor) -> Tensor {
    if a.dtype() == DType::Bool { a.not_equal(b) } else { a + b - and(a, b) * 2.0 }
}

fn invert(x: &Tensor) -> Tensor {
    match x.dtype() {
        DType::Bool => x.not(),
        DType::U8 => 255.0 - x,
        _ => no_integer(x).unwrap_or_else(|| -x - 1.0),
    }
}

fn no_integer(x: &Tensor) -> Option<Tensor> {
    let dtype = x.dtype();
    dtype.is_float().then(|| x.builder().fail(format!("takes integers, not {}", dtype.keras_name())))
}

fn left_shift(x: &Tensor, y: &Tensor) -> Tensor {
    no_integer(x).unwrap_or_else(|| x * y.full_like(2.0).pow(y))
}

fn right_shift(x: &Tensor, y: &Tensor) -> Tensor {
    let power = |y: &Tensor| y.full_like(2.0).pow(y);
    no_integer(x).unwrap_or_else(|| (x.cast(DType::F64) / power(&y.cast(DType::F64))).floor().cast(x.dtype()))
}
