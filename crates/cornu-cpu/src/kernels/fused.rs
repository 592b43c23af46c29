//! Loops: chains of elementwise work and reductions, run as one small program over tiles.
//!
//! A tile is a few hundred elements that stay in the first-level cache while every instruction
//! of the program passes over them; memory is walked once however long the chain is. Operands
//! are read through views (strides of 0 repeat), so broadcasts and transposes cost no pass of
//! their own. Values within a tile are lanes of `f32` or `f64`; other dtypes are converted as
//! they are loaded and stored.

mod execute;
mod fold;
mod walk;

use crate::kernels::Addresses;
use crate::kernels::lane::{Lane, read, write};
use crate::simd::{Isa, LINE, prefetch};
use cornu_graph::DType;
use execute::execute;
use fold::{FoldTile, combine, identity};
use std::ops::Range;
use walk::{gather, row_offset, scatter};

/// Elements in a tile at most.
pub(crate) const TILE: usize = 512;

/// The number type that a loop computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lanes {
    F32,
    F64,
}

impl Lanes {
    /// What a lane is where it lies in memory.
    pub(crate) fn dtype(self) -> DType {
        match self {
            Lanes::F32 => DType::F32,
            Lanes::F64 => DType::F64,
        }
    }
}

/// What one instruction does to its operands' lanes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Code {
    Copy,
    Neg,
    Abs,
    Sign,
    Exp,
    Expm1,
    Log,
    Log1p,
    Sqrt,
    Tanh,
    Sigmoid,
    Erf,
    Sin,
    Cos,
    Floor,
    /// Rounds to what a dtype can hold.
    Round(DType),
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Maximum,
    Minimum,
    Equal,
    Less,
    LessEqual,
    Select,
    /// `second(first(a, b), c)`: two instructions in one pass.
    Pair(First, Second),
    /// `c` where the comparison of `a` with `b` holds, else `d`.
    Choose(Comparison),
    /// Random numbers; the buffers hold seed and step.
    Uniform {
        stream: u64,
        seed: usize,
        step: usize,
    },
}

/// The first of a pair of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    Add,
    Sub,
    Mul,
    Div,
}

/// The second of a pair, which takes what the first has made and another operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Second {
    Add,
    Sub,
    /// The other operand less what the first has made.
    SubFrom,
    Mul,
}

/// What a choice looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessEqual,
}

/// One instruction: `dst = code(args)`, all of them slots.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    pub(crate) code: Code,
    pub(crate) dst: u16,
    pub(crate) args: [u16; 4],
    /// Whether lanes past the end of a tile may be touched: all slots are registers.
    pub(crate) padded: bool,
}

/// How an operand reaches the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The tile lies in memory as it is needed: the program reads it there.
    Direct,
    /// The same for every tile: read once.
    Once,
    /// Gathered into a register for each tile.
    Gather,
}

/// An operand.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) slot: u16,
    pub(crate) buffer: usize,
    pub(crate) dtype: DType,
    pub(crate) offset: isize,
    /// In elements, along each axis of the loop.
    pub(crate) strides: Vec<isize>,
    /// Whether the rows of a tile follow each other in memory: a tile is one row then.
    pub(crate) joined: bool,
    pub(crate) access: Access,
}

/// A result that is written to memory.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) slot: u16,
    pub(crate) buffer: usize,
    pub(crate) dtype: DType,
    pub(crate) offset: isize,
    pub(crate) strides: Vec<isize>,
    /// As for a [`Load`].
    pub(crate) joined: bool,
    /// Whether the program computes the value in place in memory.
    pub(crate) direct: bool,
}

/// How elements are brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoldKind {
    Sum,
    Prod,
    Max,
    Min,
}

/// A result that is reduced over some of the loop's axes.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    pub(crate) kind: FoldKind,
    pub(crate) slot: u16,
    pub(crate) buffer: usize,
    pub(crate) dtype: DType,
    /// Where the parts' own results are kept until they are brought together.
    pub(crate) partial: Option<usize>,
}

/// Which results the folds of a loop give.
#[derive(Clone, Debug)]
pub(crate) struct FoldShape {
    /// Whether the innermost axis is kept: each row adds to a row of results.
    pub(crate) keeps_inner: bool,
    /// How many rows of the loop go into one result (or row of results).
    pub(crate) rows_per_result: usize,
    /// Number of results.
    pub(crate) results: usize,
}

/// A loop; see the module.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub(crate) lanes: Lanes,
    /// Extents of the axes, the last one innermost; never empty.
    pub(crate) extents: Vec<usize>,
    pub(crate) loads: Vec<Load>,
    pub(crate) constants: Vec<(u16, f64)>,
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) stores: Vec<Store>,
    pub(crate) folds: Vec<Fold>,
    pub(crate) fold_shape: Option<FoldShape>,
    /// For each slot its register, if it has one.
    pub(crate) registers: Vec<Option<u16>>,
    pub(crate) n_registers: usize,
    /// Slots that lie in memory: each tile's follow the last one's.
    pub(crate) streams: Vec<u16>,
    pub(crate) parts: usize,
}

/// What a part of a loop runs over: some rows whole, or some columns of the only row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) rows: Range<usize>,
    pub(crate) columns: Range<usize>,
}

impl Loop {
    pub(crate) fn inner(&self) -> usize {
        *self.extents.last().unwrap_or(&1)
    }

    pub(crate) fn rows(&self) -> usize {
        self.extents[..self.extents.len() - 1].iter().product()
    }

    pub(crate) fn size(&self) -> usize {
        self.extents.iter().product()
    }

    /// Rows that one tile covers; 1 where a row is longer than a tile.
    pub(crate) fn rows_per_tile(&self) -> usize {
        rows_per_tile(self.inner())
    }

    /// Bytes of a lane.
    pub(crate) fn lane_size(&self) -> usize {
        self.lanes.dtype().size()
    }

    /// Bytes of scratch memory that a part needs.
    pub(crate) fn scratch_bytes(&self) -> usize {
        (self.registers.len() * 8).next_multiple_of(64) + self.n_registers * TILE * self.lane_size()
    }

    /// The block that part `i` runs over.
    pub(crate) fn block(&self, i: usize) -> Block {
        let split = |n: usize, unit: usize| {
            let units = n.div_ceil(unit);
            (units * i / self.parts * unit).min(n)..(units * (i + 1) / self.parts * unit).min(n)
        };
        match self.rows() {
            1 => Block { rows: 0..1, columns: split(self.inner(), TILE) },
            rows => Block { rows: split(rows, self.row_unit()), columns: 0..self.inner() },
        }
    }

    /// Rows that must stay together in one part.
    pub(crate) fn row_unit(&self) -> usize {
        match &self.fold_shape {
            Some(fold) if self.folds.iter().all(|fold| fold.partial.is_none()) => {
                // Whole results, and as many as fill a tile.
                fold.rows_per_result * self.rows_per_tile().div_ceil(fold.rows_per_result)
            }
            _ => self.rows_per_tile(),
        }
    }

    /// The block of the pieces `range` of `pieces` that rows, or the only row, are cut into.
    pub(crate) fn block_of(&self, range: Range<usize>, pieces: usize) -> Block {
        let cut = |n: usize| {
            debug_assert!(n.is_multiple_of(pieces), "{n} cut into {pieces}");
            n / pieces * range.start..n / pieces * range.end
        };
        match self.rows() {
            1 => Block { rows: 0..1, columns: cut(self.inner()) },
            rows => Block { rows: cut(rows), columns: 0..self.inner() },
        }
    }

    /// Runs one block of a part; `fresh` is whether it is the part's first.
    ///
    /// # Safety
    /// Every buffer that the loop names has an address in `addresses` that is valid for the
    /// elements its views reach; nobody else touches what this block writes; `scratch` is
    /// aligned to 64 bytes, holds [`Loop::scratch_bytes`] and is this caller's alone.
    pub(crate) unsafe fn run(
        &self,
        block: Block,
        part: usize,
        fresh: bool,
        addresses: Addresses,
        scratch: *mut u8,
        isa: Isa,
    ) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.lanes {
                Lanes::F32 => {
                    Run::<f32> { work: self, block, part, fresh, addresses, scratch: scratch.cast(), isa }
                        .run()
                }
                Lanes::F64 => {
                    Run::<f64> { work: self, block, part, fresh, addresses, scratch: scratch.cast(), isa }
                        .run()
                }
            }
        }
    }

    /// Brings the parts' results together, in order.
    ///
    /// # Safety
    /// As for [`Loop::run`], after all its parts.
    pub(crate) unsafe fn finish(&self, addresses: Addresses) {
        let Some(shape) = &self.fold_shape else { return };
        for fold in &self.folds {
            let Some(partial) = fold.partial else { continue };
            // SAFETY: the caller's promises are passed on; `partial` holds a row of results a part.
            unsafe {
                match self.lanes {
                    Lanes::F32 => finish::<f32>(fold, self.parts, shape.results, addresses, partial),
                    Lanes::F64 => finish::<f64>(fold, self.parts, shape.results, addresses, partial),
                }
            }
        }
    }
}

/// As many rows as fit a tile, whole vectors of them where possible.
pub(crate) fn rows_per_tile(inner: usize) -> usize {
    let most = TILE / inner.max(1);
    let whole = (1..=most).rev().take(16).find(|rows| (rows * inner).is_multiple_of(16));
    whole.unwrap_or(most).max(1)
}

/// # Safety
/// See [`Loop::finish`].
unsafe fn finish<T: Lane>(fold: &Fold, parts: usize, results: usize, addresses: Addresses, partial: usize) {
    // SAFETY: the buffers hold what the plan laid out for them.
    unsafe {
        let partial: *const T = addresses.at(partial).cast();
        let out = addresses.at(fold.buffer);
        for i in 0..results {
            let mut total = *partial.add(i);
            for part in 1..parts {
                total = combine(fold.kind, total, *partial.add(part * results + i));
            }
            write(out, fold.dtype, i, total);
        }
    }
}

/// A loop's run over one block.
struct Run<'a, T> {
    work: &'a Loop,
    block: Block,
    part: usize,
    fresh: bool,
    addresses: Addresses,
    scratch: *mut T,
    isa: Isa,
}

/// The rows and columns of one tile. (Handed on by reference: a copy of what was just written waits
/// until all that was written before it has left the processor.)
struct Tile {
    row: usize,
    n_rows: usize,
    column: usize,
    n_columns: usize,
}

impl<T: Lane> Run<'_, T> {
    /// # Safety
    /// As for [`Loop::run`].
    unsafe fn run(self) {
        let Run { work, block, part, fresh, addresses, scratch, isa } = self;
        let n_slots = work.registers.len();
        let registers_at = (n_slots * 8).next_multiple_of(64);
        // SAFETY: `Loop::run` promises scratch memory for a pointer a slot and for the registers,
        // and buffers that hold all that the loop's views reach. Registers are distinct memory;
        // the plan gives an instruction's result a slot that is none of its operands'.
        unsafe {
            let pointers = std::slice::from_raw_parts_mut(scratch.cast::<*mut T>(), n_slots);
            let registers: *mut T = scratch.cast::<u8>().add(registers_at).cast();
            for (pointer, register) in pointers.iter_mut().zip(&work.registers) {
                *pointer = register.map_or(std::ptr::null_mut(), |r| registers.add(r as usize * TILE));
            }
            // Lanes that the block's tiles have, padding included.
            let n_lanes = (block.rows.len() * block.columns.len()).next_multiple_of(16).min(TILE);
            for &(slot, value) in &work.constants {
                std::slice::from_raw_parts_mut(pointers[slot as usize], n_lanes).fill(T::of(value));
            }
            let rows_per_tile = work.rows_per_tile();
            let n_columns = block.columns.len();
            let first = Tile {
                row: block.rows.start,
                n_rows: rows_per_tile.min(work.rows()),
                column: block.columns.start,
                n_columns: n_columns.min(TILE),
            };
            for load in work.loads.iter().filter(|load| load.access == Access::Once) {
                // A whole tile of them, so that each later tile finds what it needs.
                let whole: &Tile = match load.strides.last() {
                    Some(0) if load.strides.iter().all(|&s| s == 0) => {
                        let value = read(addresses.at(load.buffer), load.dtype, load.offset);
                        std::slice::from_raw_parts_mut(pointers[load.slot as usize], n_lanes).fill(value);
                        continue;
                    }
                    _ => &first,
                };
                gather(work, load, addresses, whole, pointers[load.slot as usize], isa);
            }
            // Sums over rows go on from block to block.
            if fresh || work.fold_shape.as_ref().is_some_and(|shape| !shape.keeps_inner) {
                start_folds::<T>(work, &block, part, addresses);
            }
            let mut row = block.rows.start;
            while row < block.rows.end {
                let n_rows = rows_per_tile.min(block.rows.end - row);
                let mut column = block.columns.start;
                while column < block.columns.end {
                    let n_columns = TILE.min(block.columns.end - column);
                    run_tile(work, &Tile { row, n_rows, column, n_columns }, part, addresses, pointers, isa);
                    column += n_columns;
                }
                row += n_rows;
            }
        }
    }
}

/// Where a fold's running results are kept during a part.
///
/// # Safety
/// The buffers are there.
unsafe fn fold_target<T: Lane>(fold: &Fold, shape: &FoldShape, part: usize, addresses: Addresses) -> *mut T {
    // SAFETY: the caller's promise; a partial buffer has a row of results a part.
    unsafe {
        match fold.partial {
            Some(partial) => addresses.at(partial).cast::<T>().add(part * shape.results),
            None => addresses.at(fold.buffer).cast(),
        }
    }
}

/// The results that a block adds to.
fn results_of(work: &Loop, shape: &FoldShape, fold: &Fold, block: &Block) -> Range<usize> {
    if fold.partial.is_some() {
        return 0..shape.results;
    }
    let each = if shape.keeps_inner { work.inner() } else { 1 };
    block.rows.start / shape.rows_per_result * each..block.rows.end.div_ceil(shape.rows_per_result) * each
}

/// # Safety
/// As for [`Loop::run`].
unsafe fn start_folds<T: Lane>(work: &Loop, block: &Block, part: usize, addresses: Addresses) {
    let Some(shape) = &work.fold_shape else { return };
    for fold in &work.folds {
        // SAFETY: the results of this block are its own.
        unsafe {
            let target = fold_target::<T>(fold, shape, part, addresses);
            for i in results_of(work, shape, fold, block) {
                *target.add(i) = identity(fold.kind);
            }
        }
    }
}

/// What the next tile reads and writes, on its way from memory while this one is computed: a share
/// before each instruction, as many as the processor can wait for at the same time.
struct Ahead<'a> {
    streams: std::slice::Iter<'a, u16>,
    /// Bytes of a tile.
    bytes: usize,
    /// The next line.
    at: *const u8,
    /// Lines that are left of this stream.
    left: usize,
    /// Lines before each instruction.
    share: usize,
}

impl<'a> Ahead<'a> {
    fn new(work: &'a Loop, n: usize) -> Ahead<'a> {
        let bytes = n * work.lane_size();
        let share = (work.streams.len() * bytes / LINE).div_ceil(work.instructions.len().max(1));
        Ahead { streams: work.streams.iter(), bytes, at: std::ptr::null(), left: 0, share }
    }

    #[inline]
    fn go_on<T: Lane>(&mut self, pointers: &[*mut T]) {
        for _ in 0..self.share {
            if self.left == 0 {
                let Some(&slot) = self.streams.next() else {
                    self.share = 0;
                    return;
                };
                self.at = pointers[slot as usize].cast::<u8>().wrapping_add(self.bytes);
                self.left = self.bytes / LINE;
            }
            prefetch(self.at);
            self.at = self.at.wrapping_add(LINE);
            self.left = self.left.saturating_sub(1);
        }
    }
}

/// # Safety
/// As for [`Loop::run`].
unsafe fn run_tile<T: Lane>(
    work: &Loop,
    tile: &Tile,
    part: usize,
    addresses: Addresses,
    pointers: &mut [*mut T],
    isa: Isa,
) {
    let n = tile.n_rows * tile.n_columns;
    // SAFETY: see `Run::run`.
    unsafe {
        for load in &work.loads {
            match load.access {
                Access::Once => {}
                Access::Direct => {
                    let start =
                        load.offset + row_offset(work, &load.strides, tile.row) + tile.column as isize;
                    pointers[load.slot as usize] = addresses.at(load.buffer).cast::<T>().offset(start);
                }
                Access::Gather => gather(work, load, addresses, tile, pointers[load.slot as usize], isa),
            }
        }
        for store in work.stores.iter().filter(|store| store.direct) {
            let start = store.offset + row_offset(work, &store.strides, tile.row) + tile.column as isize;
            pointers[store.slot as usize] = addresses.at(store.buffer).cast::<T>().offset(start);
        }
        let mut ahead = Ahead::new(work, n);
        for instruction in &work.instructions {
            ahead.go_on(pointers);
            let n = if instruction.padded { n.next_multiple_of(16) } else { n };
            execute(work, instruction, n, tile, addresses, pointers, isa);
        }
        // Before results are stored: they may go where an operand was read.
        for (fold, shape) in work.folds.iter().flat_map(|fold| Some((fold, work.fold_shape.as_ref()?))) {
            let values = std::slice::from_raw_parts(pointers[fold.slot as usize].cast_const(), n);
            let target = fold_target::<T>(fold, shape, part, addresses);
            let inner = work.inner();
            T::dispatch(isa, FoldTile { kind: fold.kind, values, target, shape, inner, tile });
        }
        for store in work.stores.iter().filter(|store| !store.direct) {
            scatter(work, store, addresses, tile, pointers[store.slot as usize], isa);
        }
    }
}
