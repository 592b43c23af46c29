//! The rows of one `.npy` file, read some at a time.

use super::npy::{self, Layout};
use crate::error::{Error, Result};
use crate::files::describe;
use crate::files::numbers::Number;
use cornu_graph::{Array, Shape};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// An `.npy` file whose rows lie one after the other.
#[derive(Debug)]
pub(super) struct NpyRows {
    pub(super) path: PathBuf,
    number: Number,
    big_endian: bool,
    shape: Shape,
    /// Bytes before the first row.
    start: u64,
}

impl NpyRows {
    /// Reads the header alone.
    ///
    /// # Errors
    /// If this is no `.npy` file of rows, or not of the length that its header says.
    pub(super) fn open(path: &Path) -> Result<NpyRows> {
        let metadata = std::fs::metadata(path).map_err(|error| describe(path, &error))?;
        if !metadata.is_file() {
            return Err(Error::file(path, "this is not a regular file").help("name an .npy file"));
        }
        let mut reader = BufReader::new(File::open(path).map_err(|error| describe(path, &error))?);
        let layout = Layout::read(&mut reader).map_err(|failure| npy::at(path, failure))?;
        let Layout { number, big_endian, fortran_order, shape, start } = layout;
        let length = metadata.len().saturating_sub(start);
        if number.byte_size(&shape).map(|bytes| bytes as u64) != Some(length) {
            return Err(npy::at(path, npy::wrong_length(number, &shape, length)));
        }
        if shape.is_empty() {
            return Err(
                Error::file(path, "this is a single number, and has no rows").help("save an array of rows")
            );
        }
        if fortran_order {
            let message = "this array lies column by column (fortran_order), and is read row by row";
            let help = "write it anew: numpy.save(path, numpy.ascontiguousarray(array))";
            return Err(Error::file(path, message).help(help));
        }
        Ok(NpyRows { path: path.into(), number, big_endian, shape, start })
    }

    pub(super) fn rows(&self) -> usize {
        self.shape[0]
    }

    /// Bytes of a row in the file.
    pub(super) fn row_bytes(&self) -> usize {
        self.shape[1..].iter().product::<usize>() * self.number.size()
    }

    /// Whether both have the same rows: numbers of one kind, in one shape.
    pub(super) fn fits(&self, other: &NpyRows) -> bool {
        self.number == other.number && self.shape[1..] == other.shape[1..]
    }

    /// What a row is.
    pub(super) fn describe_row(&self) -> String {
        format!("rows of shape {} of {:?}", Shape::from(&self.shape[1..]), self.number).to_lowercase()
    }

    /// Some of the rows, through `bytes`, which can be given again and again.
    ///
    /// The file is opened each time: that takes little beside reading, and any number of files can be read
    /// from in turn.
    pub(super) fn read(&self, rows: Range<usize>, bytes: &mut Vec<u8>) -> Result<Array> {
        let row_bytes = self.row_bytes();
        bytes.resize(rows.len() * row_bytes, 0);
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.start + (rows.start * row_bytes) as u64))?;
            file.read_exact(bytes)
        });
        read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => {
                let message = format!("the file has become shorter: it ends before row {}", rows.end);
                Error::file(&self.path, message).help("leave files alone while they are read")
            }
            _ => describe(&self.path, &error),
        })?;
        let shape: Shape = std::iter::once(rows.len()).chain(self.shape[1..].iter().copied()).collect();
        self.number.decode(bytes, self.big_endian, shape).map_err(|message| {
            Error::file(&self.path, format!("in rows {} to {}: {message}", rows.start, rows.end))
        })
    }
}
