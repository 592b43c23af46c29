//! Sums of products whose operands lie in pieces: what convolutions are made of.

use super::outer::{add_outer_product, most_lines, store};
use super::vector::{Element, Vector, VectorJob, enter};
use super::{MAX_ROWS, MAX_VECTORS, chunks};
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

impl<T: Element> Gathered<'_, T> {
    /// # Safety
    /// The operands hold all that the offsets reach, and nobody else touches the result's rows.
    pub(crate) unsafe fn run(self, isa: Isa) {
        debug_assert_eq!(self.lines.len(), self.rows.len());
        // SAFETY: as the caller vouches.
        unsafe { enter(isa, self) }
    }
}

impl<T: Element> VectorJob<T> for Gathered<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = T>>(self) {
        if self.width == 1 && self.step == [1, 1] && self.steps >= V::LANES / 2 {
            // SAFETY: as the caller vouches.
            return unsafe { self.columns::<V>() };
        }
        let across = if V::REGISTERS < 32 { 2 } else { MAX_VECTORS };
        for (begin, width) in chunks(self.width, V::LANES, across) {
            // SAFETY: the chunks cover the width.
            unsafe {
                match width.div_ceil(V::LANES) {
                    1 => self.strip::<V, 1>(begin, width),
                    2 => self.strip::<V, 2>(begin, width),
                    _ => self.strip::<V, 3>(begin, width),
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

    /// All lines, of `width` columns from `begin` on, which make C vectors.
    #[inline(always)]
    unsafe fn strip<V: Vector<Element = T>, const C: usize>(&self, begin: usize, width: usize) {
        let most = const { most_lines::<V>(C) };
        for (line, lines) in chunks(self.lines.len(), 1, most) {
            // SAFETY: the chunks cover the lines.
            unsafe {
                match lines {
                    1 => self.block::<V, 1, C>(line, begin, width),
                    2 => self.block::<V, 2, C>(line, begin, width),
                    3 => self.block::<V, 3, C>(line, begin, width),
                    4 => self.block::<V, 4, C>(line, begin, width),
                    5 if most >= 5 => self.block::<V, 5, C>(line, begin, width),
                    6 if most >= 6 => self.block::<V, 6, C>(line, begin, width),
                    7 if most >= 7 => self.block::<V, 7, C>(line, begin, width),
                    8 if most >= 8 => self.block::<V, 8, C>(line, begin, width),
                    9 if most >= 9 => self.block::<V, 9, C>(line, begin, width),
                    10 if most >= 10 => self.block::<V, 10, C>(line, begin, width),
                    11 if most >= 11 => self.block::<V, 11, C>(line, begin, width),
                    12 if most >= 12 => self.block::<V, 12, C>(line, begin, width),
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
        begin: usize,
        width: usize,
    ) {
        let Gathered { steps, step: [number_step, vector_step], .. } = *self;
        // SAFETY: the caller vouches for R lines from `line` on, and for `width` numbers of each vector
        // step, which `last` does not exceed.
        unsafe {
            let last = V::first(width - (C - 1) * V::LANES);
            let mut sums = [[V::zero(); C]; R];
            let mut offsets = [0; R];
            offsets.copy_from_slice(self.lines.get_unchecked(line..line + R));
            for &[number, vector] in self.pieces {
                let mut numbers = self.numbers.offset(number);
                let mut vectors = self.vectors.add(begin).offset(vector);
                for _ in 0..steps {
                    add_outer_product(vectors, numbers, &offsets, last, &mut sums);
                    numbers = numbers.wrapping_offset(number_step);
                    vectors = vectors.wrapping_offset(vector_step);
                }
            }
            let rows = self.rows.get_unchecked(line..line + R);
            let lines = |i: usize| self.c.add(begin).offset(*rows.get_unchecked(i));
            store(sums, last, self.accumulate, lines);
        }
    }
}
