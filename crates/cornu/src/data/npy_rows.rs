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

/// Bytes that are read and made numbers at a time: what a core keeps close.
const PIECE: usize = 256 << 10;

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

    /// An array for so many of the rows.
    pub(super) fn zeros(&self, rows: usize) -> Result<Array> {
        let shape = |rows: usize| -> Shape { std::iter::once(rows).chain(self.row_shape()).collect() };
        let none = self.number.decode(&[], self.big_endian, shape(0));
        let dtype = none.map_err(|message| Error::file(&self.path, message))?.dtype();
        Ok(Array::zeros(shape(rows), dtype))
    }

    fn row_shape(&self) -> impl Iterator<Item = usize> {
        self.shape[1..].iter().copied()
    }

    /// Reads some of the rows into those of `target` from `start` on, through `bytes`, which can be given
    /// again and again.
    ///
    /// The file is opened each time: that takes little beside reading, and any number of files can be read
    /// from in turn.
    pub(super) fn read(
        &self,
        rows: Range<usize>,
        target: &mut Array,
        start: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        let row_bytes = self.row_bytes();
        let mut file = File::open(&self.path).map_err(|error| describe(&self.path, &error))?;
        let place = self.start + rows.start as u64 * row_bytes as u64;
        file.seek(SeekFrom::Start(place)).map_err(|error| describe(&self.path, &error))?;
        let step = (PIECE / row_bytes.max(1)).max(1);
        for first in rows.clone().step_by(step) {
            let n_rows = step.min(rows.end - first);
            bytes.resize(n_rows * row_bytes, 0);
            file.read_exact(bytes).map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => {
                    let message = format!("the file has become shorter: it ends before row {}", rows.end);
                    Error::file(&self.path, message).help("leave files alone while they are read")
                }
                _ => describe(&self.path, &error),
            })?;
            let shape: Shape = std::iter::once(n_rows).chain(self.row_shape()).collect();
            let piece = self.number.decode(bytes, self.big_endian, shape).map_err(|message| {
                Error::file(&self.path, format!("in rows {first} to {}: {message}", first + n_rows))
            })?;
            target.put_rows(start + first - rows.start, &piece);
        }
        Ok(())
    }
}
