//! Rows picked by index, and rows added back at indices.

use super::Addresses;
use super::fused::{Lane, read};
use cornu_graph::DType;

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
}

impl ScatterAdd {
    /// # Safety
    /// The buffers hold what the fields say.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        let blocks = &self.blocks;
        let size = blocks.outer * blocks.n * blocks.inner;
        // SAFETY: the caller's promise; `index` stays below `n`.
        unsafe {
            let (x, to) = (addresses.at(blocks.x), addresses.at(blocks.output));
            std::ptr::copy_nonoverlapping(x, to, size * blocks.dtype.size());
            for outer in 0..blocks.outer {
                for i in 0..blocks.n_indices {
                    let target = (outer * blocks.n + blocks.index(addresses, i)) * blocks.inner;
                    let source = (outer * blocks.n_indices + i) * blocks.inner;
                    let updates = addresses.at(self.updates);
                    match blocks.dtype {
                        DType::F32 => add::<f32>(to.cast(), updates.cast(), target, source, blocks.inner),
                        _ => add::<f64>(to.cast(), updates.cast(), target, source, blocks.inner),
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
