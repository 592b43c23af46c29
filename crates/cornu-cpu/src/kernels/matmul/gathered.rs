//! Sums of products whose operands lie in pieces: what convolutions are made of.

use super::outer::{add_outer_product, most_lines, store};
use super::vector::{Element, Vector, VectorJob, enter};
use super::{MAX_LANES, MAX_ROWS, MAX_VECTORS, PANEL_DEPTH, PANEL_WIDTH, chunks, pack};
use crate::simd::Isa;

/// `c[line, j] (= | +=) sum numbers[line + piece + step] * vectors[piece + step, j]`, summed over pieces
/// and their steps: an outer product a step, as a matrix product does it, but every line, piece and
/// row of the result may lie anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gathered<'a, T, C = T> {
    pub(crate) numbers: *const T,
    /// Where each line of the numbers begins.
    pub(crate) lines: &'a [isize],
    pub(crate) vectors: *const T,
    /// Numbers in a row of vectors and of the result, which lie side by side.
    pub(crate) width: usize,
    /// Where each piece begins, in the numbers and in the vectors.
    pub(crate) pieces: &'a [[isize; 2]],
    /// Steps of each piece.
    pub(crate) steps: usize,
    /// From step to step, in the numbers and in the vectors.
    pub(crate) step: [isize; 2],
    pub(crate) c: *mut C,
    /// Where the row of each line begins in the result.
    pub(crate) rows: &'a [isize],
    pub(crate) accumulate: bool,
}

/// Lines from which on vectors are packed before they meet them: packing costs about as much as 8 do.
const MANY_LINES: usize = 48;

/// Bytes of a strip's vectors, and from one to the next, from which on it pays: they lie in so many pages,
/// and in so few of the caches' sets, that each line would wait for them.
const FAR: [usize; 2] = [1 << 15, 512];

/// The most pieces of a panel: where each is found takes room on the stack.
const MAX_PIECES: usize = 128;

/// Elements of scratch memory that sums over so many steps want, for up to so many lines and rows of `width`.
pub(crate) fn scratch_len<T>(lines: usize, steps: usize, width: usize) -> usize {
    let panel = width.min(PANEL_WIDTH).next_multiple_of(MAX_LANES) * steps.min(PANEL_DEPTH);
    if packs::<T>(lines, steps, width) { panel } else { 0 }
}

/// Whether vectors are packed.
fn packs<T>(lines: usize, steps: usize, width: usize) -> bool {
    let strip = steps * width.min(PANEL_WIDTH) * size_of::<T>();
    lines >= MANY_LINES && strip >= FAR[0] && width * size_of::<T>() >= FAR[1]
}

impl<T: Element> Gathered<'_, T> {
    /// # Safety
    /// The operands hold all that the offsets reach, nobody else touches the result's rows, and `scratch`
    /// holds [`scratch_len`] for the lines and the steps of all pieces.
    pub(crate) unsafe fn run(self, scratch: *mut T, isa: Isa) {
        debug_assert_eq!(self.lines.len(), self.rows.len());
        // SAFETY: as the caller vouches.
        unsafe { enter(isa, Sums { of: self, scratch }) }
    }
}

/// Sums, and where vectors are packed.
struct Sums<'a, T> {
    of: Gathered<'a, T>,
    scratch: *mut T,
}

/// A strip of columns over some pieces.
#[derive(Clone, Copy)]
struct Strip<'a, T> {
    pieces: &'a [[isize; 2]],
    steps: usize,
    vectors: *const T,
    vector_step: isize,
    begin: usize,
    width: usize,
    accumulate: bool,
}

impl<T: Element> VectorJob<T> for Sums<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = T>>(self) {
        let of = &self.of;
        if of.width == 1 && of.step == [1, 1] && of.steps >= V::LANES / 2 {
            // SAFETY: as the caller vouches.
            return unsafe { of.columns::<V>() };
        }
        let across = if V::REGISTERS < 32 { 2 } else { MAX_VECTORS };
        for (begin, width) in chunks(of.width, V::LANES, across) {
            // SAFETY: the chunks cover the width.
            unsafe { self.panels::<V>(begin, width) };
        }
    }
}

impl<T: Element> Sums<'_, T> {
    /// A strip of columns; where vectors are packed, panel by panel: those of so many steps lie one after
    /// the other.
    #[inline(always)]
    unsafe fn panels<V: Vector<Element = T>>(&self, begin: usize, width: usize) {
        let Gathered { lines, vectors, pieces, steps, step: [number_step, vector_step], .. } = self.of;
        let whole = Strip {
            pieces,
            steps,
            vectors: vectors.wrapping_add(begin),
            vector_step,
            begin,
            width,
            accumulate: self.of.accumulate,
        };
        let packed = packs::<T>(lines.len(), pieces.len() * steps, self.of.width);
        let (together, cuts) = match packed {
            true => ((PANEL_DEPTH / steps).clamp(1, MAX_PIECES), steps.div_ceil(PANEL_DEPTH)),
            false => (usize::MAX, 1),
        };
        let apart = width.next_multiple_of(V::LANES);
        let mut ready = [[0; 2]; MAX_PIECES];
        for panel in 0..pieces.len().div_ceil(together).max(1) * cuts {
            let mut strip = whole;
            if packed {
                let (group, cut) = (panel / cuts * together, panel % cuts);
                let first = steps * cut / cuts;
                let (own, steps) =
                    (&pieces[group..(group + together).min(pieces.len())], steps * (cut + 1) / cuts - first);
                for (i, (to, from)) in ready.iter_mut().zip(own).enumerate() {
                    let first = first as isize;
                    *to = [from[0] + first * number_step, (i * steps * apart) as isize];
                    // SAFETY: the caller vouches for the vectors of each piece, and for room for a panel.
                    unsafe {
                        let from = whole.vectors.offset(from[1] + first * vector_step);
                        pack::<V>(from, [vector_step, 1], steps, width, self.scratch.offset(to[1]), apart);
                    }
                }
                strip.pieces = &ready[..own.len()];
                strip.steps = steps;
                strip.vectors = self.scratch.cast_const();
                strip.vector_step = apart as isize;
                strip.accumulate |= panel > 0;
            }
            // SAFETY: as the caller vouches.
            unsafe {
                match width.div_ceil(V::LANES) {
                    1 => self.of.strip::<V, 1>(strip),
                    2 => self.of.strip::<V, 2>(strip),
                    _ => self.of.strip::<V, 3>(strip),
                }
            }
        }
    }
}

impl<T: Element> Gathered<'_, T> {
    /// A result of one column, with vectors along the steps.
    #[inline(always)]
    unsafe fn columns<V: Vector<Element = T>>(&self) {
        let last = self.steps % V::LANES;
        let mut line = 0;
        while line < self.lines.len() {
            // Four lines at a time; the last of them may have been summed before.
            let four = [0, 1, 2, 3].map(|i| (line + i).min(self.lines.len() - 1));
            // SAFETY: the caller vouches for all that lines, pieces and steps reach; the last vector of a
            // piece is masked where it is not whole.
            unsafe {
                let mut sums = [V::zero(); 4];
                for &[number, vector] in self.pieces {
                    let (numbers, vectors) = (self.numbers.offset(number), self.vectors.offset(vector));
                    let mut step = 0;
                    while step + V::LANES <= self.steps {
                        let x = V::load(vectors.add(step));
                        for (sum, line) in sums.iter_mut().zip(four) {
                            *sum = sum.add_product(V::load(numbers.offset(self.lines[line]).add(step)), x);
                        }
                        step += V::LANES;
                    }
                    if last > 0 {
                        let mask = V::first(last);
                        let x = V::load_partial(vectors.add(step), mask);
                        for (sum, line) in sums.iter_mut().zip(four) {
                            let numbers = numbers.offset(self.lines[line]).add(step);
                            *sum = sum.add_product(V::load_partial(numbers, mask), x);
                        }
                    }
                }
                let begun = if self.accumulate {
                    four.map(|line| *self.c.offset(self.rows[line]))
                } else {
                    [T::default(); 4]
                };
                for ((sum, line), begun) in V::sum_four(sums).into_iter().zip(four).zip(begun) {
                    *self.c.offset(self.rows[line]) = if self.accumulate { begun + sum } else { sum };
                }
            }
            line += 4;
        }
    }

    /// All lines, of columns that make C vectors.
    #[inline(always)]
    unsafe fn strip<V: Vector<Element = T>, const C: usize>(&self, strip: Strip<T>) {
        let most = const { most_lines::<V>(C) };
        for (line, lines) in chunks(self.lines.len(), 1, most) {
            // SAFETY: the chunks cover the lines.
            unsafe {
                match lines {
                    1 => self.block::<V, 1, C>(line, strip),
                    2 => self.block::<V, 2, C>(line, strip),
                    3 => self.block::<V, 3, C>(line, strip),
                    4 => self.block::<V, 4, C>(line, strip),
                    5 if most >= 5 => self.block::<V, 5, C>(line, strip),
                    6 if most >= 6 => self.block::<V, 6, C>(line, strip),
                    7 if most >= 7 => self.block::<V, 7, C>(line, strip),
                    8 if most >= 8 => self.block::<V, 8, C>(line, strip),
                    9 if most >= 9 => self.block::<V, 9, C>(line, strip),
                    10 if most >= 10 => self.block::<V, 10, C>(line, strip),
                    11 if most >= 11 => self.block::<V, 11, C>(line, strip),
                    12 if most >= 12 => self.block::<V, 12, C>(line, strip),
                    _ => unreachable!("a block has at most {MAX_ROWS} lines"),
                }
            }
        }
    }

    /// R lines by C vectors of the result.
    #[inline(always)]
    unsafe fn block<V: Vector<Element = T>, const R: usize, const C: usize>(
        &self,
        line: usize,
        strip: Strip<T>,
    ) {
        let Strip { pieces, steps, vectors: own, vector_step, begin, width, accumulate } = strip;
        let number_step = self.step[0];
        // SAFETY: the caller vouches for R lines from `line` on, and for `width` numbers of each vector
        // step, which `last` does not exceed.
        unsafe {
            let last = V::first(width - (C - 1) * V::LANES);
            let mut sums = [[V::zero(); C]; R];
            let mut offsets = [0; R];
            offsets.copy_from_slice(self.lines.get_unchecked(line..line + R));
            for &[number, vector] in pieces {
                let mut numbers = self.numbers.offset(number);
                let mut vectors = own.offset(vector);
                for _ in 0..steps {
                    add_outer_product(vectors, numbers, &offsets, last, &mut sums);
                    numbers = numbers.wrapping_offset(number_step);
                    vectors = vectors.wrapping_offset(vector_step);
                }
            }
            let rows = self.rows.get_unchecked(line..line + R);
            let lines = |i: usize| self.c.add(begin).offset(*rows.get_unchecked(i));
            store(sums, last, accumulate, lines);
        }
    }
}
