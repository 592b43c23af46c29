//! Tiles' values brought together.

use super::{FoldKind, FoldShape, Tile};
use crate::kernels::lane::Lane;
use crate::simd::Job;

#[inline(always)]
pub(super) fn combine<T: Lane>(kind: FoldKind, a: T, b: T) -> T {
    match kind {
        FoldKind::Sum => a.add(b),
        FoldKind::Prod => a.mul(b),
        FoldKind::Max => a.maximum(b),
        FoldKind::Min => a.minimum(b),
    }
}

pub(super) fn identity<T: Lane>(kind: FoldKind) -> T {
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

/// Adds a tile's values to the results they belong to.
pub(super) struct FoldTile<'a, T> {
    pub(super) kind: FoldKind,
    pub(super) values: &'a [T],
    /// Room for all the results that the tile's rows belong to.
    pub(super) target: *mut T,
    pub(super) shape: &'a FoldShape,
    pub(super) inner: usize,
    pub(super) tile: &'a Tile,
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
