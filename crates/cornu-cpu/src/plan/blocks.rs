//! Loops and windows that follow other work block by block, while what it has made is hot.
//!
//! A loop may follow where each block of rows it walks over needs nothing of what came before but the
//! same rows: then a softmax, a normalization or the sums of a bias's gradient ride on the product or
//! convolution that makes their operand, and chains of loops walk through memory once. So may windows
//! that see one image at a time, as those of a pooling layer do.

use super::compile::{Compiler, scratch_of};
use super::{Place, Step, Work};
use crate::kernels::Addresses;
use crate::kernels::fused::{Load, Loop, Store};
use crate::kernels::window::Windows;
use crate::layout::View;
use crate::memory::ALIGNMENT;
use crate::simd::Isa;
use std::collections::BTreeSet;
use std::ops::Range;

/// Elements of the longest loop that a block has, about: they stay in the second-level cache.
const BLOCK: usize = 1 << 14;

/// Loops of one element a row are worth no block of their own up to this size.
const SMALL: usize = 1 << 13;

/// What may follow other work.
#[derive(Clone, Debug)]
pub(super) enum Follower {
    Loop(Loop),
    Windows(Windows),
}

impl Follower {
    /// The elements that are walked over.
    fn size(&self) -> usize {
        match self {
            Follower::Loop(work) => work.size(),
            Follower::Windows(windows) => windows.operands()[0].1,
        }
    }

    /// The parts that it would have by itself.
    fn parts(&self) -> usize {
        match self {
            Follower::Loop(work) => work.parts,
            Follower::Windows(windows) => windows.parts(),
        }
    }

    fn scratch_bytes(&self) -> usize {
        match self {
            Follower::Loop(work) => work.scratch_bytes(),
            Follower::Windows(_) => 0,
        }
    }
}

/// What runs one after the other on each block of rows.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    pub(super) followers: Vec<Follower>,
    /// Rows that all of them, and the kernel before them, are cut into.
    pub(super) rows: usize,
    /// Rows of a block.
    block: usize,
    /// Parts that may run at the same time: a kernel's own, where there is one.
    pub(super) parts: usize,
    /// Buffers of which a block has made just its own rows, with their number of elements.
    open: Vec<(usize, usize)>,
    locals: Locals,
}

/// The most bytes of a kernel's result that a worker keeps to itself: they stay in the second-level cache.
const LOCAL: usize = 1 << 18;

/// What nobody reads but the followers of its own step: each worker keeps just the rows at hand, in its
/// scratch memory, so that they never go out to memory.
#[derive(Clone, Debug, Default)]
struct Locals {
    all: Vec<Local>,
    /// Where the worker's own table of addresses lies in its scratch memory, after what loops and
    /// kernel need, and how many entries it has; the rows follow.
    table: usize,
    n_buffers: usize,
    /// Bytes of the rows.
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Local {
    buffer: usize,
    row_bytes: usize,
    /// How many rows there is room for.
    rows: usize,
    /// Where the rows lie among those of all.
    offset: usize,
    /// Whether the kernel makes it: then it is the rows of a whole part, not of a block.
    by_kernel: bool,
}

impl Locals {
    fn area(&self) -> usize {
        self.table + (self.n_buffers * size_of::<*mut u8>()).next_multiple_of(ALIGNMENT)
    }

    /// Notes in the worker's table that the locals of a kernel, or of its loops, now begin at `row`.
    ///
    /// # Safety
    /// The scratch memory is this worker's, holds [`Blocks::scratch_bytes`], and has the table.
    unsafe fn move_to(&self, row: usize, by_kernel: bool, scratch: *mut u8) {
        for local in self.all.iter().filter(|local| local.by_kernel == by_kernel) {
            let at = scratch.wrapping_add(self.area() + local.offset).wrapping_sub(row * local.row_bytes);
            // SAFETY: the caller's promise; the table has an entry for each buffer.
            unsafe { *scratch.add(self.table).cast::<*mut u8>().add(local.buffer) = at };
        }
    }
}

impl Blocks {
    /// The addresses for some rows of a part: the plan's, or a worker's own.
    ///
    /// # Safety
    /// The scratch memory is this worker's and holds [`Blocks::scratch_bytes`].
    pub(super) unsafe fn addresses(
        &self,
        rows: &Range<usize>,
        addresses: Addresses,
        scratch: *mut u8,
    ) -> Addresses {
        if self.locals.all.is_empty() {
            return addresses;
        }
        // SAFETY: the table has as many entries as the plan's; the worker's lies in its scratch memory.
        unsafe {
            let table = scratch.add(self.locals.table).cast::<*mut u8>();
            std::ptr::copy_nonoverlapping(addresses.0, table, self.locals.n_buffers);
            self.locals.move_to(rows.start, true, scratch);
            Addresses(table)
        }
    }

    /// Runs the loops on rows of a part, at [`Blocks::addresses`].
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
            // SAFETY: as for the whole.
            unsafe { self.locals.move_to(row, false, scratch) };
            for follower in &self.followers {
                // SAFETY: the caller's promises are passed on; the plan has seen that blocks fit.
                unsafe {
                    match follower {
                        Follower::Loop(work) => {
                            let block = work.block_of(row..end, self.rows);
                            work.run(block, part, row == rows.start, addresses, scratch, isa);
                        }
                        Follower::Windows(windows) => {
                            windows.run(windows.of_rows(row..end, self.rows), addresses, isa);
                        }
                    }
                }
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
        for follower in &self.followers {
            if let Follower::Loop(work) = follower {
                // SAFETY: the caller's promise.
                unsafe { work.finish(addresses) };
            }
        }
    }

    /// Bytes of scratch memory that a worker needs, for a kernel that needs so many.
    pub(super) fn scratch_bytes(&self, kernel: usize) -> usize {
        match self.locals.all.is_empty() {
            true => self.followers.iter().map(Follower::scratch_bytes).fold(kernel, usize::max),
            false => self.locals.area() + self.locals.bytes,
        }
    }

    /// Whether a worker has room for so many rows of what it keeps to itself.
    pub(super) fn has_room(&self, rows: usize) -> bool {
        self.locals.all.iter().all(|local| !local.by_kernel || rows <= local.rows)
    }

    pub(super) fn is_open(&self, buffer: usize) -> Option<usize> {
        self.open.iter().find(|(open, _)| *open == buffer).map(|(_, size)| *size)
    }

    /// Adds what follows, if it fits; `writes` is all that was written before.
    fn grown(&self, next: &Follower, writes: &[usize]) -> Option<Blocks> {
        let (rows, open) = match next {
            Follower::Loop(work) => self.with_loop(work, writes)?,
            Follower::Windows(windows) => self.with_windows(windows, writes)?,
        };
        let mut followers = self.followers.clone();
        followers.push(next.clone());
        let most = followers.iter().map(Follower::size).max().unwrap_or(1);
        let block = (BLOCK * rows / most.max(1)).clamp(1, rows.max(1));
        Some(Blocks { followers, rows, block, open, parts: self.parts, locals: Locals::default() })
    }

    /// The rows, and what is open, with windows that follow: they need whole elements of the axes before.
    fn with_windows(&self, next: &Windows, writes: &[usize]) -> Option<(usize, Vec<(usize, usize)>)> {
        let mut made = next.operands().into_iter().filter(|(buffer, _)| writes.contains(buffer));
        if next.outer() == 0 || made.any(|(buffer, size)| self.is_open(buffer) != Some(size)) {
            return None;
        }
        let mut open = self.open.clone();
        open.push((next.output, next.size()));
        Some((divisor(self.rows, next.outer()), open))
    }

    /// The same with a loop that follows.
    fn with_loop(&self, next: &Loop, writes: &[usize]) -> Option<(usize, Vec<(usize, usize)>)> {
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
        Some((rows, open))
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
    /// The buffer that a kernel writes, and its number of elements.
    fn result(&self) -> Option<(usize, usize)> {
        match self {
            Work::Dot(work) => Some((work.c, work.size())),
            Work::Conv(work) => Some((work.output, work.size())),
            Work::Windows(work) => Some((work.output, work.size())),
            Work::Gather(work) => Some((work.output, work.size())),
            Work::ScatterAdd(work) => Some((work.blocks.output, work.size())),
            _ => None,
        }
    }

    /// The elements of the result that a part of a kernel makes; `None` where these are not in one piece.
    fn piece(&self, part: usize) -> Option<Range<usize>> {
        match self {
            Work::Dot(work) => work.whole_rows(part),
            Work::Conv(work) => work.whole_rows(part),
            Work::Windows(work) => Some(work.piece(part)),
            Work::Gather(work) => Some(work.piece(part)),
            Work::ScatterAdd(work) => Some(work.piece(part)),
            _ => None,
        }
    }

    /// All of these, in order.
    fn pieces(&self) -> Option<Vec<Range<usize>>> {
        let parts = match self {
            Work::Dot(work) => work.parts(),
            Work::Conv(work) => work.parts(),
            Work::Windows(work) => work.parts(),
            Work::Gather(work) => work.parts(),
            Work::ScatterAdd(work) => work.parts(),
            _ => return None,
        };
        (0..parts).map(|part| self.piece(part)).collect()
    }
}

impl Step {
    /// The rows that a part's loops run over, where the part is a kernel's that loops follow.
    pub(super) fn rows_after(&self, part: usize) -> Option<(&Blocks, Range<usize>)> {
        let (blocks, (_, size)) = (self.blocks.as_ref()?, self.work.result()?);
        Some((blocks, blocks.rows_of(self.work.piece(part)?, size)))
    }

    /// This step with the work of another one after it, if that one may follow block by block.
    fn followed_by(&self, next: &Step) -> Option<Step> {
        let follower = match (&next.work, &next.blocks) {
            (Work::Loop(work), None) => Follower::Loop(work.clone()),
            (Work::Windows(windows), None) => Follower::Windows(windows.clone()),
            _ => return None,
        };
        let start = |rows, open| Blocks {
            followers: Vec::new(),
            rows,
            block: 1,
            parts: 1,
            open,
            locals: Locals::default(),
        };
        let blocks = match (&self.blocks, &self.work) {
            (Some(blocks), _) => blocks.clone(),
            (None, Work::Loop(first)) => {
                start(first.size(), Vec::new()).grown(&Follower::Loop(first.clone()), &[])?
            }
            (None, kernel) => {
                let (parts, (buffer, size)) = (kernel.pieces()?.len(), kernel.result()?);
                Blocks { parts, ..start(size, vec![(buffer, size)]) }
            }
        };
        let mut blocks = blocks.grown(&follower, &self.writes)?;
        // What is read is not changed before all blocks have read it, and what is written over, as a pad is over
        // its frame, not before all of it is there.
        let touched = self.reads.iter().chain(&self.writes);
        if blocks.rows == 0 || touched.into_iter().any(|buffer| next.writes.contains(buffer)) {
            return None;
        }
        match &self.work {
            Work::Loop(_) => {
                let wanted = blocks.followers.iter().map(Follower::parts).max().unwrap_or(1);
                let size = blocks.followers.iter().map(Follower::size).max().unwrap_or(0);
                if blocks.rows < wanted && size > SMALL {
                    return None;
                }
                blocks.parts = wanted.min(blocks.rows);
            }
            kernel => {
                let each = kernel.result()?.1 / blocks.rows;
                if kernel.pieces()?.iter().any(|piece| piece.start % each != 0 || piece.end % each != 0) {
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
    /// Lets loops and windows follow, block by block, what makes their operands.
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
        // How many steps touch each buffer; what is given out at the end is touched once more.
        let mut touched = vec![0; self.places.len()];
        for step in &self.steps {
            let buffers: BTreeSet<usize> = step.reads.iter().chain(&step.writes).copied().collect();
            buffers.into_iter().for_each(|buffer| touched[buffer] += 1);
        }
        for buffer in self.fusion.outputs.iter().filter_map(|&item| self.buffers[item]) {
            touched[buffer] += 1;
        }
        for i in 0..self.steps.len() {
            self.keep_locally(i, &touched);
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

    /// Finds what nobody reads but the loops of step `i` themselves, which needs no place of its own;
    /// `touched` counts who reads or writes each buffer.
    fn keep_locally(&mut self, i: usize, touched: &[usize]) {
        let step = &self.steps[i];
        let Some(blocks) = &step.blocks else { return };
        let made = step.work.result();
        // Rows that a worker has at hand of what a kernel makes.
        let piece = |size: usize| {
            let rows = |piece: Range<usize>| blocks.rows_of(piece, size).len();
            step.work.pieces().into_iter().flatten().map(rows).max()
        };
        let (mut all, mut bytes) = (Vec::new(), 0);
        for &(buffer, size) in &blocks.open {
            let Place::Arena(arena) = self.places[buffer] else { continue };
            if touched[buffer] > 1 {
                continue;
            }
            let by_kernel = made.is_some_and(|(result, _)| result == buffer);
            let row_bytes = self.arena_bytes[arena].1 / blocks.rows;
            let rows = if by_kernel { piece(size).unwrap_or(blocks.rows) } else { blocks.block };
            if row_bytes * blocks.rows != self.arena_bytes[arena].1 || rows * row_bytes > LOCAL {
                continue;
            }
            all.push(Local { buffer, row_bytes, rows, offset: bytes, by_kernel });
            bytes += (rows * row_bytes).next_multiple_of(ALIGNMENT);
        }
        for local in &all {
            if let Place::Arena(arena) = self.places[local.buffer] {
                self.arena_bytes[arena].1 = 0;
            }
        }
        let table = scratch_of(step).next_multiple_of(ALIGNMENT);
        if let Some(blocks) = &mut self.steps[i].blocks {
            blocks.locals = Locals { all, table, n_buffers: self.places.len(), bytes };
        }
    }

    /// Gives the sums that parts make for themselves the room that as many parts need.
    fn give_partials(&mut self, i: usize) {
        let Some(mut blocks) = self.steps[i].blocks.take() else { return };
        for follower in &mut blocks.followers {
            let Follower::Loop(work) = follower else { continue };
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
