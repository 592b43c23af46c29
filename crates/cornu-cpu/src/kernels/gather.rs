//! Rows picked by index, and rows added back at indices.

use super::Addresses;
use super::lane::{Lane, Stored, Truth, with_stored};
use crate::simd::{Isa, Job, LINE, prefetch};
use cornu_graph::DType;
use half::{bf16, f16};
use std::ops::Range;

/// Copies blocks: for each `outer`, for each index, `inner` elements of `x`'s `n` blocks.
#[derive(Clone, Debug)]
pub(crate) struct Gather {
    pub(crate) x: usize,
    pub(crate) indices: usize,
    pub(crate) index_dtype: DType,
    pub(crate) output: usize,
    pub(crate) dtype: DType,
    pub(crate) outer: usize,
    pub(crate) n: usize,
    pub(crate) n_indices: usize,
    pub(crate) inner: usize,
}

/// Elements of the result that are worth a part of their own: they stay in the second-level cache
/// with what follows.
const PART: usize = 1 << 15;

/// The most parts: of what is added, each looks at all indices.
const MAX_PARTS: usize = 128;

/// How many blocks ahead one is fetched: a table is seldom in the cache.
const AHEAD: usize = 8;

/// The most bytes of a block that are fetched ahead; the processor foresees what follows them.
const FETCHED: usize = 512;

impl Gather {
    /// Number of blocks of the result.
    fn count(&self) -> usize {
        self.outer * self.n_indices
    }

    /// Number of elements of the result.
    pub(crate) fn size(&self) -> usize {
        self.count() * self.inner
    }

    /// Number of parts: of the blocks of the result.
    pub(crate) fn parts(&self) -> usize {
        parts_of(self.size(), self.count())
    }

    /// The elements of the result that a part makes.
    pub(crate) fn piece(&self, part: usize) -> Range<usize> {
        let own = share(self.count(), self.parts(), part);
        own.start * self.inner..own.end * self.inner
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses) {
        let bytes = self.inner * self.dtype.size();
        let own = share(self.count(), self.parts(), part);
        // SAFETY: the caller's promise; `block_of` stays below `n`.
        unsafe {
            let (x, to) = (addresses.at(self.x), addresses.at(self.output));
            with_stored!(self.index_dtype, S => {
                let indices = addresses.at(self.indices).cast_const().cast::<S>();
                let indices = std::slice::from_raw_parts(indices, self.n_indices);
                let from = |block: usize| {
                    let (outer, i) = (block / self.n_indices, block % self.n_indices);
                    x.add((outer * self.n + block_of(indices[i], self.n)) * bytes)
                };
                for block in own.clone() {
                    if block + AHEAD < own.end {
                        let ahead = from(block + AHEAD);
                        for line in (0..bytes.min(FETCHED)).step_by(LINE) {
                            prefetch(ahead.wrapping_add(line));
                        }
                    }
                    std::ptr::copy_nonoverlapping(from(block), to.add(block * bytes), bytes);
                }
            });
        }
    }
}

/// How many parts `size` elements in `count` blocks are made in.
fn parts_of(size: usize, count: usize) -> usize {
    (size / PART).clamp(1, count.clamp(1, MAX_PARTS))
}

/// The blocks of `count` that a part makes.
fn share(count: usize, parts: usize, part: usize) -> Range<usize> {
    count * part / parts..count * (part + 1) / parts
}

/// Adds blocks of `updates` to a copy of `x`, at the indices: the transpose of [`Gather`]. Blocks
/// are added in the order of the indices.
#[derive(Clone, Debug)]
pub(crate) struct ScatterAdd {
    /// How blocks are found; its `output` is the result and its `x` what is added to.
    pub(crate) blocks: Gather,
    pub(crate) updates: usize,
    /// Where `x` is one number everywhere, which element of its buffer that is.
    pub(crate) everywhere: Option<isize>,
}

impl ScatterAdd {
    /// Number of elements of the result.
    pub(crate) fn size(&self) -> usize {
        self.blocks.outer * self.blocks.n * self.blocks.inner
    }

    /// Number of parts: of the blocks of the result.
    pub(crate) fn parts(&self) -> usize {
        parts_of(self.size(), self.blocks.outer * self.blocks.n)
    }

    /// The blocks of the result that a part makes.
    fn own(&self, part: usize) -> Range<usize> {
        share(self.blocks.outer * self.blocks.n, self.parts(), part)
    }

    /// The elements of the result that a part makes.
    pub(crate) fn piece(&self, part: usize) -> Range<usize> {
        let own = self.own(part);
        own.start * self.blocks.inner..own.end * self.blocks.inner
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses, isa: Isa) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.blocks.dtype {
                DType::F32 => self.run_in::<f32>(part, addresses, isa),
                _ => self.run_in::<f64>(part, addresses, isa),
            }
        }
    }

    unsafe fn run_in<T: Lane>(&self, part: usize, addresses: Addresses, isa: Isa) {
        let (blocks, own, piece) = (&self.blocks, self.own(part), self.piece(part));
        // SAFETY: the caller's promise.
        unsafe {
            let x: *const T = addresses.at(blocks.x).cast_const().cast();
            let (to, updates): (*mut T, *mut T) =
                (addresses.at(blocks.output).cast(), addresses.at(self.updates).cast());
            match self.everywhere {
                Some(offset) => {
                    std::slice::from_raw_parts_mut(to.add(piece.start), piece.len()).fill(*x.offset(offset))
                }
                None => std::ptr::copy_nonoverlapping(x.add(piece.start), to.add(piece.start), piece.len()),
            }
            with_stored!(blocks.index_dtype, S => {
                let indices = addresses.at(blocks.indices).cast_const().cast::<S>();
                let indices = std::slice::from_raw_parts(indices, blocks.n_indices);
                T::dispatch(isa, Additions { blocks, indices, own, to, updates });
            });
        }
    }
}

/// What a part adds: all the updates whose indices mean one of its blocks.
struct Additions<'a, T, S> {
    blocks: &'a Gather,
    indices: &'a [S],
    own: Range<usize>,
    to: *mut T,
    updates: *const T,
}

impl<T: Lane, S: Stored> Job for Additions<'_, T, S> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Additions { blocks: &Gather { n, n_indices, inner, .. }, indices, own, to, updates } = self;
        for outer in own.start / n.max(1)..own.end.div_ceil(n.max(1)) {
            let first = outer * n;
            let here = own.start.max(first) - first..own.end.min(first + n) - first;
            // Most parts want few of the indices: sixteen are ruled out at a time.
            for (c, chunk) in indices.chunks(16).enumerate() {
                if !chunk.iter().fold(false, |any, &index| any | here.contains(&block_of(index, n))) {
                    continue;
                }
                for (i, &index) in chunk.iter().enumerate() {
                    let block = block_of(index, n);
                    if here.contains(&block) {
                        let source = (outer * n_indices + c * 16 + i) * inner;
                        // SAFETY: the block is this part's, and there is an update for each index.
                        unsafe { add(to, updates, (first + block) * inner, source, inner) };
                    }
                }
            }
        }
    }
}

/// The block that an index means: indices past the ends mean the ends.
#[inline(always)]
fn block_of<S: Stored>(index: S, n: usize) -> usize {
    let index: f64 = index.load();
    (index.max(0.0) as usize).min(n.saturating_sub(1))
}

/// # Safety
/// Both buffers hold `n` elements from there on, and are not the same.
#[inline(always)]
unsafe fn add<T: Lane>(to: *mut T, from: *const T, target: usize, source: usize, n: usize) {
    // SAFETY: the caller's promise.
    let (to, from) = unsafe {
        (std::slice::from_raw_parts_mut(to.add(target), n), std::slice::from_raw_parts(from.add(source), n))
    };
    to.iter_mut().zip(from).for_each(|(sum, x)| *sum = sum.add(*x));
}
