//! Rows picked by index, and rows added back at indices.

use super::Addresses;
use super::lane::{Lane, read};
use cornu_graph::DType;
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

impl Gather {
    /// The block that the `i`th index means: indices past the ends mean the ends.
    ///
    /// # Safety
    /// There is an `i`th index.
    unsafe fn index(&self, addresses: Addresses, i: usize) -> usize {
        // SAFETY: the caller's promise.
        let index: f64 = unsafe { read(addresses.at(self.indices), self.index_dtype, i as isize) };
        (index.max(0.0) as usize).min(self.n.saturating_sub(1))
    }

    /// # Safety
    /// The buffers hold what the fields say.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        let bytes = self.inner * self.dtype.size();
        // SAFETY: the caller's promise; `index` stays below `n`.
        unsafe {
            let (x, to) = (addresses.at(self.x), addresses.at(self.output));
            for outer in 0..self.outer {
                for i in 0..self.n_indices {
                    let from = x.add((outer * self.n + self.index(addresses, i)) * bytes);
                    let to = to.add((outer * self.n_indices + i) * bytes);
                    std::ptr::copy_nonoverlapping(from, to, bytes);
                }
            }
        }
    }
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

/// Elements of the result that are worth a part of their own: they stay in the second-level cache
/// with what follows.
const PART: usize = 1 << 15;

/// The most parts: each looks at all indices.
const MAX_PARTS: usize = 128;

impl ScatterAdd {
    /// Number of elements of the result.
    pub(crate) fn size(&self) -> usize {
        self.blocks.outer * self.blocks.n * self.blocks.inner
    }

    /// Number of parts: of the blocks of the result.
    pub(crate) fn parts(&self) -> usize {
        (self.size() / PART).clamp(1, (self.blocks.outer * self.blocks.n).clamp(1, MAX_PARTS))
    }

    /// The blocks of the result that a part makes.
    fn own(&self, part: usize) -> Range<usize> {
        let (all, parts) = (self.blocks.outer * self.blocks.n, self.parts());
        all * part / parts..all * (part + 1) / parts
    }

    /// The elements of the result that a part makes.
    pub(crate) fn piece(&self, part: usize) -> Range<usize> {
        let own = self.own(part);
        own.start * self.blocks.inner..own.end * self.blocks.inner
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.blocks.dtype {
                DType::F32 => self.run_in::<f32>(part, addresses),
                _ => self.run_in::<f64>(part, addresses),
            }
        }
    }

    unsafe fn run_in<T: Lane>(&self, part: usize, addresses: Addresses) {
        let (blocks, own, piece) = (&self.blocks, self.own(part), self.piece(part));
        // SAFETY: the caller's promise; `index` stays below `n`.
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
            for outer in own.start / blocks.n.max(1)..own.end.div_ceil(blocks.n.max(1)) {
                for i in 0..blocks.n_indices {
                    let target = outer * blocks.n + blocks.index(addresses, i);
                    if own.contains(&target) {
                        let source = (outer * blocks.n_indices + i) * blocks.inner;
                        add(to, updates, target * blocks.inner, source, blocks.inner);
                    }
                }
            }
        }
    }
}

/// # Safety
/// Both buffers hold `n` elements from there on, and are not the same.
unsafe fn add<T: Lane>(to: *mut T, from: *mut T, target: usize, source: usize, n: usize) {
    // SAFETY: the caller's promise.
    let (to, from) = unsafe {
        (std::slice::from_raw_parts_mut(to.add(target), n), std::slice::from_raw_parts(from.add(source), n))
    };
    to.iter_mut().zip(from).for_each(|(sum, x)| *sum = sum.add(*x));
}
