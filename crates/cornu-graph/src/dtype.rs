//! The kinds of number that a tensor holds.

use std::fmt;
use std::str::FromStr;

/// The kind of number that a tensor holds.
///
/// There is no silent promotion: operands of one operation have one dtype, and
/// [`Tensor::cast`](crate::Tensor::cast) changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    /// 32-bit IEEE float, the default.
    F32,
    /// 64-bit IEEE float.
    F64,
    /// Brain float: the upper half of an `f32`.
    BF16,
    /// 16-bit IEEE float.
    F16,
    /// 64-bit integer. Arithmetic is exact up to 2^53.
    I64,
    /// 32-bit integer.
    I32,
    /// Byte.
    U8,
    /// Signed byte.
    I8,
    /// True or false, one byte each.
    Bool,
}

impl DType {
    /// All dtypes.
    pub const ALL: [DType; 9] = [
        DType::F32,
        DType::F64,
        DType::BF16,
        DType::F16,
        DType::I64,
        DType::I32,
        DType::U8,
        DType::I8,
        DType::Bool,
    ];

    /// Bytes that one element takes in memory.
    pub const fn size(self) -> usize {
        match self {
            DType::F64 | DType::I64 => 8,
            DType::F32 | DType::I32 => 4,
            DType::BF16 | DType::F16 => 2,
            DType::U8 | DType::I8 | DType::Bool => 1,
        }
    }

    /// Whether this is a floating-point kind.
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64 | DType::BF16 | DType::F16)
    }

    /// The short name used in printed graphs: `f32`, `i64`, `bool` ...
    pub const fn name(self) -> &'static str {
        match self {
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::BF16 => "bf16",
            DType::F16 => "f16",
            DType::I64 => "i64",
            DType::I32 => "i32",
            DType::U8 => "u8",
            DType::I8 => "i8",
            DType::Bool => "bool",
        }
    }

    /// The name that Keras and NumPy use: `float32`, `int64`, `bool` ...
    pub const fn keras_name(self) -> &'static str {
        match self {
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::BF16 => "bfloat16",
            DType::F16 => "float16",
            DType::I64 => "int64",
            DType::I32 => "int32",
            DType::U8 => "uint8",
            DType::I8 => "int8",
            DType::Bool => "bool",
        }
    }

    /// `value` as this dtype can hold it: floats are rounded to the nearest representable
    /// number, integers are truncated towards zero and saturate, anything but zero is true.
    ///
    /// ```
    /// use cornu_graph::DType;
    /// assert_eq!(DType::I8.round(-3.7), -3.0);
    /// assert_eq!(DType::U8.round(300.0), 255.0);
    /// assert_eq!(DType::F32.round(0.1), 0.1f32 as f64);
    /// ```
    pub fn round(self, value: f64) -> f64 {
        match self {
            DType::F64 => value,
            DType::F32 => value as f32 as f64,
            DType::BF16 => half::bf16::from_f64(value).to_f64(),
            DType::F16 => half::f16::from_f64(value).to_f64(),
            DType::I64 => value as i64 as f64,
            DType::I32 => value as i32 as f64,
            DType::U8 => value as u8 as f64,
            DType::I8 => value as i8 as f64,
            DType::Bool => (value != 0.0) as u8 as f64,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DType {
    type Err = String;

    /// Reads either form of the name, `f32` or `float32`.
    fn from_str(name: &str) -> Result<DType, String> {
        DType::ALL
            .into_iter()
            .find(|dtype| dtype.name() == name || dtype.keras_name() == name)
            .ok_or_else(|| format!("there is no dtype `{name}`"))
    }
}
