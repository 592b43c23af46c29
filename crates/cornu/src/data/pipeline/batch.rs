//! Pieces put together to batches, and batches taken apart.

use super::arrays::row;
use super::{Sample, Steps};
use crate::error::{Error, Result};
use cornu_graph::{Array, Shape, Type};

/// Batches of pieces.
pub(super) struct Batch {
    steps: Box<dyn Steps>,
    size: usize,
    exactly: bool,
}

impl Batch {
    pub(super) fn new(steps: Box<dyn Steps>, size: usize, exactly: bool) -> Batch {
        Batch { steps, size, exactly }
    }
}

impl Steps for Batch {
    fn next(&mut self) -> Result<Option<Sample>> {
        let mut pieces: Vec<Sample> = Vec::new();
        while pieces.len() < self.size {
            match self.steps.next()? {
                Some(piece) => pieces.push(piece),
                None => break,
            }
        }
        if pieces.is_empty() || (self.exactly && pieces.len() < self.size) {
            return Ok(None);
        }
        stack(&pieces).map(Some)
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.steps.skip(n.saturating_mul(self.size))
    }
}

/// Pieces of the same types, on a new first axis.
fn stack(pieces: &[Sample]) -> Result<Sample> {
    let first = &pieces[0];
    let mut batch: Sample = (first.iter())
        .map(|array| {
            let shape: Shape = std::iter::once(pieces.len()).chain(array.shape().iter().copied()).collect();
            Array::zeros(shape, array.dtype())
        })
        .collect();
    for (i, piece) in pieces.iter().enumerate() {
        let fits = |(a, b): (&Array, &Array)| a.shape() == b.shape() && a.dtype() == b.dtype();
        if piece.len() != first.len() || !piece.iter().zip(first).all(fits) {
            let types = |sample: &Sample| -> String {
                let each: Vec<String> =
                    sample.iter().map(|array| Type::new(array.shape(), array.dtype()).to_string()).collect();
                each.join(", ")
            };
            let message = format!("a batch holds pieces of one shape: {} and {}", types(first), types(piece));
            return Err(Error::argument(message).help("map them to one shape first"));
        }
        for (target, array) in batch.iter_mut().zip(piece) {
            let shape: Shape = std::iter::once(1).chain(array.shape().iter().copied()).collect();
            let array = array.clone().reshape(shape).map_err(Error::argument)?;
            target.put_rows(i, &array);
        }
    }
    Ok(batch)
}

/// The rows of each piece.
pub(super) struct Unbatch {
    steps: Box<dyn Steps>,
    batch: Sample,
    next: usize,
}

impl Unbatch {
    pub(super) fn new(steps: Box<dyn Steps>) -> Unbatch {
        Unbatch { steps, batch: Sample::new(), next: 0 }
    }
}

impl Steps for Unbatch {
    fn next(&mut self) -> Result<Option<Sample>> {
        while self.batch.iter().map(Array::rows).min().is_none_or(|rows| self.next >= rows) {
            let Some(batch) = self.steps.next()? else { return Ok(None) };
            if let Some(single) = batch.iter().find(|array| array.shape().is_empty()) {
                let message = format!("a piece of shape {} has no rows to take apart", single.shape());
                return Err(Error::argument(message).help("unbatch what is in batches"));
            }
            (self.batch, self.next) = (batch, 0);
        }
        self.next += 1;
        self.batch.iter().map(|array| row(array, self.next - 1)).collect::<Result<Sample>>().map(Some)
    }
}
