//! Zip archives, as `.keras` and `.npz` files are: read with limits, written byte for byte the same.

use super::{read_file, write_atomically};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, Write};
use std::path::Path;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// How much an archive may hold, so that a small hostile file cannot fill the memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Number of entries; 10,000 unless told.
    pub entries: usize,
    /// Unpacked bytes of all entries together; 8 GiB unless told.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { entries: 10_000, bytes: 8 << 30 }
    }
}

/// How entries are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Compression {
    /// As they are, which is what Keras does: weights hardly shrink.
    #[default]
    Stored,
    /// With deflate, which every zip reader knows.
    Deflated,
}

/// The entries of the archive at `path`, by name; see [`decode_archive`].
///
/// ```
/// use cornu::files::archive::{Compression, read_archive, write_archive, Limits};
/// let path = std::env::temp_dir().join(format!("cornu-doc-{}.zip", std::process::id()));
/// write_archive(&path, [("config.json", b"{}".as_slice())], Compression::Deflated).unwrap();
/// let entries = read_archive(&path, Limits::default()).unwrap();
/// assert_eq!(entries["config.json"], b"{}");
/// # std::fs::remove_file(&path).unwrap();
/// ```
pub fn read_archive(path: impl AsRef<Path>, limits: Limits) -> Result<BTreeMap<String, Vec<u8>>> {
    let path = path.as_ref();
    decode_archive(&read_file(path)?, path, limits)
}

/// The entries of the archive `bytes`, by name. `path` is what errors name. Folders are left out.
///
/// # Errors
/// If this is no zip archive or a damaged one (checksums are checked); if an entry's name is
/// absolute, leads outside (`..`), or is there twice; if entries overlap; if one is encrypted or
/// packed other than by deflate; and if there are more entries or bytes than `limits` allow, be it
/// by what the archive declares or by what comes out.
pub fn decode_archive(bytes: &[u8], path: &Path, limits: Limits) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| describe(path, error))?;
    if archive.has_duplicate_names() {
        return Err(Error::file(path, "two entries of this archive have the same name"));
    }
    if archive.len() > limits.entries {
        let message =
            format!("this archive has {} entries; at most {} are read", archive.len(), limits.entries);
        return Err(Error::file(path, message));
    }
    // Overlapping entries unpack one block of data many times over.
    if archive.has_overlapping_files().map_err(|error| describe(path, error))? {
        return Err(Error::file(path, "entries of this archive overlap, as in a zip bomb"));
    }
    let too_large = |name: &str| {
        let message = format!("{name}: this archive unpacks to more than {} bytes", limits.bytes);
        Err(Error::file(path, message).help("raise the limit if you trust the file"))
    };
    let mut entries = BTreeMap::new();
    let mut left = limits.bytes;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| describe(path, error))?;
        let Ok(name) = std::str::from_utf8(entry.name_raw()).map(str::to_string) else {
            return Err(Error::file(path, "an entry's name is not UTF-8"));
        };
        if !is_plain(name.strip_suffix('/').unwrap_or(&name)) {
            return Err(Error::file(path, format!("the entry {name:?} would lead outside of the archive")));
        }
        if name.ends_with('/') {
            continue;
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            let message = format!("{name}: packed by a method other than deflate");
            return Err(Error::file(path, message).help("pack the archive again with a common zip program"));
        }
        if entry.size() > left {
            return too_large(&name);
        }
        // What is declared is a hint of no worth; reading stops where the limit does.
        let mut content = Vec::new();
        let result = entry.by_ref().take(left + 1).read_to_end(&mut content);
        result.map_err(|error| Error::file(path, format!("{name}: {error}")).help("the file is damaged"))?;
        if content.len() as u64 > left {
            return too_large(&name);
        }
        left -= content.len() as u64;
        entries.insert(name, content);
    }
    Ok(entries)
}

/// Writes an archive of `entries` at `path`, all or nothing; see [`encode_archive`].
pub fn write_archive<'a>(
    path: impl AsRef<Path>,
    entries: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    compression: Compression,
) -> Result<()> {
    write_atomically(path, |writer| encode_archive(writer, entries, compression))
}

/// Writes an archive of `entries`, in that order, to `writer`. The same entries give the same bytes:
/// every entry is dated 1980-01-01, as Keras does.
///
/// # Errors
/// If a name is used twice or leads outside, or if `writer` fails.
pub fn encode_archive<'a>(
    writer: impl Write + Seek,
    entries: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    compression: Compression,
) -> io::Result<()> {
    let method = match compression {
        Compression::Stored => CompressionMethod::Stored,
        Compression::Deflated => CompressionMethod::Deflated,
    };
    let mut archive = ZipWriter::new(writer);
    for (name, content) in entries {
        if !is_plain(name) {
            let message = format!("{name:?} cannot be the name of an entry");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(content.len() > u32::MAX as usize / 2);
        archive.start_file(name, options)?;
        archive.write_all(content)?;
    }
    archive.finish()?.flush()
}

/// Whether `name` is a relative path of ordinary parts, on every system.
fn is_plain(name: &str) -> bool {
    !name.contains(['\\', ':', '\0']) && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// What an error of the zip library means for the user.
fn describe(path: &Path, error: ZipError) -> Error {
    let message = match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => "this archive is encrypted".to_string(),
        ZipError::UnsupportedArchive(what) => format!("this zip archive is not supported: {what}"),
        error => format!("this is not a zip archive, or a damaged one: {error}"),
    };
    Error::file(path, message)
}
