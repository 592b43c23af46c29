//! Writing a file so that it is there in full or not at all.

use super::read::describe;
use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

/// Writes the file at `path` by way of a file beside it, which then takes its place in one step.
///
/// Whatever goes wrong (`write` fails or panics, the disk is full, the power goes), the file at
/// `path` is the old one or the new one, never a part. The data are on the disk when this returns.
/// A link is followed: the file that it points to is replaced, and keeps its permissions.
///
/// # Errors
/// If the folder is missing or cannot be written, if `path` is a folder, a device or read-only,
/// or what `write` reports.
///
/// ```
/// use std::io::Write;
/// let path = std::env::temp_dir().join(format!("cornu-doc-{}.txt", std::process::id()));
/// cornu::files::write_atomically(&path, |writer| writeln!(writer, "hello")).unwrap();
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "hello\n");
/// # std::fs::remove_file(&path).unwrap();
/// ```
pub fn write_atomically(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<()> {
    let path = path.as_ref();
    let target = target(path)?;
    let failed = |error: io::Error| describe(path, &error);
    let (file, beside) = create_beside(&target).map_err(failed)?;
    let mut writer = BufWriter::new(file);
    write(&mut writer).map_err(failed)?;
    let file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
    if let Ok(old) = fs::metadata(&target) {
        file.set_permissions(old.permissions()).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    // Windows renames no open file.
    drop(file);
    beside.rename_to(&target).map_err(failed)?;
    sync_folder(&target).map_err(failed)
}

/// The regular file that `path` means, whether it exists or is to be made.
fn target(path: &Path) -> Result<PathBuf> {
    if path.file_name().is_none() || path.as_os_str().to_string_lossy().ends_with(['/', '\\']) {
        return Err(Error::file(path, "this is a folder, not a file").help("name a file in it"));
    }
    match fs::metadata(path) {
        Ok(old) if old.is_dir() => {
            Err(Error::file(path, "this is a folder, not a file").help("name a file in it"))
        }
        Ok(old) if !old.is_file() => Err(Error::file(path, "this is not a regular file")),
        Ok(old) if old.permissions().readonly() => {
            Err(Error::file(path, "this file is read-only")
                .help("make it writable, or write to another path"))
        }
        Ok(_) => fs::canonicalize(path).map_err(|error| describe(path, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_link(path) {
            Ok(to) => {
                Err(Error::file(path, format!("this link points to {}, which is missing", to.display())))
            }
            Err(_) => Ok(path.to_path_buf()),
        },
        Err(error) => Err(describe(path, &error)),
    }
}

/// A file that is removed again unless it is renamed.
struct Beside(Option<PathBuf>);

impl Beside {
    fn rename_to(mut self, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.0 {
            fs::rename(path, target)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // There is nobody to tell, and the error that led here matters more.
            let _ = fs::remove_file(path);
        }
    }
}

/// A new file in the folder of `target`. Its name cannot be guessed and it is never an existing
/// file or link, so that nobody else who writes to the folder can stand in its way.
fn create_beside(target: &Path) -> io::Result<(File, Beside)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    // A name of more than 255 bytes is refused by most file systems.
    let name: String = name.chars().take(40).collect();
    let mut attempts = 0;
    loop {
        let random = RandomState::new().hash_one(attempts);
        let path = target.with_file_name(format!(".{name}.{random:016x}.tmp"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, Beside(Some(path)))),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempts < 16 => attempts += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Makes the rename itself durable.
#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))) {
        Ok(folder) => match folder.sync_all() {
            // Some file systems cannot; the file itself is on the disk.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            result => result,
        },
        // A folder may be writable and not readable.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
