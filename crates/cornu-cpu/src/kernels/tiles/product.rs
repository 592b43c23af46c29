//! Matrix products in tiles. Lines of the first operand are read where they lie, if their steps lie side
//! by side; all else is packed before.

use super::registers::{Block, Registers, Steps, interleave};
use super::{ALIGNMENT, BLOCK, ISA, PAIRS, Turn, numbers};
use crate::kernels::matmul::{Part, Product, enter};
use crate::simd::{Isa, Job};
use half::bf16;

/// Pairs of lines that are packed together, at most: they stay in the second-level cache.
const PACKED: usize = 1 << 18;

/// Products that are worth their tiles.
const FLOPS: usize = 1 << 16;

/// What scratch memory holds, in pairs: packed lines, a panel, a block on its way there, sums.
struct Layout {
    /// Pairs of steps, a multiple of PAIRS.
    pairs: usize,
    /// Lines that are packed together.
    lines: usize,
}

impl Layout {
    fn new(product: &Product, lines: usize) -> Layout {
        let pairs = product.k.div_ceil(BLOCK) * PAIRS;
        let most = (PACKED / pairs.max(1)).next_multiple_of(BLOCK).max(BLOCK);
        Layout { pairs, lines: lines.next_multiple_of(BLOCK).min(most) }
    }

    fn len(&self) -> usize {
        self.lines * self.pairs + BLOCK * self.pairs + BLOCK * PAIRS + BLOCK * BLOCK + ALIGNMENT
    }
}

/// Whether a product is computed in tiles.
pub(crate) fn fit(product: &Product, isa: Isa) -> bool {
    let Product { n, k, .. } = *product;
    n >= 4 && k >= PAIRS && product.flops() >= FLOPS && super::available(isa)
}

/// Elements of 4 bytes of scratch memory that a part needs.
pub(crate) fn scratch_len(product: &Product, part: &Part) -> usize {
    Layout::new(product, part.rows.len()).len()
}

/// Computes a part of a product.
///
/// # Safety
/// As for [`Product::run_part`]; the product fits, and `scratch` holds [`scratch_len`] elements.
pub(crate) unsafe fn run_part(
    whole: &Product,
    part: &Part,
    a: *const bf16,
    b: *const bf16,
    c: *mut bf16,
    scratch: *mut u32,
) {
    let Layout { pairs, lines: most } = Layout::new(whole, part.rows.len());
    let ([line, step], [b_step, column]) = (whole.a_strides, whole.b_strides);
    let stride = whole.c_row_stride;
    // SAFETY: the caller vouches for the operands, for the result, and for scratch memory; it has
    // ALIGNMENT elements more than the layout's pieces, and align_offset skips fewer.
    unsafe {
        let packed = scratch.add(scratch.align_offset(64));
        let panel = packed.add(most * pairs);
        let block = panel.add(BLOCK * pairs);
        let sums = block.add(BLOCK * PAIRS).cast::<f32>();
        let (row, first_column) = (part.rows.start as isize, part.columns.start as isize);
        let from = a.cast::<u16>().offset(row * line);
        let a = Lines { from, line, step, lines: part.rows.len(), steps: whole.k };
        let from = b.cast::<u16>().offset(first_column * column);
        let b = Lines { from, line: column, step: b_step, lines: part.columns.len(), steps: whole.k };
        let c = c.offset(row * stride + first_column);
        let registers = Registers::new();
        for first in (0..a.lines).step_by(most) {
            let end = (first + most).min(a.lines);
            for line in (first..end).step_by(BLOCK) {
                for pair in (a.in_place(line)..pairs).step_by(PAIRS) {
                    let to = packed.add((line - first) * pairs + pair);
                    a.pack_lines([line, 2 * pair], block, to, pairs);
                }
            }
            for column in (0..b.lines).step_by(BLOCK) {
                for pair in (0..pairs).step_by(PAIRS) {
                    b.pack_panel([column, 2 * pair], block, panel.add(pair * BLOCK));
                }
                for start in (first..end).step_by(BLOCK) {
                    let in_place = a.in_place(start);
                    let steps = |lines: *const u32, stride, pairs| Steps {
                        lines: lines.cast(),
                        stride,
                        tiles: pairs / PAIRS,
                    };
                    let rest = packed.add((start - first) * pairs + in_place).cast_const();
                    let lines = [
                        steps(a.from.offset(start as isize * line).cast(), 2 * line, in_place),
                        steps(rest, 4 * pairs as isize, pairs - in_place),
                    ];
                    let size = [BLOCK.min(end - start), BLOCK.min(b.lines - column)];
                    registers.multiply(lines, panel, sums, size);
                    let block = Block { sums, lines: size[0], columns: size[1], c: c.add(column) };
                    registers.round(&block, |line| (start + line) as isize * stride);
                }
            }
        }
    }
}

/// Some lines of an operand: numbers of 16 bits, a line's steps `step` apart.
#[derive(Clone, Copy)]
struct Lines {
    from: *const u16,
    line: isize,
    step: isize,
    lines: usize,
    steps: usize,
}

impl Lines {
    /// Pairs of steps of the block of lines from `line` on that can be read where they lie.
    fn in_place(&self, line: usize) -> usize {
        if self.step == 1 && line + BLOCK <= self.lines { self.steps / BLOCK * PAIRS } else { 0 }
    }

    /// Packs a block, from a line and a step on, line by line: lines are `stride` pairs apart.
    ///
    /// # Safety
    /// All lines and steps are there, and so is room for a block at `to`, and in `block` on the way.
    unsafe fn pack_lines(self, start: [usize; 2], block: *mut u32, to: *mut u32, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.step {
                1 => ISA.run(ByLine { of: self, start, to, stride }),
                _ => {
                    ISA.run(ByPair { of: self, start, to: block });
                    let from = block.cast_const();
                    enter(ISA, Turn { from, from_stride: BLOCK, lines: PAIRS, steps: BLOCK, to, stride });
                }
            }
        }
    }

    /// Packs a block, from a line and a step on, as a piece of a panel: pair by pair of steps.
    ///
    /// # Safety
    /// As for [`Lines::pack_lines`].
    unsafe fn pack_panel(self, start: [usize; 2], block: *mut u32, to: *mut u32) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.step {
                1 => {
                    ISA.run(ByLine { of: self, start, to: block, stride: PAIRS });
                    let from = block.cast_const();
                    enter(
                        ISA,
                        Turn { from, from_stride: PAIRS, lines: BLOCK, steps: PAIRS, to, stride: BLOCK },
                    );
                }
                _ => ISA.run(ByPair { of: self, start, to }),
            }
        }
    }
}

/// A block with each line's steps side by side.
struct ByLine {
    of: Lines,
    start: [usize; 2],
    to: *mut u32,
    stride: usize,
}

impl Job for ByLine {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Lines { from, line, step, lines, steps } = self.of;
        let n = BLOCK.min(steps.saturating_sub(self.start[1]));
        for i in 0..BLOCK {
            let own = self.start[0] + i;
            // SAFETY: `pack_lines` and `pack_panel` say what is there; a line that is not gives nothing.
            unsafe {
                let from = from.wrapping_offset(own as isize * line + self.start[1] as isize * step);
                let packed = numbers(from, step, if own < lines { n } else { 0 });
                self.to.add(i * self.stride).cast::<[u16; BLOCK]>().write(packed);
            }
        }
    }
}

/// A block with each pair of steps' lines side by side.
struct ByPair {
    of: Lines,
    start: [usize; 2],
    to: *mut u32,
}

impl Job for ByPair {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Lines { from, line, step, lines, steps } = self.of;
        let n = BLOCK.min(lines - self.start[0]);
        let from = from.wrapping_offset(self.start[0] as isize * line);
        let row = |own: usize| from.wrapping_offset(own as isize * step);
        for i in 0..PAIRS {
            let own = self.start[1] + 2 * i;
            // SAFETY: as for `ByLine`.
            unsafe {
                let to = self.to.add(i * BLOCK);
                if line == 1 && n == BLOCK && own + 1 < steps {
                    for j in (0..BLOCK).step_by(PAIRS) {
                        interleave(row(own).add(j), row(own + 1).add(j), to.add(j));
                    }
                    continue;
                }
                let padded = |own: usize| numbers(row(own), line, if own < steps { n } else { 0 });
                let (first, second) = (padded(own), padded(own + 1));
                for j in (0..BLOCK).step_by(PAIRS) {
                    interleave(first.as_ptr().add(j), second.as_ptr().add(j), to.add(j));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::dot::half::{self, parts};
    use crate::kernels::matmul::Pair;

    /// Numbers whose products have sums that are exact in any order.
    fn quarters(n: usize, seed: usize) -> Vec<bf16> {
        let of = |i: usize| bf16::from_f32(((i * 7919 + seed) % 9) as f32 / 4.0 - 1.0);
        (0..n).map(of).collect()
    }

    /// Tiles and vectors give the same, whatever lies beside operands and result.
    fn check(product: Product) {
        assert!(fit(&product, Isa::best()), "{product:?}");
        let reach = |[lines, steps]: [usize; 2], [line, step]: [isize; 2]| {
            (lines - 1) * line.unsigned_abs() + (steps - 1) * step.unsigned_abs() + 1
        };
        let a = quarters(reach([product.m, product.k], product.a_strides), 3);
        let b = quarters(reach([product.k, product.n], product.b_strides), 5);
        let len = reach([product.m, product.n], [product.c_row_stride, 1]);
        let (mut tiled, mut plain) = (vec![bf16::ONE; len], vec![bf16::ONE; len]);
        for i in 0..parts(&product) {
            let part = half::part(&product, i);
            let mut scratch = vec![u32::MAX; scratch_len(&product, &part)];
            let mut pairs = vec![Pair::default(); half::scratch_len::<bf16>(&product, &part)];
            // SAFETY: operands, results and scratch memory are as large as these ask for.
            unsafe {
                let (a, b, isa) = (a.as_ptr(), b.as_ptr(), Isa::best());
                run_part(&product, &part, a, b, tiled.as_mut_ptr(), scratch.as_mut_ptr());
                half::run_part(&product, isa, &part, a, b, plain.as_mut_ptr(), pairs.as_mut_ptr());
            }
        }
        assert!(tiled == plain, "{product:?}");
    }

    #[test]
    fn tiles_and_vectors_agree() {
        if !crate::kernels::tiles::available(Isa::best()) {
            eprintln!("skipped: this processor has no tiles");
            return;
        }
        for (m, n, k) in [
            (1, 100, 784),
            (40, 16, 96),
            (33, 64, 64),
            (64, 47, 49),
            (128, 512, 784),
            (784, 512, 128),
            (1100, 40, 600),
            (96, 700, 31),
        ] {
            let side = |x: usize| x as isize;
            let plain = Product {
                m,
                n,
                k,
                a_strides: [side(k), 1],
                b_strides: [side(n), 1],
                c_row_stride: side(n),
                accumulate: false,
            };
            for a_strides in [[side(k), 1], [1, side(m)], [side(k) + 3, 1], [2 * side(k), 2], [0, 1]] {
                for b_strides in [[side(n), 1], [1, side(k)], [1, side(k) + 5], [2 * side(n), 2]] {
                    check(Product { a_strides, b_strides, ..plain });
                }
            }
            check(Product { c_row_stride: side(n) + 7, ..plain });
        }
    }
}
