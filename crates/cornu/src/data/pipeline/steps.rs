//! One pass through a pipeline.

use crate::error::Result;
use cornu_graph::Array;

/// The arrays of one example, or of one batch.
pub type Sample = Vec<Array>;

/// One pass through a pipeline.
pub trait Steps: Send {
    /// The next piece; `None` when there is none left.
    ///
    /// # Errors
    /// If it cannot be made.
    fn next(&mut self) -> Result<Option<Sample>>;

    /// Leaves `n` pieces out, or as many as there are.
    ///
    /// # Errors
    /// If one of them had to be made and cannot be.
    fn skip(&mut self, n: usize) -> Result<()> {
        for _ in 0..n {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// What an iterator gives.
pub(super) struct Generator<I>(pub(super) I);

impl<I: Iterator<Item = Result<Sample>> + Send> Steps for Generator<I> {
    fn next(&mut self) -> Result<Option<Sample>> {
        self.0.next().transpose()
    }
}
