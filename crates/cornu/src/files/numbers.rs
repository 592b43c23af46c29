//! Numbers as they lie in files: their width, sign and byte order, to and from arrays.

use cornu_graph::{Array, DType, Data, Shape};
use half::{bf16, f16};

/// A kind of number in a file. Those that [`DType`] lacks are read as the next wider integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    F16,
    BF16,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Bool,
}

impl Number {
    /// Bytes that one number takes.
    pub(crate) fn size(self) -> usize {
        match self {
            Number::I8 | Number::U8 | Number::Bool => 1,
            Number::F16 | Number::BF16 | Number::I16 | Number::U16 => 2,
            Number::F32 | Number::I32 | Number::U32 => 4,
            Number::F64 | Number::I64 | Number::U64 => 8,
        }
    }

    /// The bytes that an array of this shape takes in a file, or `None` where no memory holds it.
    pub(crate) fn byte_size(self, shape: &Shape) -> Option<usize> {
        shape.checked_size()?.checked_mul(self.size())
    }

    /// The array whose elements are `bytes` in row-major order.
    pub(crate) fn decode(self, bytes: &[u8], big_endian: bool, shape: Shape) -> Result<Array, String> {
        macro_rules! read {
            ($from:ty, $to:ty) => {
                Array::new(
                    shape,
                    numbers(bytes, big_endian, <$from>::from_be_bytes, <$from>::from_le_bytes, <$to>::from),
                )
            };
        }
        if self.byte_size(&shape) != Some(bytes.len()) {
            return Err(format!("{} bytes do not fill an array of shape {shape}", bytes.len()));
        }
        match self {
            Number::F16 => read!(f16, f16),
            Number::BF16 => read!(bf16, bf16),
            Number::F32 => read!(f32, f32),
            Number::F64 => read!(f64, f64),
            Number::I8 => read!(i8, i8),
            Number::I16 => read!(i16, i32),
            Number::I32 => read!(i32, i32),
            Number::I64 => read!(i64, i64),
            Number::U8 => Array::new(shape, bytes.to_vec()),
            Number::U16 => read!(u16, i32),
            Number::U32 => read!(u32, i64),
            Number::U64 => {
                let values: Vec<Result<i64, _>> =
                    numbers(bytes, big_endian, u64::from_be_bytes, u64::from_le_bytes, i64::try_from);
                let values = values.into_iter().collect::<Result<Vec<i64>, _>>();
                Array::new(shape, values.map_err(|_| "a uint64 of 2^63 or more, which int64 cannot hold")?)
            }
            Number::Bool => Array::new(shape, bytes.iter().map(|&byte| byte != 0).collect()),
        }
    }
}

/// The numbers in `bytes`, each of `N` bytes.
fn numbers<const N: usize, T, U>(
    bytes: &[u8],
    big_endian: bool,
    big: impl Fn([u8; N]) -> T,
    little: impl Fn([u8; N]) -> T,
    convert: impl Fn(T) -> U,
) -> Vec<U> {
    let chunks = bytes.as_chunks::<N>().0.iter();
    match big_endian {
        true => chunks.map(|&chunk| convert(big(chunk))).collect(),
        false => chunks.map(|&chunk| convert(little(chunk))).collect(),
    }
}

/// The elements of `array` as little-endian bytes.
pub(crate) fn encode(array: &Array) -> Vec<u8> {
    fn bytes<const N: usize, T: Copy>(values: &[T], to_bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
        values.iter().flat_map(|&value| to_bytes(value)).collect()
    }
    match array.data() {
        Data::F32(values) => bytes(values, f32::to_le_bytes),
        Data::F64(values) => bytes(values, f64::to_le_bytes),
        Data::BF16(values) => bytes(values, bf16::to_le_bytes),
        Data::F16(values) => bytes(values, f16::to_le_bytes),
        Data::I64(values) => bytes(values, i64::to_le_bytes),
        Data::I32(values) => bytes(values, i32::to_le_bytes),
        Data::U8(values) => values.to_vec(),
        Data::I8(values) => bytes(values, i8::to_le_bytes),
        Data::Bool(values) => bytes(values, |value| [value as u8]),
    }
}

/// How `dtype` lies in a file.
impl From<DType> for Number {
    fn from(dtype: DType) -> Number {
        match dtype {
            DType::F32 => Number::F32,
            DType::F64 => Number::F64,
            DType::BF16 => Number::BF16,
            DType::F16 => Number::F16,
            DType::I64 => Number::I64,
            DType::I32 => Number::I32,
            DType::U8 => Number::U8,
            DType::I8 => Number::I8,
            DType::Bool => Number::Bool,
        }
    }
}

/// The shape that a file claims; an error if no memory could hold it. An axis of extent 0 does not
/// excuse the others: strides are products of them.
pub(crate) fn shape(extents: &[u64]) -> Result<Shape, String> {
    let print = || Shape::from_iter(extents.iter().map(|&extent| extent as usize));
    if extents.len() > 32 {
        return Err(format!("{} axes, more than the 32 that arrays have", extents.len()));
    }
    let shape: Option<Shape> = extents
        .iter()
        .map(|&extent| usize::try_from(extent).ok())
        .collect::<Option<Vec<_>>>()
        .map(Shape::from);
    let widest = |shape: &Shape| Shape::from_iter(shape.iter().map(|&extent| extent.max(1))).checked_size();
    shape
        .filter(|shape| widest(shape).is_some())
        .ok_or_else(|| format!("a shape of {}, larger than any memory", print()))
}
