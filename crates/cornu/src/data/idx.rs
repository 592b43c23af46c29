//! IDX files, the format that MNIST comes in: an array behind a short header, often gzipped.

use crate::error::{Error, Result};
use crate::files::numbers::{self, Number};
use crate::files::read_file;
use cornu_graph::Array;
use flate2::read::MultiGzDecoder;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Unpacked bytes of a gzipped file, so that a small hostile one cannot fill the memory.
const LIMIT: usize = 2 << 30;

/// The array in the IDX file at `path`; see [`decode_idx`].
pub fn read_idx(path: impl AsRef<Path>) -> Result<Array> {
    let path = path.as_ref();
    decode_idx(&read_file(path)?, path)
}

/// The array in the IDX file `bytes`, plain or gzipped. `path` is what errors name.
///
/// The types are `u8`, `i8`, `i16` (read as `int32`), `i32`, `f32` and `f64`.
///
/// # Errors
/// If this is no IDX file, if it is longer or shorter than its header says, or if it is gzipped and
/// unpacks to more than 2 GiB.
///
/// ```
/// let bytes = [0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9];
/// let labels = cornu::data::decode_idx(&bytes, "labels".as_ref()).unwrap();
/// assert_eq!(labels.as_slice::<u8>().unwrap(), [7, 8, 9]);
/// ```
pub fn decode_idx(bytes: &[u8], path: &Path) -> Result<Array> {
    let result = if bytes.starts_with(&[0x1f, 0x8b]) {
        // Deflate cannot pack more than about 1,032 bytes into one.
        let most = bytes.len().saturating_mul(1032).min(LIMIT);
        decode(MultiGzDecoder::new(bytes), most)
    } else {
        decode(bytes, bytes.len())
    };
    result.map_err(|message| Error::file(path, message))
}

/// Reads an array of at most `most` bytes.
fn decode(mut reader: impl Read, most: usize) -> Result<Array, String> {
    let mut magic = [0; 4];
    fill(&mut reader, &mut magic)?;
    let [0, 0, code, rank] = magic else {
        return Err(format!("this is not an IDX file: it begins with {magic:02x?} instead of two zeros"));
    };
    let number = match code {
        0x08 => Number::U8,
        0x09 => Number::I8,
        0x0B => Number::I16,
        0x0C => Number::I32,
        0x0D => Number::F32,
        0x0E => Number::F64,
        _ => return Err(format!("this is not an IDX file: 0x{code:02x} is not one of its types")),
    };
    let mut extents = vec![[0; 4]; rank as usize];
    fill(&mut reader, extents.as_flattened_mut())?;
    let extents: Vec<u64> = extents.into_iter().map(|extent| u64::from(u32::from_be_bytes(extent))).collect();
    let shape = numbers::shape(&extents).map_err(|message| format!("the IDX header claims {message}"))?;
    let disagree = |got: String| format!("the IDX header claims shape {shape}, but the file {got}");
    let size = number.byte_size(&shape).filter(|&size| size <= most);
    let size = size.ok_or_else(|| disagree(format!("holds no more than {most} bytes")))?;
    let mut data = Vec::new();
    reader.by_ref().take(size as u64).read_to_end(&mut data).map_err(describe)?;
    if data.len() < size {
        return Err(disagree(format!("has only {} of {size} bytes", data.len())));
    }
    // Reading on to the end also has the checksum of a gzipped file checked.
    if reader.read(&mut [0]).map_err(describe)? > 0 {
        return Err(disagree(format!("goes on after {size} bytes")));
    }
    number.decode(&data, true, shape)
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> Result<(), String> {
    reader.read_exact(buffer).map_err(describe)
}

fn describe(error: std::io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "this file is cut short".to_string(),
        _ => format!("this gzip file is damaged: {error}"),
    }
}
