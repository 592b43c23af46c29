//! Reading a whole file, with errors that say what to do.

use crate::error::{Error, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The bytes of the file at `path`.
///
/// # Errors
/// If there is no such file, if it is a folder or a device, or if it cannot be read.
///
/// ```
/// let error = cornu::files::read_file("no_such_folder/x.npy").unwrap_err();
/// assert!(error.to_string().contains("there is no folder no_such_folder"));
/// ```
pub fn read_file(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let metadata = fs::metadata(path).map_err(|error| describe(path, &error))?;
    if metadata.is_dir() {
        return Err(Error::file(path, "this is a folder, not a file").help("name a file in it"));
    }
    // Devices and pipes may never end.
    if !metadata.is_file() {
        return Err(Error::file(path, "this is not a regular file"));
    }
    fs::read(path).map_err(|error| describe(path, &error))
}

/// What an error of the operating system means for the user who named `path`.
pub(crate) fn describe(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => {
            let missing = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
            match missing {
                Some(folder) => Error::file(path, format!("there is no folder {}", folder.display()))
                    .help("make the folder first, or correct the path"),
                None => Error::file(path, "there is no such file").help("correct the path"),
            }
        }
        ErrorKind::NotADirectory => Error::file(path, "a part of this path is a file, not a folder"),
        ErrorKind::PermissionDenied => {
            Error::file(path, "permission denied").help("change the permissions of the file or its folder")
        }
        ErrorKind::ReadOnlyFilesystem => Error::file(path, "this file system is read-only"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::file(path, "no space is left").help("free some space, or write elsewhere")
        }
        _ => Error::file(path, error),
    }
}
