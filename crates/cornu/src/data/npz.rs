//! NumPy's `.npz` files: named arrays in a zip archive.

use super::npy::{decode_npy, encode_npy};
use crate::error::{Error, Result};
use crate::files::archive::{Compression, Limits, read_archive, write_archive};
use cornu_graph::Array;
use std::collections::BTreeMap;
use std::path::Path;

/// All arrays in the `.npz` file at `path`, by name.
///
/// # Errors
/// As of [`decode_archive`](crate::files::archive::decode_archive) and [`decode_npy`]; also if the
/// archive holds anything but arrays.
pub fn read_npz(path: impl AsRef<Path>) -> Result<BTreeMap<String, Array>> {
    let path = path.as_ref();
    let mut arrays = BTreeMap::new();
    for (name, bytes) in read_archive(path, Limits::default())? {
        let Some(stem) = name.strip_suffix(".npy") else {
            return Err(Error::file(path, format!("the entry {name:?} is not an .npy array")));
        };
        let array = decode_npy(&bytes, path).map_err(|error| match error {
            Error::File { path, message, help } => {
                Error::File { path, message: format!("{name}: {message}"), help }
            }
            other => other,
        })?;
        arrays.insert(stem.to_string(), array);
    }
    Ok(arrays)
}

/// Writes named arrays as an `.npz` file, all or nothing. The same arrays give the same bytes.
///
/// # Errors
/// If the file cannot be written, if two arrays have one name, or if one is bfloat16.
///
/// ```
/// use cornu::{Array, data, files::archive::Compression};
/// let path = std::env::temp_dir().join(format!("cornu-doc-{}.npz", std::process::id()));
/// let (x, y) = (Array::from_vec(vec![1f32, 2.]), Array::from_vec(vec![0i32, 1]));
/// data::write_npz(&path, [("x", &x), ("y", &y)], Compression::Deflated).unwrap();
/// assert_eq!(data::read_npz(&path).unwrap()["y"], y);
/// # std::fs::remove_file(&path).unwrap();
/// ```
pub fn write_npz<'a>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (&'a str, &'a Array)>,
    compression: Compression,
) -> Result<()> {
    let files = arrays.into_iter().map(|(name, array)| Ok((format!("{name}.npy"), encode_npy(array)?)));
    let files = files.collect::<Result<Vec<_>>>()?;
    write_archive(path, files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), compression)
}
