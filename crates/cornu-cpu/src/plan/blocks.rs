//! Loops that follow other work block by block, while what it has made is hot.
//!
//! A loop may follow where each block of rows it walks over needs nothing of what came before but the
//! same rows: then a softmax, a normalization or the sums of a bias's gradient ride on the product or
//! convolution that makes their operand, and chains of loops walk through memory once.

use super::compile::Compiler;
use super::{Step, Work};
use crate::kernels::Addresses;
use crate::kernels::fused::{Load, Loop, Store};
use crate::layout::View;
use crate::simd::Isa;
use std::ops::Range;

/// Elements of the longest loop that a block has, about: they stay in the second-level cache.
const BLOCK: usize = 1 << 14;

/// Loops of one element a row are worth no block of their own up to this size.
const SMALL: usize = 1 << 13;

/// Loops that run one after the other on each block of rows.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    pub(super) loops: Vec<Loop>,
    /// Rows that all loops, and the kernel before them, are cut into.
    rows: usize,
    /// Rows of a block.
    block: usize,
    /// Parts that may run at the same time: a kernel's own, where there is one.
    pub(super) parts: usize,
    /// Buffers of which a block has made just its own rows, with their number of elements.
    open: Vec<(usize, usize)>,
}

impl Blocks {
    /// Runs the loops on rows of a part.
    ///
    /// # Safety
    /// As for [`Loop::run`]; nobody else touches what these rows write.
    pub(super) unsafe fn run(
        &self,
        rows: Range<usize>,
        part: usize,
        addresses: Addresses,
        scratch: *mut u8,
        isa: Isa,
    ) {
        let mut row = rows.start;
        while row < rows.end {
            let end = (row + self.block).min(rows.end);
            for work in &self.loops {
                let block = work.block_of(row..end, self.rows);
                // SAFETY: the caller's promises are passed on; the plan has seen that blocks fit.
                unsafe { work.run(block, part, row == rows.start, addresses, scratch, isa) };
            }
            row = end;
        }
    }

    /// The rows of the elements `range` of a kernel's `size`.
    pub(super) fn rows_of(&self, range: Range<usize>, size: usize) -> Range<usize> {
        let each = (size / self.rows).max(1);
        range.start / each..range.end / each
    }

    /// The rows of part `i`, where there is no kernel.
    pub(super) fn rows(&self, i: usize) -> Range<usize> {
        self.rows * i / self.parts..self.rows * (i + 1) / self.parts
    }

    /// # Safety
    /// As for [`Loop::finish`].
    pub(super) unsafe fn finish(&self, addresses: Addresses) {
        for work in &self.loops {
            // SAFETY: the caller's promise.
            unsafe { work.finish(addresses) };
        }
    }

    pub(super) fn scratch_bytes(&self) -> usize {
        self.loops.iter().map(Loop::scratch_bytes).max().unwrap_or(0)
    }

    fn is_open(&self, buffer: usize) -> Option<usize> {
        self.open.iter().find(|(open, _)| *open == buffer).map(|(_, size)| *size)
    }

    /// Adds a loop that follows, if it fits; `writes` is all that was written before.
    fn grown(&self, next: &Loop, writes: &[usize]) -> Option<Blocks> {
        let mut rows = divisor(self.rows, next.size());
        for load in next.loads.iter().filter(|load| writes.contains(&load.buffer)) {
            rows = divisor(rows, rows_seen(next, load, self.is_open(load.buffer)?)?);
        }
        let mut open = self.open.clone();
        open.extend(
            next.stores.iter().filter(|store| in_order(next, store)).map(|s| (s.buffer, next.size())),
        );
        if let Some(shape) = &next.fold_shape {
            if shape.keeps_inner {
                // All rows go into one row of results, of which each part makes its own.
                if shape.rows_per_result != next.rows() || shape.results > 4096 {
                    return None;
                }
                rows = divisor(rows, next.rows());
            } else {
                // Each row of results is made whole by one block.
                if next.folds.iter().any(|fold| fold.dtype != next.lanes.dtype()) {
                    return None;
                }
                rows = divisor(rows, shape.results);
                open.extend(next.folds.iter().map(|fold| (fold.buffer, shape.results)));
            }
        } else if next.rows() > 1 {
            rows = divisor(rows, next.rows());
        }
        let mut loops = self.loops.clone();
        loops.push(next.clone());
        let most = loops.iter().map(Loop::size).max().unwrap_or(1);
        let block = (BLOCK * rows / most.max(1)).clamp(1, rows.max(1));
        Some(Blocks { loops, rows, block, open, parts: self.parts })
    }
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// How many rows a loop's walk over a buffer of `size` elements may be cut into, so that each sees just
/// its own: those of a walk in order, or over each element again and again before the next.
fn rows_seen(work: &Loop, load: &Load, size: usize) -> Option<usize> {
    let repeated = load.strides.iter().rev().zip(work.extents.iter().rev());
    let inner = repeated.take_while(|(stride, extent)| **stride == 0 || **extent == 1).count();
    let outer = work.extents.len() - inner;
    let ordered = walks_in_order(&work.extents[..outer], &load.strides[..outer]);
    let seen: usize = work.extents[..outer].iter().product();
    (load.offset == 0 && ordered && seen == size).then_some(size)
}

fn in_order(work: &Loop, store: &Store) -> bool {
    store.offset == 0 && walks_in_order(&work.extents, &store.strides)
}

/// Whether a walk meets the elements of a whole buffer in row-major order.
fn walks_in_order(extents: &[usize], strides: &[isize]) -> bool {
    View { shape: extents.to_vec(), strides: strides.to_vec(), offset: 0 }.is_contiguous()
}

impl Work {
    /// What a kernel writes, its number of elements, and those that each part makes, in order; `None`
    /// where these are not in one piece.
    fn pieces(&self) -> Option<(usize, usize, Vec<Range<usize>>)> {
        let (buffer, size, parts) = match self {
            Work::Dot(work) => (work.c, work.size(), work.parts()),
            Work::Conv(work) => (work.output, work.size(), work.parts()),
            Work::Windows(work) => (work.output, work.size(), work.parts()),
            Work::ScatterAdd(work) => (work.blocks.output, work.size(), work.parts()),
            _ => return None,
        };
        let piece = |part: usize| match self {
            Work::Dot(work) => work.whole_rows(part),
            Work::Conv(work) => work.whole_rows(part),
            Work::Windows(work) => Some(work.piece(part)),
            Work::ScatterAdd(work) => Some(work.piece(part)),
            _ => None,
        };
        Some((buffer, size, (0..parts).map(piece).collect::<Option<_>>()?))
    }
}

impl Step {
    /// This step with the loop of another one after it, if that one may follow block by block.
    fn followed_by(&self, next: &Step) -> Option<Step> {
        let Step { work: Work::Loop(work), blocks: None, .. } = next else { return None };
        let start = |rows, open| Blocks { loops: Vec::new(), rows, block: 1, parts: 1, open };
        let blocks = match (&self.blocks, &self.work) {
            (Some(blocks), _) => blocks.clone(),
            (None, Work::Loop(first)) => start(first.size(), Vec::new()).grown(first, &[])?,
            (None, kernel) => {
                let (buffer, size, pieces) = kernel.pieces()?;
                Blocks { parts: pieces.len(), ..start(size, vec![(buffer, size)]) }
            }
        };
        let mut blocks = blocks.grown(work, &self.writes)?;
        // What is read is not changed before all blocks have read it, and what is written over, as a pad is over
        // its frame, not before all of it is there.
        let touched = self.reads.iter().chain(&self.writes);
        if blocks.rows == 0 || touched.into_iter().any(|buffer| next.writes.contains(buffer)) {
            return None;
        }
        match &self.work {
            Work::Loop(_) => {
                let wanted = blocks.loops.iter().map(|work| work.parts).max().unwrap_or(1);
                let size = blocks.loops.iter().map(Loop::size).max().unwrap_or(0);
                if blocks.rows < wanted && size > SMALL {
                    return None;
                }
                blocks.parts = wanted.min(blocks.rows);
            }
            kernel => {
                let (_, size, pieces) = kernel.pieces()?;
                let each = size / blocks.rows;
                if pieces.iter().any(|piece| piece.start % each != 0 || piece.end % each != 0) {
                    return None;
                }
            }
        }
        let mut step = Step { blocks: Some(blocks), ..self.clone() };
        step.reads.extend(&next.reads);
        step.writes.extend(&next.writes);
        step.operations.extend(&next.operations);
        step.flops += next.flops;
        step.bytes += next.bytes;
        Some(step)
    }
}

impl Compiler<'_> {
    /// Lets loops follow, block by block, what makes their operands.
    pub(super) fn join_blocks(&mut self) {
        let mut i = 0;
        while i < self.steps.len() {
            match self.joined(i) {
                Some((j, step)) => {
                    self.steps[j] = step;
                    self.steps.remove(i);
                }
                None => i += 1,
            }
        }
        for i in 0..self.steps.len() {
            self.give_partials(i);
        }
    }

    /// Step `i` together with the first one that uses what it makes, if that may follow; it is moved
    /// down to that one's place.
    fn joined(&self, i: usize) -> Option<(usize, Step)> {
        let step = &self.steps[i];
        let touches = |later: &Step| {
            later.reads.iter().any(|buffer| step.writes.contains(buffer))
                || later
                    .writes
                    .iter()
                    .any(|buffer| step.reads.contains(buffer) || step.writes.contains(buffer))
        };
        let j = (i + 1..self.steps.len()).find(|&j| touches(&self.steps[j]))?;
        Some((j, step.followed_by(&self.steps[j])?))
    }

    /// Gives the sums that parts make for themselves the room that as many parts need.
    fn give_partials(&mut self, i: usize) {
        let Some(mut blocks) = self.steps[i].blocks.take() else { return };
        for work in &mut blocks.loops {
            work.parts = blocks.parts;
            let (Some(shape), lane) = (work.fold_shape.clone(), work.lanes.dtype()) else { continue };
            for fold in &mut work.folds {
                if let Some(old) = fold.partial.take() {
                    self.steps[i].writes.retain(|&buffer| buffer != old);
                }
                if shape.keeps_inner && (blocks.parts > 1 || fold.dtype != lane) {
                    let partial = self.arena_buffer(blocks.parts * shape.results * lane.size());
                    self.steps[i].writes.push(partial);
                    fold.partial = Some(partial);
                }
            }
        }
        self.steps[i].blocks = Some(blocks);
    }
}
