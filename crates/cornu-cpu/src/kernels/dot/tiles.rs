//! Products of bfloat16 in a processor's tiles (AMX): registers of 16 rows of 64 bytes, of which one
//! instruction multiplies two and adds what comes to the sums of a third.
//!
//! Sums are made block by block, of 32 lines by 32 columns, over all steps at once. Lines of the first
//! operand are read where they lie, if their steps lie side by side; all else is packed before, in pairs
//! of steps: of the first operand line by line, of the second as panels of 32 columns.

mod registers;

use super::half::Rounding;
use crate::kernels::matmul::{Part, Product, Vector, VectorJob, enter};
use crate::simd::{Isa, Job};
use half::bf16;
use registers::{Registers, Steps};

/// Lines and columns of a block of sums, and steps that a tile takes at a time.
const BLOCK: usize = 32;

/// Pairs of as many steps.
const PAIRS: usize = BLOCK / 2;

/// Pairs of lines that are packed together, at most: they stay in the second-level cache.
const PACKED: usize = 1 << 18;

/// Elements that scratch memory is aligned to: 64 bytes.
const ALIGNMENT: usize = 16;

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
pub(super) fn fit(product: &Product, isa: Isa) -> bool {
    let Product { n, k, .. } = *product;
    isa.min(Isa::best()) == Isa::Amx
        && n >= PAIRS
        && k >= PAIRS
        && product.flops() >= FLOPS
        && registers::allowed()
}

/// Elements of 4 bytes of scratch memory that a part needs.
pub(super) fn scratch_len(product: &Product, part: &Part) -> usize {
    Layout::new(product, part.rows.len()).len()
}

/// Computes a part of a product.
///
/// # Safety
/// As for [`Product::run_part`]; the product fits, and `scratch` holds [`scratch_len`] elements.
pub(super) unsafe fn run_part(
    whole: &Product,
    isa: Isa,
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
                    a.pack_lines(
                        isa,
                        [line, 2 * pair],
                        block,
                        packed.add((line - first) * pairs + pair),
                        pairs,
                    );
                }
            }
            for column in (0..b.lines).step_by(BLOCK) {
                for pair in (0..pairs).step_by(PAIRS) {
                    b.pack_panel(isa, [column, 2 * pair], block, panel.add(pair * BLOCK));
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
                    registers.multiply(lines, panel, sums);
                    isa.run(Rounding::<bf16> {
                        sums: sums.cast_const().cast(),
                        sums_stride: BLOCK,
                        c: c.offset(start as isize * stride).add(column),
                        rows: BLOCK.min(end - start),
                        columns: BLOCK.min(b.lines - column),
                        stride,
                    });
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
    unsafe fn pack_lines(self, isa: Isa, start: [usize; 2], block: *mut u32, to: *mut u32, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.step {
                1 => isa.run(ByLine { of: self, start, to, stride }),
                _ => {
                    isa.run(ByPair { of: self, start, to: block });
                    let from = block.cast_const();
                    enter(isa, Turn { from, from_stride: BLOCK, lines: PAIRS, steps: BLOCK, to, stride });
                }
            }
        }
    }

    /// Packs a block, from a line and a step on, as a piece of a panel: pair by pair of steps.
    ///
    /// # Safety
    /// As for [`Lines::pack_lines`].
    unsafe fn pack_panel(self, isa: Isa, start: [usize; 2], block: *mut u32, to: *mut u32) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.step {
                1 => {
                    isa.run(ByLine { of: self, start, to: block, stride: PAIRS });
                    let from = block.cast_const();
                    enter(
                        isa,
                        Turn { from, from_stride: PAIRS, lines: BLOCK, steps: PAIRS, to, stride: BLOCK },
                    );
                }
                _ => isa.run(ByPair { of: self, start, to }),
            }
        }
    }
}

/// The `n` numbers from `from` on, `stride` apart, and zeros after them.
///
/// # Safety
/// They are there.
#[inline(always)]
unsafe fn numbers(from: *const u16, stride: isize, n: usize) -> [u16; BLOCK] {
    // SAFETY: the caller's promise; an array needs no more alignment than its numbers.
    unsafe {
        if stride == 1 && n == BLOCK {
            return from.cast::<[u16; BLOCK]>().read();
        }
        let mut numbers = [0; BLOCK];
        for (i, number) in numbers.iter_mut().enumerate().take(n) {
            *number = *from.offset(i as isize * stride);
        }
        numbers
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
        let row = |own: usize| {
            let from = from.wrapping_offset(self.start[0] as isize * line + own as isize * step);
            // SAFETY: as for `ByLine`.
            unsafe { numbers(from, line, if own < steps { n } else { 0 }) }
        };
        for i in 0..PAIRS {
            let own = self.start[1] + 2 * i;
            let (first, second) = (row(own), row(own + 1));
            let mut pairs = [0u32; BLOCK];
            for ((pair, &first), &second) in pairs.iter_mut().zip(&first).zip(&second) {
                *pair = first as u32 | (second as u32) << 16;
            }
            // SAFETY: as for `ByLine`.
            unsafe { self.to.add(i * BLOCK).cast::<[u32; BLOCK]>().write(pairs) };
        }
    }
}

/// The transpose of a block of pairs: `lines` of `steps`, both multiples of 16.
struct Turn {
    from: *const u32,
    from_stride: usize,
    lines: usize,
    steps: usize,
    to: *mut u32,
    stride: usize,
}

/// A pair is moved as if it were a number of as many bits.
impl VectorJob<f32> for Turn {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = f32>>(self) {
        let Turn { from, from_stride, lines, steps, to, stride } = self;
        for line in (0..lines).step_by(V::LANES) {
            for step in (0..steps).step_by(4) {
                // SAFETY: whole blocks are there.
                unsafe {
                    let from = from.add(line * from_stride + step).cast::<f32>();
                    for (i, vector) in V::turn(from, from_stride as isize).into_iter().enumerate() {
                        vector.store(to.add((step + i) * stride + line).cast());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::half::{self, parts};
    use super::*;
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
                run_part(&product, isa, &part, a, b, tiled.as_mut_ptr(), scratch.as_mut_ptr());
                half::run_part(&product, isa, &part, a, b, plain.as_mut_ptr(), pairs.as_mut_ptr());
            }
        }
        assert!(tiled == plain, "{product:?}");
    }

    #[test]
    fn tiles_and_vectors_agree() {
        if Isa::best() != Isa::Amx || !registers::allowed() {
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
