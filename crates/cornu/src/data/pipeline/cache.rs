//! Pieces kept in memory once they have been made.

use super::{Sample, Steps};
use crate::error::Result;
use std::sync::{Arc, OnceLock};

/// The pieces of the first complete pass.
pub(super) type Kept = Arc<OnceLock<Arc<Vec<Sample>>>>;

/// The pieces kept; if there are none yet, those of `steps`, which are then kept.
pub(super) fn steps(steps: Box<dyn Steps>, kept: Kept) -> Box<dyn Steps> {
    match kept.get() {
        Some(pieces) => Box::new(Again { pieces: pieces.clone(), next: 0 }),
        None => Box::new(Fill { steps, pieces: Vec::new(), kept }),
    }
}

struct Fill {
    steps: Box<dyn Steps>,
    pieces: Vec<Sample>,
    kept: Kept,
}

impl Steps for Fill {
    fn next(&mut self) -> Result<Option<Sample>> {
        let next = self.steps.next()?;
        match &next {
            Some(piece) => self.pieces.push(piece.clone()),
            None => {
                // Of two passes at a time the first to end is kept.
                let _ = self.kept.set(Arc::new(std::mem::take(&mut self.pieces)));
            }
        }
        Ok(next)
    }
}

struct Again {
    pieces: Arc<Vec<Sample>>,
    next: usize,
}

impl Steps for Again {
    fn next(&mut self) -> Result<Option<Sample>> {
        self.next += 1;
        Ok(self.pieces.get(self.next - 1).cloned())
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.next = self.next.saturating_add(n).min(self.pieces.len());
        Ok(())
    }
}
