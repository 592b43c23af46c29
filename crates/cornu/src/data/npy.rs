//! NumPy's `.npy` files: one array each.

use crate::error::{Error, Result};
use crate::files::numbers::{self, Number};
use crate::files::{read_file, write_atomically};
use cornu_graph::{Array, DType, Shape};
use std::io::{Read, Write};
use std::path::Path;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The array in the `.npy` file at `path`; see [`decode_npy`].
///
/// ```
/// use cornu::{Array, data};
/// let path = std::env::temp_dir().join(format!("cornu-doc-{}.npy", std::process::id()));
/// let x = Array::new([2, 2], vec![1f32, 2., 3., 4.]).unwrap();
/// data::write_npy(&path, &x).unwrap();
/// assert_eq!(data::read_npy(&path).unwrap(), x);
/// # std::fs::remove_file(&path).unwrap();
/// ```
pub fn read_npy(path: impl AsRef<Path>) -> Result<Array> {
    let path = path.as_ref();
    decode_npy(&read_file(path)?, path)
}

/// Writes `array` as a `.npy` file, all or nothing.
///
/// # Errors
/// If the file cannot be written, or if the array is bfloat16, which NumPy lacks.
pub fn write_npy(path: impl AsRef<Path>, array: &Array) -> Result<()> {
    let bytes = encode_npy(array)?;
    write_atomically(path, |writer| writer.write_all(&bytes))
}

/// The array in the `.npy` file `bytes`. `path` is what errors name.
///
/// Format versions 1 to 3, both byte orders, C and Fortran order. Types that [`DType`] lacks are
/// read as the next wider one: `uint16` and `int16` as `int32`, `uint32` and `uint64` as `int64`.
///
/// # Errors
/// If this is no `.npy` file, if its header does not agree with its length, or if it holds anything
/// but numbers. Python objects are never read: they can run code.
pub fn decode_npy(bytes: &[u8], path: &Path) -> Result<Array> {
    decode(bytes).map_err(|failure| at(path, failure))
}

/// A message and, where there is one, what to do.
pub(super) type Failure = (String, &'static str);

/// What failed in the file at `path`.
pub(super) fn at(path: &Path, (message, help): Failure) -> Error {
    let error = Error::file(path, message);
    if help.is_empty() { error } else { error.help(help) }
}

fn damaged(message: &str) -> Failure {
    (message.to_string(), "the file is damaged; make it again")
}

fn decode(bytes: &[u8]) -> Result<Array, Failure> {
    let mut data = bytes;
    let Layout { number, big_endian, fortran_order, shape, .. } = Layout::read(&mut data)?;
    if number.byte_size(&shape) != Some(data.len()) {
        return Err(wrong_length(number, &shape, data.len() as u64));
    }
    let failed = |message: String| (message, "");
    if !fortran_order {
        return number.decode(data, big_endian, shape).map_err(failed);
    }
    let data = to_row_major(data, number.size(), &shape);
    number.decode(&data, big_endian, shape).map_err(failed)
}

/// A file whose numbers take another length than its header says.
pub(super) fn wrong_length(number: Number, shape: &Shape, length: u64) -> Failure {
    let claimed = number.byte_size(shape).unwrap_or(usize::MAX);
    damaged(&format!("the .npy header claims {claimed} bytes for shape {shape}, the file has {length}"))
}

/// How an array lies in a `.npy` file, as its header says.
pub(super) struct Layout {
    pub(super) number: Number,
    pub(super) big_endian: bool,
    /// Whether it lies column by column; false where that is the same as row by row.
    pub(super) fortran_order: bool,
    pub(super) shape: Shape,
    /// Bytes before the array's.
    pub(super) start: u64,
}

impl Layout {
    /// Reads up to where the array begins.
    pub(super) fn read(reader: &mut impl Read) -> Result<Layout, Failure> {
        // Grows with what there is, whatever length a header claims.
        let mut part = |length: usize| {
            let mut bytes = Vec::new();
            match reader.by_ref().take(length as u64).read_to_end(&mut bytes) {
                Ok(_) => Ok(bytes),
                Err(error) => Err((error.to_string(), "")),
            }
        };
        let short = || damaged("this .npy file ends within its header");
        if part(MAGIC.len())? != MAGIC {
            return Err(("this is not an .npy file: it does not begin with \\x93NUMPY".to_string(), ""));
        }
        let width = match part(2)?[..] {
            [1, _] => 2,
            [2 | 3, _] => 4,
            [1..=3] | [] => return Err(short()),
            [version, ..] => return Err((format!("version {version} of the .npy format is not known"), "")),
        };
        let length = match part(width)?[..] {
            [a, b] => u16::from_le_bytes([a, b]) as usize,
            [a, b, c, d] => u32::from_le_bytes([a, b, c, d]) as usize,
            _ => return Err(short()),
        };
        let header = part(length)?;
        if header.len() < length {
            return Err(short());
        }
        let start = (MAGIC.len() + 2 + width + length) as u64;
        let header = std::str::from_utf8(&header).map_err(|_| damaged("the .npy header is not text"))?;
        let header = Header::parse(header).map_err(|message| (format!("the .npy header {message}"), ""))?;
        let (number, big_endian) = element(&header.descr)?;
        let shape = numbers::shape(&header.shape)
            .map_err(|message| (format!("the .npy header claims {message}"), ""))?;
        let fortran_order = header.fortran_order && shape.rank() > 1;
        Ok(Layout { number, big_endian, fortran_order, shape, start })
    }
}

/// The elements, of `size` bytes each, of a column-major array in row-major order.
fn to_row_major(data: &[u8], size: usize, shape: &Shape) -> Vec<u8> {
    // How far neighbors along each axis lie apart in the file: the first axis varies fastest.
    let mut strides = vec![size; shape.rank()];
    for axis in 1..shape.rank() {
        strides[axis] = strides[axis - 1] * shape[axis - 1];
    }
    let mut result = Vec::with_capacity(data.len());
    let (mut index, mut from) = (vec![0; shape.rank()], 0);
    while result.len() < data.len() {
        result.extend_from_slice(&data[from..from + size]);
        for axis in (0..shape.rank()).rev() {
            index[axis] += 1;
            from += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    result
}

/// What NumPy's type code means, and whether it is big-endian.
fn element(descr: &str) -> Result<(Number, bool), Failure> {
    let (order, code) = descr.split_at_checked(1).unwrap_or(("", descr));
    let number = match code {
        "f2" => Number::F16,
        "f4" => Number::F32,
        "f8" => Number::F64,
        "i1" => Number::I8,
        "i2" => Number::I16,
        "i4" => Number::I32,
        "i8" => Number::I64,
        "u1" => Number::U8,
        "u2" => Number::U16,
        "u4" => Number::U32,
        "u8" => Number::U64,
        "b1" => Number::Bool,
        _ if code.starts_with('O') => {
            let help = "save numbers: array.astype('float32'); objects can run code and are never read";
            return Err(("this array holds Python objects".to_string(), help));
        }
        _ => {
            return Err((
                format!("arrays of type {descr:?} are not supported"),
                "save it as float32 or int64",
            ));
        }
    };
    match order {
        "<" | "|" | "=" => Ok((number, false)),
        ">" => Ok((number, true)),
        _ => Err((format!("{descr:?} is not a type of NumPy"), "")),
    }
}

/// The header: a Python dictionary of three entries.
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<u64>,
}

impl Header {
    /// Reads the dictionary as NumPy writes it; the error continues "the header ...".
    fn parse(text: &str) -> Result<Header, String> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let mut rest = text.trim();
        rest = rest.strip_prefix('{').ok_or("is not a dictionary")?.trim_start();
        while !rest.starts_with('}') {
            let key;
            (key, rest) = string(rest)?;
            rest = rest.trim_start().strip_prefix(':').ok_or("is not a dictionary")?.trim_start();
            match key {
                "descr" if rest.starts_with('[') => {
                    return Err(
                        "describes records of several fields; save each field as an array".to_string()
                    );
                }
                "descr" => {
                    let value;
                    (value, rest) = string(rest)?;
                    descr = Some(value.to_string());
                }
                "fortran_order" => {
                    let value = [("True", true), ("False", false)]
                        .into_iter()
                        .find(|(word, _)| rest.starts_with(word));
                    let (word, value) = value.ok_or("has a fortran_order that is neither True nor False")?;
                    rest = &rest[word.len()..];
                    fortran_order = Some(value);
                }
                "shape" => {
                    let inner = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
                    let (inner, after) = inner.ok_or("has a shape that is no tuple")?;
                    let extents = inner.split(',').map(str::trim).filter(|extent| !extent.is_empty());
                    // Python 2 wrote long integers with an L.
                    let extents = extents.map(|extent| {
                        let digits = extent.strip_suffix('L').unwrap_or(extent);
                        digits.parse().map_err(|_| format!("has an extent of {extent}"))
                    });
                    shape = Some(extents.collect::<Result<Vec<u64>, _>>()?);
                    rest = after;
                }
                _ => return Err(format!("has an entry {key:?} that does not belong there")),
            }
            rest = rest.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        Ok(Header {
            descr: descr.ok_or("has no descr")?,
            fortran_order: fortran_order.ok_or("has no fortran_order")?,
            shape: shape.ok_or("has no shape")?,
        })
    }
}

/// The Python string that `text` begins with, and what follows it.
fn string(text: &str) -> Result<(&str, &str), String> {
    let failed = || "is not a dictionary".to_string();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"')).ok_or_else(failed)?;
    text[1..].split_once(quote).ok_or_else(failed)
}

/// The bytes of a `.npy` file of `array`: version 1, little-endian, C order, as NumPy would write it.
///
/// # Errors
/// If the array is bfloat16, which NumPy lacks.
pub fn encode_npy(array: &Array) -> Result<Vec<u8>> {
    let descr = match array.dtype() {
        DType::F16 => "<f2",
        DType::F32 => "<f4",
        DType::F64 => "<f8",
        DType::I8 => "|i1",
        DType::I32 => "<i4",
        DType::I64 => "<i8",
        DType::U8 => "|u1",
        DType::Bool => "|b1",
        DType::BF16 => {
            return Err(Error::argument("NumPy has no bfloat16").help("cast the array to float32 first"));
        }
    };
    let extents: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    let comma = if extents.len() == 1 { "," } else { "" };
    let shape = extents.join(", ");
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}{comma}), }}");
    // The data begin at a multiple of 64 bytes; magic, version and length take 10, the line end 1.
    while !(header.len() + 11).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let length =
        u16::try_from(header.len()).map_err(|_| Error::argument("too many axes for an .npy file"))?;
    let mut bytes = Vec::with_capacity(10 + header.len() + array.byte_size());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&[1, 0]);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&numbers::encode(array));
    Ok(bytes)
}
