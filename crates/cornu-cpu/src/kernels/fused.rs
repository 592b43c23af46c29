//! Loops: chains of elementwise work and reductions, run as one small program over tiles.
//!
//! A tile is a few hundred elements that stay in the first-level cache while every instruction
//! of the program passes over them; memory is walked once however long the chain is. Operands
//! are read through views (strides of 0 repeat), so broadcasts and transposes cost no pass of
//! their own. Values within a tile are lanes of `f32` or `f64`; other dtypes are converted as
//! they are loaded and stored.

use crate::kernels::Addresses;
use crate::math;
use crate::simd::{Isa, Job};
use cornu_graph::{DType, philox};
use half::{bf16, f16};
use std::ops::Range;

/// Elements in a tile at most.
pub(crate) const TILE: usize = 512;

/// The number type that a loop computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lanes {
    F32,
    F64,
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
    /// Random numbers; the buffers hold seed and step.
    Uniform {
        stream: u64,
        seed: usize,
        step: usize,
    },
}

/// One instruction: `dst = code(args)`, all of them slots.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    pub(crate) code: Code,
    pub(crate) dst: u16,
    pub(crate) args: [u16; 3],
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
        match self.lanes {
            Lanes::F32 => 4,
            Lanes::F64 => 8,
        }
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

    /// The block of the elements `range`, if it is whole rows or part of the only row.
    pub(crate) fn block_of(&self, range: Range<usize>) -> Option<Block> {
        let inner = self.inner();
        match self.rows() {
            1 => Some(Block { rows: 0..1, columns: range }),
            _ if range.start.is_multiple_of(inner) && range.end.is_multiple_of(inner) => {
                Some(Block { rows: range.start / inner..range.end / inner, columns: 0..inner })
            }
            _ => None,
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

/// The number type of a loop's lanes.
pub(crate) trait Lane: Copy + PartialOrd + Default + 'static {
    /// Runs a job on the instruction set, if this type has a copy of it there.
    fn dispatch<J: Job<Output = ()>>(isa: Isa, job: J);
    fn of(x: f64) -> Self;
    fn to(self) -> f64;
    fn of_f32(x: f32) -> Self;
    fn to_f32(self) -> f32;
    fn to_bf16(self) -> bf16;
    fn add(self, b: Self) -> Self;
    fn sub(self, b: Self) -> Self;
    fn mul(self, b: Self) -> Self;
    fn div(self, b: Self) -> Self;
    fn neg(self) -> Self;
    fn abs(self) -> Self;
    fn exp(self) -> Self;
    fn expm1(self) -> Self;
    fn log(self) -> Self;
    fn log1p(self) -> Self;
    fn sqrt(self) -> Self;
    fn tanh(self) -> Self;
    fn sigmoid(self) -> Self;
    fn erf(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn floor(self) -> Self;
    fn pow(self, b: Self) -> Self;
    fn maximum(self, b: Self) -> Self;
    fn minimum(self, b: Self) -> Self;
}

macro_rules! lane {
    ($type:ty, $isa:ident, $job:ident => $dispatch:expr, $to:ident => $rounded:expr, $($method:ident($($b:ident)?) => $body:expr),* ; $x:ident) => {
        impl Lane for $type {
            #[inline]
            fn dispatch<J: Job<Output = ()>>($isa: Isa, $job: J) { $dispatch }
            #[inline(always)]
            fn of(x: f64) -> Self { x as $type }
            #[inline(always)]
            fn to(self) -> f64 { self as f64 }
            #[inline(always)]
            fn of_f32(x: f32) -> Self { x as $type }
            #[inline(always)]
            fn to_f32(self) -> f32 { self as f32 }
            #[inline(always)]
            fn to_bf16(self) -> bf16 { let $to = self; $rounded }
            #[inline(always)]
            fn add(self, b: Self) -> Self { self + b }
            #[inline(always)]
            fn sub(self, b: Self) -> Self { self - b }
            #[inline(always)]
            fn mul(self, b: Self) -> Self { self * b }
            #[inline(always)]
            fn div(self, b: Self) -> Self { self / b }
            #[inline(always)]
            fn neg(self) -> Self { -self }
            #[inline(always)]
            fn abs(self) -> Self { self.abs() }
            #[inline(always)]
            fn sqrt(self) -> Self { self.sqrt() }
            $(#[inline(always)]
            fn $method(self $(, $b: Self)?) -> Self { let $x = self; $body })*
        }
    };
}

lane! { f32, isa, job => isa.run(job), x => rounded(x),
    exp() => math::exp(x), expm1() => math::expm1(x), log() => math::log(x), log1p() => math::log1p(x),
    tanh() => math::tanh(x), sigmoid() => math::sigmoid(x), erf() => math::erf(x), sin() => math::sin(x),
    cos() => math::cos(x), floor() => x.floor(), pow(b) => math::pow(x, b), maximum(b) => math::max(x, b),
    minimum(b) => math::min(x, b); x
}

// Doubles are for checking: what all processors of the target have is fast enough.
lane! { f64, _isa, job => job.run(), x => bf16::from_f64(x),
    exp() => libm::exp(x), expm1() => libm::expm1(x), log() => libm::log(x), log1p() => libm::log1p(x),
    tanh() => libm::tanh(x), sigmoid() => 1.0 / (1.0 + libm::exp(-x)), erf() => libm::erf(x),
    sin() => libm::sin(x), cos() => libm::cos(x), floor() => x.floor(), pow(b) => libm::pow(x, b),
    maximum(b) => if x > b || x.is_nan() { x } else { b },
    minimum(b) => if x < b || x.is_nan() { x } else { b }; x
}

/// The nearest bfloat16, ties to even; what is no number stays none. (Without a branch, so that it
/// runs in vectors.)
#[inline(always)]
fn rounded(x: f32) -> bf16 {
    let bits = x.to_bits();
    let nearest = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    let none = bits >> 16 | 0x40;
    bf16::from_bits(if x.is_nan() { none } else { nearest } as u16)
}

#[inline(always)]
fn truth<T: Lane>(holds: bool) -> T {
    T::of_f32(if holds { 1.0 } else { 0.0 })
}

#[inline(always)]
fn combine<T: Lane>(kind: FoldKind, a: T, b: T) -> T {
    match kind {
        FoldKind::Sum => a.add(b),
        FoldKind::Prod => a.mul(b),
        FoldKind::Max => a.maximum(b),
        FoldKind::Min => a.minimum(b),
    }
}

fn identity<T: Lane>(kind: FoldKind) -> T {
    T::of(match kind {
        FoldKind::Sum => 0.0,
        FoldKind::Prod => 1.0,
        FoldKind::Max => f64::NEG_INFINITY,
        FoldKind::Min => f64::INFINITY,
    })
}

/// Brings the elements of a slice together, in 16 lanes and then pairwise: the same order whatever
/// the vectors' width.
#[inline(always)]
fn fold_slice<T: Lane>(kind: FoldKind, x: &[T]) -> T {
    #[inline(always)]
    fn by<T: Lane>(x: &[T], start: T, f: impl Fn(T, T) -> T) -> T {
        if x.len() < 16 {
            // Two sums for a short row, so that additions need not wait for each other.
            let (mut even, mut odd) = (start, start);
            let pairs = x.chunks_exact(2);
            let last = pairs.remainder();
            for pair in pairs {
                (even, odd) = (f(even, pair[0]), f(odd, pair[1]));
            }
            return f(last.iter().fold(even, |total, &v| f(total, v)), odd);
        }
        let mut lanes = [start; 16];
        let chunks = x.chunks_exact(16);
        for (lane, &v) in lanes.iter_mut().zip(chunks.remainder()) {
            *lane = f(*lane, v);
        }
        for chunk in chunks {
            for (lane, &v) in lanes.iter_mut().zip(chunk) {
                *lane = f(*lane, v);
            }
        }
        let mut width = 8;
        while width > 0 {
            for i in 0..width {
                lanes[i] = f(lanes[i], lanes[i + width]);
            }
            width /= 2;
        }
        lanes[0]
    }
    let start = identity(kind);
    match kind {
        FoldKind::Sum => by(x, start, |a, b| a.add(b)),
        FoldKind::Prod => by(x, start, |a, b| a.mul(b)),
        FoldKind::Max => by(x, start, |a, b| a.maximum(b)),
        FoldKind::Min => by(x, start, |a, b| a.minimum(b)),
    }
}

/// A number as it is stored, whatever lanes it is computed in.
pub(crate) trait Stored: Copy {
    fn load<T: Lane>(self) -> T;
    fn store<T: Lane>(value: T) -> Self;
}

macro_rules! stored {
    ($($type:ty, $x:ident => $load:expr, $v:ident => $store:expr;)*) => {$(
        impl Stored for $type {
            #[inline(always)]
            fn load<T: Lane>(self) -> T { let $x = self; $load }
            #[inline(always)]
            fn store<T: Lane>($v: T) -> Self { $store }
        }
    )*};
}

/// A truth value as it is stored: one byte, 0 or 1.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Truth(u8);

stored! {
    f32, x => T::of_f32(x), v => v.to_f32();
    f64, x => T::of(x), v => v.to();
    bf16, x => T::of_f32(x.to_f32()), v => v.to_bf16();
    f16, x => T::of_f32(x.to_f32()), v => f16::from_f64(v.to());
    i64, x => T::of(x as f64), v => v.to() as i64;
    i32, x => T::of(x as f64), v => v.to() as i32;
    u8, x => T::of_f32(x as f32), v => v.to() as u8;
    i8, x => T::of_f32(x as f32), v => v.to() as i8;
    Truth, x => T::of_f32(x.0 as f32), v => Truth((v != T::default()) as u8);
}

/// The same expression for whichever type a dtype is stored as.
macro_rules! with_stored {
    ($dtype:expr, $type:ident => $body:expr) => {
        match $dtype {
            DType::F32 => {
                type $type = f32;
                $body
            }
            DType::F64 => {
                type $type = f64;
                $body
            }
            DType::BF16 => {
                type $type = bf16;
                $body
            }
            DType::F16 => {
                type $type = f16;
                $body
            }
            DType::I64 => {
                type $type = i64;
                $body
            }
            DType::I32 => {
                type $type = i32;
                $body
            }
            DType::U8 => {
                type $type = u8;
                $body
            }
            DType::I8 => {
                type $type = i8;
                $body
            }
            DType::Bool => {
                type $type = Truth;
                $body
            }
        }
    };
}

pub(crate) use with_stored;

/// Reads element `i` of a buffer.
///
/// # Safety
/// The element is there, and is a number of that dtype.
#[inline(always)]
pub(crate) unsafe fn read<T: Lane>(from: *const u8, dtype: DType, i: isize) -> T {
    // SAFETY: the caller's promise.
    unsafe { with_stored!(dtype, S => (*from.cast::<S>().offset(i)).load()) }
}

/// Writes element `i` of a buffer.
///
/// # Safety
/// The element is there, and is a number of that dtype.
#[inline(always)]
pub(crate) unsafe fn write<T: Lane>(to: *mut u8, dtype: DType, i: usize, value: T) {
    // SAFETY: the caller's promise.
    unsafe { with_stored!(dtype, S => *to.cast::<S>().add(i) = S::store(value)) }
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

/// The rows and columns of one tile.
#[derive(Clone, Copy)]
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
                let whole = match load.strides.last() {
                    Some(0) if load.strides.iter().all(|&s| s == 0) => {
                        let value = read(addresses.at(load.buffer), load.dtype, load.offset);
                        std::slice::from_raw_parts_mut(pointers[load.slot as usize], n_lanes).fill(value);
                        continue;
                    }
                    _ => first,
                };
                gather(work, load, addresses, whole, pointers[load.slot as usize]);
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
                    run_tile(work, Tile { row, n_rows, column, n_columns }, part, addresses, pointers, isa);
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

/// Offset of a row's first element, in elements.
#[inline]
fn row_offset(work: &Loop, strides: &[isize], row: usize) -> isize {
    match strides.len() {
        1 => 0,
        2 => row as isize * strides[0],
        n => {
            let (mut left, mut offset) = (row, 0);
            for axis in (0..n - 1).rev() {
                offset += (left % work.extents[axis]) as isize * strides[axis];
                left /= work.extents[axis];
            }
            offset
        }
    }
}

/// Brings a tile of an operand into a register.
///
/// # Safety
/// As for [`Loop::run`].
unsafe fn gather<T: Lane>(work: &Loop, load: &Load, addresses: Addresses, tile: Tile, register: *mut T) {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        let from = addresses.at(load.buffer);
        let walk = Walk { work, strides: &load.strides, offset: load.offset, tile };
        with_stored!(load.dtype, S => walk.gather::<T, S>(from.cast_const().cast(), register));
    }
}

/// Brings a tile of a result out of a register.
///
/// # Safety
/// As for [`Loop::run`].
unsafe fn scatter<T: Lane>(work: &Loop, store: &Store, addresses: Addresses, tile: Tile, register: *const T) {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        let to = addresses.at(store.buffer);
        let walk = Walk { work, strides: &store.strides, offset: store.offset, tile };
        with_stored!(store.dtype, S => walk.scatter::<T, S>(register, to.cast()));
    }
}

/// The way through a buffer that a tile takes.
struct Walk<'a> {
    work: &'a Loop,
    strides: &'a [isize],
    offset: isize,
    tile: Tile,
}

impl Walk<'_> {
    /// Where row `r` of the tile begins, in elements.
    #[inline(always)]
    fn row(&self, r: usize) -> isize {
        let stride = self.strides[self.strides.len() - 1];
        self.offset
            + row_offset(self.work, self.strides, self.tile.row + r)
            + self.tile.column as isize * stride
    }

    /// # Safety
    /// The view reaches only what the buffer holds; a register holds a tile.
    unsafe fn gather<T: Lane, S: Stored>(&self, from: *const S, register: *mut T) {
        let (n, stride) = (self.tile.n_columns, self.strides[self.strides.len() - 1]);
        for r in 0..self.tile.n_rows {
            // SAFETY: the caller's promise.
            unsafe {
                let from = from.offset(self.row(r));
                let to = std::slice::from_raw_parts_mut(register.add(r * n), n);
                match stride {
                    0 => {
                        let value = (*from).load();
                        to.iter_mut().for_each(|t| *t = value);
                    }
                    1 => {
                        let from = std::slice::from_raw_parts(from, n);
                        to.iter_mut().zip(from).for_each(|(t, f)| *t = f.load());
                    }
                    _ => to
                        .iter_mut()
                        .enumerate()
                        .for_each(|(i, t)| *t = (*from.offset(i as isize * stride)).load()),
                }
            }
        }
    }

    /// # Safety
    /// The view reaches only what the buffer holds; a register holds a tile.
    unsafe fn scatter<T: Lane, S: Stored>(&self, register: *const T, to: *mut S) {
        let (n, stride) = (self.tile.n_columns, self.strides[self.strides.len() - 1]);
        for r in 0..self.tile.n_rows {
            // SAFETY: the caller's promise.
            unsafe {
                let from = std::slice::from_raw_parts(register.add(r * n), n);
                let to = to.offset(self.row(r));
                match stride {
                    1 => {
                        let to = std::slice::from_raw_parts_mut(to, n);
                        to.iter_mut().zip(from).for_each(|(t, &f)| *t = S::store(f));
                    }
                    _ => from
                        .iter()
                        .enumerate()
                        .for_each(|(i, &f)| *to.offset(i as isize * stride) = S::store(f)),
                }
            }
        }
    }
}

/// # Safety
/// As for [`Loop::run`].
unsafe fn run_tile<T: Lane>(
    work: &Loop,
    tile: Tile,
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
                Access::Gather => gather(work, load, addresses, tile, pointers[load.slot as usize]),
            }
        }
        for store in work.stores.iter().filter(|store| store.direct) {
            let start = store.offset + row_offset(work, &store.strides, tile.row) + tile.column as isize;
            pointers[store.slot as usize] = addresses.at(store.buffer).cast::<T>().offset(start);
        }
        for instruction in &work.instructions {
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
            scatter(work, store, addresses, tile, pointers[store.slot as usize]);
        }
    }
}

/// Adds a tile's values to the results they belong to.
struct FoldTile<'a, T> {
    kind: FoldKind,
    values: &'a [T],
    /// Room for all the results that the tile's rows belong to.
    target: *mut T,
    shape: &'a FoldShape,
    inner: usize,
    tile: Tile,
}

impl<T: Lane> Job for FoldTile<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let FoldTile { kind, values, target, shape, inner, tile } = self;
        let width = tile.n_columns.max(1);
        let mut row = 0;
        while row < tile.n_rows {
            // As many rows as go into one result.
            let result = (tile.row + row) / shape.rows_per_result;
            let n = ((result + 1) * shape.rows_per_result - (tile.row + row)).min(tile.n_rows - row);
            let rows = &values[row * width..(row + n) * width];
            // SAFETY: `target` has room for every result that a row of the loop belongs to.
            unsafe {
                if shape.keeps_inner {
                    let start = target.add(result * inner + tile.column);
                    let totals = std::slice::from_raw_parts_mut(start, tile.n_columns);
                    match kind {
                        FoldKind::Sum => add_rows(totals, rows, |a, b| a.add(b)),
                        kind => add_rows(totals, rows, |a, b| combine(kind, a, b)),
                    }
                } else {
                    let total = target.add(result);
                    for row in rows.chunks_exact(width) {
                        *total = combine(kind, *total, fold_slice(kind, row));
                    }
                }
            }
            row += n;
        }
    }
}

/// Brings rows, element by element, together with the totals, which stay in registers meanwhile.
#[inline(always)]
fn add_rows<T: Lane>(totals: &mut [T], rows: &[T], f: impl Fn(T, T) -> T) {
    let width = totals.len();
    if rows.len() <= width {
        totals.iter_mut().zip(rows).for_each(|(t, &v)| *t = f(*t, v));
        return;
    }
    let mut column = 0;
    while column + 16 <= width {
        // Even and odd rows apart, so that additions need not wait for each other.
        let load = |row: usize| -> [T; 16] {
            let mut lanes = [T::default(); 16];
            lanes.copy_from_slice(&rows[row * width + column..row * width + column + 16]);
            lanes
        };
        let n = rows.len() / width;
        let (mut even, mut odd) = (load(0), load(1));
        for pair in 1..n / 2 {
            let (a, b) = (load(2 * pair), load(2 * pair + 1));
            for lane in 0..16 {
                even[lane] = f(even[lane], a[lane]);
                odd[lane] = f(odd[lane], b[lane]);
            }
        }
        if n % 2 == 1 {
            let last = load(n - 1);
            (0..16).for_each(|lane| even[lane] = f(even[lane], last[lane]));
        }
        for lane in 0..16 {
            totals[column + lane] = f(totals[column + lane], f(even[lane], odd[lane]));
        }
        column += 16;
    }
    for row in rows.chunks_exact(width) {
        totals[column..].iter_mut().zip(&row[column..]).for_each(|(t, &v)| *t = f(*t, v));
    }
}

/// # Safety
/// The slots' pointers hold `n` lanes, and the result's is none of the operands'.
unsafe fn execute<T: Lane>(
    work: &Loop,
    instruction: &Instruction,
    n: usize,
    tile: Tile,
    addresses: Addresses,
    pointers: &[*mut T],
    isa: Isa,
) {
    // SAFETY: the caller's promise; only the operands that the code has are looked at.
    let slot = |i: usize| unsafe {
        std::slice::from_raw_parts(pointers[instruction.args[i] as usize].cast_const(), n)
    };
    let (a, b, c) = (|| slot(0), || slot(1), || slot(2));
    // SAFETY: the caller's promise.
    let dst = unsafe { std::slice::from_raw_parts_mut(pointers[instruction.dst as usize], n) };
    match &instruction.code {
        Code::Copy => dst.copy_from_slice(a()),
        Code::Neg => map(isa, dst, a(), |x| x.neg()),
        Code::Abs => map(isa, dst, a(), |x| x.abs()),
        Code::Sign => map(isa, dst, a(), |x| {
            let zero = T::default();
            if x > zero {
                T::of_f32(1.0)
            } else if x < zero {
                T::of_f32(-1.0)
            } else {
                x
            }
        }),
        Code::Exp => map(isa, dst, a(), |x| x.exp()),
        Code::Expm1 => map(isa, dst, a(), |x| x.expm1()),
        Code::Log => map(isa, dst, a(), |x| x.log()),
        Code::Log1p => map(isa, dst, a(), |x| x.log1p()),
        Code::Sqrt => map(isa, dst, a(), |x| x.sqrt()),
        Code::Tanh => map(isa, dst, a(), |x| x.tanh()),
        Code::Sigmoid => map(isa, dst, a(), |x| x.sigmoid()),
        Code::Erf => map(isa, dst, a(), |x| x.erf()),
        Code::Sin => map(isa, dst, a(), |x| x.sin()),
        Code::Cos => map(isa, dst, a(), |x| x.cos()),
        Code::Floor => map(isa, dst, a(), |x| x.floor()),
        Code::Round(DType::BF16) => map(isa, dst, a(), |x| T::of_f32(x.to_bf16().to_f32())),
        Code::Round(dtype) => map(isa, dst, a(), |x| T::of(dtype.round(x.to()))),
        Code::Add => zip(isa, dst, a(), b(), |x, y| x.add(y)),
        Code::Sub => zip(isa, dst, a(), b(), |x, y| x.sub(y)),
        Code::Mul => zip(isa, dst, a(), b(), |x, y| x.mul(y)),
        Code::Div => zip(isa, dst, a(), b(), |x, y| x.div(y)),
        Code::Pow => zip(isa, dst, a(), b(), |x, y| x.pow(y)),
        Code::Maximum => zip(isa, dst, a(), b(), |x, y| x.maximum(y)),
        Code::Minimum => zip(isa, dst, a(), b(), |x, y| x.minimum(y)),
        Code::Equal => zip(isa, dst, a(), b(), |x, y| truth(x == y)),
        Code::Less => zip(isa, dst, a(), b(), |x, y| truth(x < y)),
        Code::LessEqual => zip(isa, dst, a(), b(), |x, y| truth(x <= y)),
        Code::Select => T::dispatch(isa, Select { dst, condition: a(), x: b(), y: c() }),
        Code::Uniform { stream, seed, step } => {
            // SAFETY: seed and step are `i64` scalars, says the operation's type rule.
            let (seed, step) =
                unsafe { (*addresses.at(*seed).cast::<i64>(), *addresses.at(*step).cast::<i64>()) };
            let first = tile.row * work.inner() + tile.column;
            let dst = &mut dst[..tile.n_rows * tile.n_columns];
            T::dispatch(isa, Random { dst, first, seed, stream: *stream, step });
        }
    }
}

/// `f` of each lane: each instruction is compiled by itself, once for each instruction set.
struct Map<'a, T, F> {
    dst: &'a mut [T],
    a: &'a [T],
    f: F,
}

impl<T: Lane, F: Fn(T) -> T> Job for Map<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (d, &x) in self.dst.iter_mut().zip(self.a) {
            *d = (self.f)(x);
        }
    }
}

fn map<T: Lane>(isa: Isa, dst: &mut [T], a: &[T], f: impl Fn(T) -> T) {
    T::dispatch(isa, Map { dst, a, f });
}

/// `f` of each pair of lanes.
struct Zip<'a, T, F> {
    dst: &'a mut [T],
    a: &'a [T],
    b: &'a [T],
    f: F,
}

impl<T: Lane, F: Fn(T, T) -> T> Job for Zip<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((d, &x), &y) in self.dst.iter_mut().zip(self.a).zip(self.b) {
            *d = (self.f)(x, y);
        }
    }
}

fn zip<T: Lane>(isa: Isa, dst: &mut [T], a: &[T], b: &[T], f: impl Fn(T, T) -> T) {
    T::dispatch(isa, Zip { dst, a, b, f });
}

/// `x` where the condition is not zero, else `y`.
struct Select<'a, T> {
    dst: &'a mut [T],
    condition: &'a [T],
    x: &'a [T],
    y: &'a [T],
}

impl<T: Lane> Job for Select<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (((d, &c), &x), &y) in self.dst.iter_mut().zip(self.condition).zip(self.x).zip(self.y) {
            *d = if c != T::default() { x } else { y };
        }
    }
}

/// Random numbers for the elements from `first` on.
struct Random<'a, T> {
    dst: &'a mut [T],
    first: usize,
    seed: i64,
    stream: u64,
    step: i64,
}

impl<T: Lane> Job for Random<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Random { dst, first, seed, stream, step } = self;
        let mut block = first / 4;
        let mut skip = first % 4;
        let mut at = 0;
        while at < dst.len() {
            // Sixteen blocks at a time, so that the rounds run in vectors.
            let mut words = [[0u32; 4]; 16];
            for (i, words) in words.iter_mut().enumerate() {
                *words = philox::block(seed, stream, step, (block + i) as u32);
            }
            let words = words.as_flattened();
            let n = (64 - skip).min(dst.len() - at);
            for (d, &word) in dst[at..at + n].iter_mut().zip(&words[skip..]) {
                *d = T::of_f32(philox::unit(word));
            }
            (at, block, skip) = (at + n, block + 16, 0);
        }
    }
}
