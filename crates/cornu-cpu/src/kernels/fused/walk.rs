//! How a tile's operands come into registers, and its results out of them.

use super::{Load, Loop, Store, Tile};
use crate::kernels::Addresses;
use crate::kernels::lane::{Lane, Stored, Truth, with_stored};
use crate::simd::{Isa, Job, LINE, prefetch};
use cornu_graph::DType;
use half::{bf16, f16};

/// Rows of fewer elements are filled with a whole vector each.
const SHORT: usize = 16;

/// Offset of a row's first element, in elements.
#[inline]
pub(super) fn row_offset(work: &Loop, strides: &[isize], row: usize) -> isize {
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
pub(super) unsafe fn gather<T: Lane>(
    work: &Loop,
    load: &Load,
    addresses: Addresses,
    tile: &Tile,
    register: *mut T,
    isa: Isa,
) {
    // SAFETY: the caller's promise.
    let from = unsafe { addresses.at(load.buffer) }.cast_const();
    let walk = Walk::new(work, &load.strides, load.offset, load.joined, tile);
    with_stored!(load.dtype, S => T::dispatch(isa, Gather { walk, from: from.cast::<S>(), register }));
}

/// Brings a tile of a result out of a register.
///
/// # Safety
/// As for [`Loop::run`].
pub(super) unsafe fn scatter<T: Lane>(
    work: &Loop,
    store: &Store,
    addresses: Addresses,
    tile: &Tile,
    register: *const T,
    isa: Isa,
) {
    // SAFETY: the caller's promise.
    let to = unsafe { addresses.at(store.buffer) };
    let walk = Walk::new(work, &store.strides, store.offset, store.joined, tile);
    with_stored!(store.dtype, S => T::dispatch(isa, Scatter { walk, register, to: to.cast::<S>() }));
}

/// The way through a buffer that a tile takes.
struct Walk<'a> {
    work: &'a Loop,
    strides: &'a [isize],
    offset: isize,
    tile: &'a Tile,
    rows: usize,
    /// Numbers in a row.
    width: usize,
}

impl<'a> Walk<'a> {
    fn new(work: &'a Loop, strides: &'a [isize], offset: isize, joined: bool, tile: &'a Tile) -> Walk<'a> {
        let (rows, width) = match joined {
            true => (1, tile.n_rows * tile.n_columns),
            false => (tile.n_rows, tile.n_columns),
        };
        Walk { work, strides, offset, tile, rows, width }
    }

    /// Calls `f` with each row of the tile and where it begins, in elements.
    #[inline(always)]
    fn each_row(&self, mut f: impl FnMut(usize, isize)) {
        let (rank, extents) = (self.strides.len(), &self.work.extents);
        let column = self.tile.column as isize * self.strides[rank - 1];
        // Rows along the innermost of the outer axes lie equally far apart.
        let (extent, stride) = if rank > 1 { (extents[rank - 2], self.strides[rank - 2]) } else { (1, 0) };
        let mut row = 0;
        while row < self.rows {
            let first = self.tile.row + row;
            let mut start = self.offset + row_offset(self.work, self.strides, first) + column;
            let end = self.rows.min(row + extent - first % extent);
            while row < end {
                f(row, start);
                (row, start) = (row + 1, start + stride);
            }
        }
    }
}

/// A tile that is brought into a register, from a view that reaches only what its buffer holds.
struct Gather<'a, T, S> {
    walk: Walk<'a>,
    from: *const S,
    register: *mut T,
}

impl<T: Lane, S: Stored> Job for Gather<'_, T, S> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Gather { walk, from, register } = self;
        let (n, stride) = (walk.width, walk.strides[walk.strides.len() - 1]);
        let last = walk.rows.saturating_sub(1);
        // SAFETY: the view stays in its buffer, and a register holds a tile.
        walk.each_row(|r, at| unsafe {
            let from = from.offset(at);
            let to = std::slice::from_raw_parts_mut(register.add(r * n), n);
            match stride {
                // What goes past a short row's end the next one writes over.
                0 if n < SHORT && r * n + SHORT <= last * n => {
                    *register.add(r * n).cast::<[T; SHORT]>() = [(*from).load(); SHORT];
                }
                0 => {
                    let value = (*from).load();
                    to.iter_mut().for_each(|t| *t = value);
                }
                1 => {
                    // What follows is as likely the next row's, or the next tile's, as nobody's.
                    for line in (0..n * size_of::<S>()).step_by(LINE) {
                        prefetch(from.wrapping_add(n).cast::<u8>().wrapping_add(line));
                    }
                    let from = std::slice::from_raw_parts(from, n);
                    to.iter_mut().zip(from).for_each(|(t, f)| *t = f.load());
                }
                _ => to
                    .iter_mut()
                    .enumerate()
                    .for_each(|(i, t)| *t = (*from.offset(i as isize * stride)).load()),
            }
        });
    }
}

/// A tile that is brought out of a register, to a view that reaches only what its buffer holds.
struct Scatter<'a, T, S> {
    walk: Walk<'a>,
    register: *const T,
    to: *mut S,
}

impl<T: Lane, S: Stored> Job for Scatter<'_, T, S> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Scatter { walk, register, to } = self;
        let (n, stride) = (walk.width, walk.strides[walk.strides.len() - 1]);
        // SAFETY: the view stays in its buffer, and a register holds a tile.
        walk.each_row(|r, at| unsafe {
            let from = std::slice::from_raw_parts(register.add(r * n), n);
            let to = to.offset(at);
            match stride {
                1 => {
                    let to = std::slice::from_raw_parts_mut(to, n);
                    to.iter_mut().zip(from).for_each(|(t, &f)| *t = S::store(f));
                }
                _ => {
                    from.iter().enumerate().for_each(|(i, &f)| *to.offset(i as isize * stride) = S::store(f))
                }
            }
        });
    }
}
