//! Keras's rules of promotion: the dtype that operands of several come to share.

use cornu_graph::DType;

/// The dtype of an operand, as far as it is bound to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A tensor's or a truth value's own.
    Strong(DType),
    /// A plain whole number: any dtype of integers or floats will do.
    Int,
    /// A plain number with a fraction: any dtype of floats will do.
    Float,
}

use Kind::{Float, Int, Strong};

/// The dtype of floats where nothing else says one; Keras's `floatx`.
pub(super) const FLOATX: DType = DType::F32;

/// The dtype that holds operands of all these kinds: bool, then integers, then floats, the wider the later;
/// those of 16 bits of which neither holds the other meet in the next wider one.
pub(super) fn result_type(kinds: impl IntoIterator<Item = Kind>) -> DType {
    match kinds.into_iter().reduce(join) {
        Some(Strong(dtype)) => dtype,
        Some(Int) => DType::I32,
        Some(Float) | None => FLOATX,
    }
}

/// The dtype of floats that a function of operands of that dtype gives.
pub(super) fn float_type(dtype: DType) -> DType {
    result_type([Strong(dtype), Float])
}

fn join(a: Kind, b: Kind) -> Kind {
    let (low, high) = if rank(a) <= rank(b) { (a, b) } else { (b, a) };
    match (low, high) {
        (Strong(DType::U8), Strong(DType::I8)) => Strong(DType::I32),
        (Strong(DType::BF16), Strong(DType::F16)) => Strong(DType::F32),
        _ => high,
    }
}

fn rank(kind: Kind) -> usize {
    match kind {
        Strong(DType::Bool) => 0,
        Int => 1,
        Strong(DType::U8) => 2,
        Strong(DType::I8) => 3,
        Strong(DType::I32) => 4,
        Strong(DType::I64) => 5,
        Float => 6,
        Strong(DType::BF16) => 7,
        Strong(DType::F16) => 8,
        Strong(DType::F32) => 9,
        Strong(DType::F64) => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_take_the_dtype_beside_them() {
        assert_eq!(result_type([Strong(DType::BF16), Float]), DType::BF16);
        assert_eq!(result_type([Strong(DType::I64), Float]), DType::F32);
        assert_eq!(result_type([Strong(DType::U8), Int]), DType::U8);
        assert_eq!(result_type([Strong(DType::Bool), Int]), DType::I32);
        assert_eq!(result_type([Strong(DType::BF16), Strong(DType::F16)]), DType::F32);
        assert_eq!(result_type([Strong(DType::I32), Strong(DType::F16)]), DType::F16);
    }
}
