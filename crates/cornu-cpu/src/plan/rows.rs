//! Steps whose rows need nothing of each other, and so can be run on some of the rows alone.
//!
//! A recurrent layer's sequences do not meet: where each step of a scan's body sees of the values that
//! the body makes just the rows that it writes itself, parts of the rows can go through all rounds
//! without waiting for each other.

use super::blocks::{Blocks, Follower};
use super::{Step, Work};
use crate::kernels::Addresses;
use crate::kernels::fused::Loop;
use crate::simd::Isa;
use std::ops::Range;

impl Step {
    /// Whether its work can be cut into so many rows, each of which sees only its own of the buffers that
    /// `size_of` knows the number of elements of.
    pub(super) fn is_row_by_row(&self, rows: usize, size_of: &dyn Fn(usize) -> Option<usize>) -> bool {
        let blocks = match &self.blocks {
            Some(blocks) => blocks.are_row_by_row(rows, size_of),
            None => true,
        };
        blocks
            && match &self.work {
                Work::Loop(_) if self.blocks.is_some() => true,
                Work::Loop(work) => is_loop_row_by_row(work, rows, size_of),
                Work::Dot(work) => {
                    let (product, own) = (&work.product, size_of(work.a));
                    let apart = || {
                        let (extents, strides) = ([product.m, product.k], product.a_strides);
                        own.is_none_or(|size| stays_in_rows(&extents, &strides, work.a_offset, size, rows))
                    };
                    work.batch.is_empty()
                        && product.m.is_multiple_of(rows)
                        && size_of(work.b).is_none()
                        && apart()
                }
                _ => false,
            }
    }

    /// This step for some of its rows, of `rows`; `None` if that needs more scratch memory than there is.
    pub(super) fn of_rows(&self, own: Range<usize>, rows: usize) -> Option<Step> {
        if self.blocks.as_ref().is_some_and(|blocks| !blocks.has_room(blocks.share(&own, rows).len())) {
            return None;
        }
        let mut step = self.clone();
        if let Work::Dot(work) = &mut step.work {
            let each = work.product.m / rows;
            let before = work.scratch_bytes();
            *work = work.of_rows(own.start * each..own.end * each);
            if work.scratch_bytes() > before {
                return None;
            }
        }
        Some(step)
    }

    /// Runs a step made by [`Step::of_rows`] for these rows.
    ///
    /// # Safety
    /// As for [`super::run_step`]; nobody else touches these rows.
    pub(super) unsafe fn run_rows(
        &self,
        own: &Range<usize>,
        rows: usize,
        addresses: Addresses,
        scratch: *mut u8,
        isa: Isa,
    ) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            let blocks = self.blocks.as_ref().map(|blocks| (blocks, blocks.share(own, rows)));
            let addresses = match &blocks {
                Some((blocks, range)) => blocks.addresses(range, addresses, scratch),
                None => addresses,
            };
            match &self.work {
                Work::Dot(work) => (0..work.parts()).for_each(|i| work.run(i, addresses, scratch, isa)),
                Work::Loop(work) if blocks.is_none() => {
                    work.run(work.block_of(own.clone(), rows), 0, true, addresses, scratch, isa);
                }
                _ => {}
            }
            if let Some((blocks, range)) = blocks {
                blocks.run(range, 0, addresses, scratch, isa);
            }
        }
    }
}

impl Blocks {
    fn are_row_by_row(&self, rows: usize, size_of: &dyn Fn(usize) -> Option<usize>) -> bool {
        // What the followers make of each other they see row by row already.
        let outside = |buffer: usize| size_of(buffer).filter(|_| self.is_open(buffer).is_none());
        self.rows.is_multiple_of(rows)
            && self.followers.iter().all(|follower| match follower {
                Follower::Loop(work) => is_loop_row_by_row(work, rows, &outside),
                Follower::Windows(_) => false,
            })
    }

    /// What [`Blocks::rows`] are of some of `rows` rows.
    fn share(&self, own: &Range<usize>, rows: usize) -> Range<usize> {
        let each = self.rows / rows;
        own.start * each..own.end * each
    }
}

fn is_loop_row_by_row(work: &Loop, rows: usize, size_of: &dyn Fn(usize) -> Option<usize>) -> bool {
    let cut = match work.rows() {
        1 => work.inner(),
        n => n,
    };
    let folds = work.fold_shape.as_ref().is_none_or(|shape| {
        !shape.keeps_inner
            && shape.results.is_multiple_of(rows)
            && work.folds.iter().all(|fold| fold.partial.is_none())
    });
    let apart = |buffer: usize, strides: &[isize], offset: isize| {
        size_of(buffer).is_none_or(|size| stays_in_rows(&work.extents, strides, offset, size, rows))
    };
    folds
        && cut.is_multiple_of(rows)
        && work.loads.iter().all(|load| apart(load.buffer, &load.strides, load.offset))
        && work.stores.iter().all(|store| apart(store.buffer, &store.strides, store.offset))
}

/// Whether each of `rows` equal pieces of a walk stays in its own piece of a buffer of `size` elements.
fn stays_in_rows(extents: &[usize], strides: &[isize], offset: isize, size: usize, rows: usize) -> bool {
    if rows == 0 || !size.is_multiple_of(rows) {
        return false;
    }
    let pitch = (size / rows) as isize;
    // How many rows one step along the axes that are left goes over, and what the rest of them reaches.
    let (mut left, mut reach) = (rows, offset);
    for (&extent, &stride) in extents.iter().zip(strides).filter(|(extent, _)| **extent != 1) {
        let within = match left {
            1 => extent,
            _ if left.is_multiple_of(extent) => {
                left /= extent;
                if stride != pitch * left as isize {
                    return false;
                }
                continue;
            }
            _ if extent.is_multiple_of(left) => {
                let within = extent / left;
                if stride * within as isize != pitch {
                    return false;
                }
                left = 1;
                within
            }
            _ => return false,
        };
        if stride < 0 {
            return false;
        }
        reach += (within as isize - 1) * stride;
    }
    left == 1 && offset >= 0 && reach < pitch
}

#[cfg(test)]
mod tests {
    use super::stays_in_rows;

    #[test]
    fn walks_that_stay_in_rows() {
        // A whole matrix, as two axes and as one; some columns of it; a number a row, repeated.
        assert!(stays_in_rows(&[32, 64], &[64, 1], 0, 2048, 32));
        assert!(stays_in_rows(&[2048], &[1], 0, 2048, 32));
        assert!(stays_in_rows(&[32, 64], &[256, 1], 192, 8192, 32));
        assert!(stays_in_rows(&[32, 64], &[1, 0], 0, 32, 32));
        // Rows of several lines; lines of several axes.
        assert!(stays_in_rows(&[64, 8], &[8, 1], 0, 512, 32));
        assert!(stays_in_rows(&[4, 8, 64], &[512, 64, 1], 0, 2048, 32));
        // Columns that reach into the next row, a transpose, a walk back, fewer rows than there are.
        assert!(!stays_in_rows(&[32, 64], &[256, 1], 193, 8192, 32));
        assert!(!stays_in_rows(&[64, 32], &[1, 64], 0, 2048, 32));
        assert!(!stays_in_rows(&[32, 64], &[64, -1], 63, 2048, 32));
        assert!(!stays_in_rows(&[16, 64], &[64, 1], 0, 2048, 32));
        assert!(!stays_in_rows(&[32, 64], &[0, 1], 0, 2048, 32));
    }
}
