//! Operands repacked, so that they are read in the order in which they lie.

use super::PREFETCH_STEPS;
use super::vector::Vector;

/// How far packed lines that run along k lie apart: an odd number of vectors keeps them out of
/// each other's cache sets.
#[inline(always)]
pub(super) fn line_stride<V: Vector>(steps: usize) -> usize {
    steps.next_multiple_of(2 * V::LANES) + V::LANES
}

/// Copies element [i, j] of `from` to `to[i * to_stride + j]`, with zeros up to a whole vector.
#[inline(always)]
pub(super) unsafe fn pack<V: Vector>(
    from: *const V::Element,
    [row_stride, column_stride]: [isize; 2],
    rows: usize,
    columns: usize,
    to: *mut V::Element,
    to_stride: usize,
) {
    let padded = columns.next_multiple_of(V::LANES);
    if column_stride == 1 {
        let whole = columns / V::LANES * V::LANES;
        // SAFETY: rows * columns elements of `from` may be read, rows * padded ones of `to` be written; of
        // the last vector, what is in its mask is read.
        unsafe {
            let last = V::first(columns - whole);
            for row in 0..rows {
                let (from, to) = (from.offset(row as isize * row_stride), to.add(row * to_stride));
                let ahead = from.wrapping_offset(PREFETCH_STEPS * row_stride);
                for column in (0..whole).step_by(V::LANES) {
                    V::prefetch(ahead.wrapping_add(column));
                    V::load(from.add(column)).store(to.add(column));
                }
                if whole < columns {
                    V::prefetch(ahead.wrapping_add(whole));
                    V::load_partial(from.add(whole), last).store(to.add(whole));
                }
            }
        }
        return;
    }
    let mut column = 0;
    while column < padded {
        let width = V::LANES.min(columns - column);
        // SAFETY: as above; whole vectors and groups of four are only read where all of them exist.
        unsafe {
            let from = from.offset(column as isize * column_stride);
            let to = to.add(column);
            if row_stride == 1 && rows >= 4 && width == V::LANES {
                // The last group of four overlaps the one before where rows are not a multiple of 4.
                for group in 0..rows.div_ceil(4) {
                    let row = (4 * group).min(rows - 4);
                    for (i, vector) in V::turn(from.add(row), column_stride).into_iter().enumerate() {
                        vector.store(to.add((row + i) * to_stride));
                    }
                }
            } else {
                for row in 0..rows {
                    let from = from.offset(row as isize * row_stride);
                    let to = to.add(row * to_stride);
                    for j in 0..V::LANES {
                        *to.add(j) = if j < width {
                            *from.offset(j as isize * column_stride)
                        } else {
                            V::Element::default()
                        };
                    }
                }
            }
        }
        column += V::LANES;
    }
}
