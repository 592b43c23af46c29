//! The rows of arrays.

use super::{Sample, Steps};
use crate::error::{Error, Result};
use cornu_graph::Array;
use std::sync::Arc;

/// The rows of arrays, in order.
pub(super) struct Rows {
    arrays: Arc<Vec<Array>>,
    rows: usize,
    next: usize,
}

impl Rows {
    pub(super) fn new(arrays: Arc<Vec<Array>>, rows: usize) -> Rows {
        Rows { arrays, rows, next: 0 }
    }
}

impl Steps for Rows {
    fn next(&mut self) -> Result<Option<Sample>> {
        if self.next == self.rows {
            return Ok(None);
        }
        self.next += 1;
        self.arrays.iter().map(|array| row(array, self.next - 1)).collect::<Result<Sample>>().map(Some)
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.next = self.next.saturating_add(n).min(self.rows);
        Ok(())
    }
}

/// Row `i` without its first axis.
pub(crate) fn row(array: &Array, i: usize) -> Result<Array> {
    array.slice_rows(i..i + 1).reshape(&array.shape()[1..]).map_err(Error::argument)
}
