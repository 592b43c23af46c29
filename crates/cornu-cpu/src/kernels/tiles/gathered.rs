//! Sums of products in tiles whose operands lie in pieces: convolutions of bfloat16.

use super::registers::{Block, Registers, Steps, interleave};
use super::{ALIGNMENT, BLOCK, ISA, PAIRS, Turn};
use crate::kernels::matmul::{Gathered, Vector, VectorJob, enter};
use crate::simd::Job;
use half::bf16;

/// What scratch memory holds, in pairs: packed lines, packed columns, sums.
struct Layout {
    /// Pairs of steps, a multiple of PAIRS.
    pairs: usize,
    lines: usize,
    columns: usize,
}

impl Layout {
    /// For so many steps, lines and columns that are packed at the same time.
    fn new(steps: usize, lines: usize, columns: usize) -> Layout {
        let whole = |n: usize| n.next_multiple_of(BLOCK);
        Layout { pairs: steps.div_ceil(BLOCK) * PAIRS, lines: whole(lines), columns: whole(columns) }
    }

    fn len(&self) -> usize {
        (self.lines + self.columns) * self.pairs + BLOCK * BLOCK + ALIGNMENT
    }

    /// Where lines, columns and sums are.
    ///
    /// # Safety
    /// The scratch memory has [`Layout::len`] elements.
    unsafe fn split(&self, scratch: *mut u32) -> (*mut u32, *mut u32, *mut f32) {
        // SAFETY: the caller's promise; it has ALIGNMENT elements more than are used.
        unsafe {
            let lines = scratch.add(scratch.align_offset(64));
            let columns = lines.add(self.lines * self.pairs);
            (lines, columns, columns.add(self.columns * self.pairs).cast())
        }
    }
}

/// Elements of 4 bytes of scratch memory for [`rounded`] over so many steps in all, for rows of `width`.
pub(crate) fn rounded_scratch_len(steps: usize, width: usize) -> usize {
    Layout::new(steps, BLOCK, width).len()
}

/// Elements of 4 bytes of scratch memory for [`summed`] over so many steps in all, for rows of `width`.
pub(crate) fn summed_scratch_len(steps: usize, width: usize) -> usize {
    Layout::new(steps, width, BLOCK).len()
}

/// Computes the sums, each rounded once, where vectors are few and lines are many: in a layer. They do not
/// accumulate.
///
/// # Safety
/// As for [`Gathered::run`]; tiles are available, and `scratch` holds [`rounded_scratch_len`] elements.
pub(crate) unsafe fn rounded(of: &Gathered<'_, bf16>, scratch: *mut u32) {
    let Gathered { width, pieces, steps, .. } = *of;
    debug_assert!(!of.accumulate);
    let layout = Layout::new(pieces.len() * steps, BLOCK, width);
    let pairs = layout.pairs;
    // SAFETY: the caller's promises.
    unsafe {
        if pairs == 0 {
            return ISA.run(Clear { to: of.c, rows: of.rows, width });
        }
        let (lines, columns, sums) = layout.split(scratch);
        for column in (0..width).step_by(BLOCK) {
            let runs = Runs::one(BLOCK.min(width - column));
            let base = of.vectors.cast::<u16>().add(column);
            ISA.run(Panel {
                base,
                runs: &runs,
                walk: Walk::new(of, 1),
                pairs,
                to: columns.add(column * pairs),
            });
        }
        // No piece reaches what follows the last step.
        std::slice::from_raw_parts_mut(lines, layout.lines * pairs).fill(0);
        let registers = Registers::new();
        for start in (0..of.lines.len()).step_by(BLOCK) {
            let own = start..(start + BLOCK).min(of.lines.len());
            enter(ISA, PackLines { of, lines: &of.lines[own.clone()], pairs, to: lines });
            for column in (0..width).step_by(BLOCK) {
                let rows = &of.rows[own.clone()];
                let size = [rows.len(), BLOCK.min(width - column)];
                registers.multiply(Steps::packed(lines, pairs), columns.add(column * pairs), sums, size);
                let block = Block { sums, lines: size[0], columns: size[1], c: of.c.add(column) };
                registers.round(&block, |line| rows[line]);
            }
        }
    }
}

/// Computes the sums, or adds them to what is there, where vectors are many: in the gradient of a layer's
/// kernel.
///
/// # Safety
/// As for [`Gathered::run`]; tiles are available, and `scratch` holds [`summed_scratch_len`] elements.
pub(crate) unsafe fn summed(of: &Gathered<'_, bf16, f32>, scratch: *mut u32) {
    let Gathered { width, pieces, steps, .. } = *of;
    let layout = Layout::new(pieces.len() * steps, width, BLOCK);
    let pairs = layout.pairs;
    // SAFETY: the caller's promises.
    unsafe {
        if pairs == 0 {
            if !of.accumulate {
                ISA.run(Clear { to: of.c, rows: of.rows, width });
            }
            return;
        }
        let (lines, columns, sums) = layout.split(scratch);
        // The other way round: rows of the result are columns, as neighbors of those lie side by side, and
        // the vectors' columns are lines.
        for column in (0..width).step_by(BLOCK) {
            let runs = Runs::one(BLOCK.min(width - column));
            let base = of.vectors.cast::<u16>().add(column);
            ISA.run(Panel { base, runs: &runs, walk: Walk::new(of, 1), pairs, to: columns });
            for pair in (0..pairs).step_by(PAIRS) {
                let (from, to) = (columns.add(pair * BLOCK).cast_const(), lines.add(column * pairs + pair));
                enter(ISA, Turn { from, from_stride: BLOCK, lines: PAIRS, steps: BLOCK, to, stride: pairs });
            }
        }
        let registers = Registers::new();
        for start in (0..of.lines.len()).step_by(BLOCK) {
            let own = start..(start + BLOCK).min(of.lines.len());
            let runs = Runs::of(&of.lines[own.clone()]);
            let base = of.numbers.cast::<u16>();
            ISA.run(Panel { base, runs: &runs, walk: Walk::new(of, 0), pairs, to: columns });
            for column in (0..width).step_by(BLOCK) {
                let (rows, n) = (&of.rows[own.clone()], BLOCK.min(width - column));
                let size = [n, rows.len()];
                registers.multiply(Steps::packed(lines.add(column * pairs), pairs), columns, sums, size);
                enter(ISA, AddTurned { sums, rows, n, c: of.c.add(column), accumulate: of.accumulate });
            }
        }
    }
}

/// Where the steps of all pieces lie, one after the other, in one of the operands.
#[derive(Clone)]
struct Walk<'a> {
    pieces: &'a [[isize; 2]],
    side: usize,
    steps: usize,
    step: isize,
    /// The next piece, and how many steps of the one before it are left, from `at` on.
    piece: usize,
    left: usize,
    at: isize,
}

impl<'a> Walk<'a> {
    fn new<C>(of: &Gathered<'a, bf16, C>, side: usize) -> Walk<'a> {
        let Gathered { pieces, steps, step, .. } = *of;
        Walk { pieces, side, steps, step: step[side], piece: 0, left: 0, at: 0 }
    }

    #[inline(always)]
    fn next(&mut self) -> Option<isize> {
        if self.left == 0 {
            let &piece = self.pieces.get(self.piece)?;
            (self.piece, self.left, self.at) = (self.piece + 1, self.steps, piece[self.side]);
        }
        let at = self.at;
        (self.left, self.at) = (self.left - 1, at + self.step);
        Some(at)
    }
}

/// Numbers of a row of a block: runs of neighbors, each as (where it begins in the block, where in
/// memory, how many).
struct Runs {
    runs: [(usize, isize, usize); BLOCK],
    n: usize,
}

impl Runs {
    /// So many neighbors.
    fn one(n: usize) -> Runs {
        Runs { runs: [(0, 0, n); BLOCK], n: 1 }
    }

    /// At most BLOCK numbers, which lie anywhere.
    fn of(at: &[isize]) -> Runs {
        let mut runs = Runs { runs: [(0, 0, 0); BLOCK], n: 0 };
        for (i, &at) in at.iter().enumerate() {
            match runs.n.checked_sub(1).map(|last| &mut runs.runs[last]) {
                Some((_, start, n)) if *start + *n as isize == at => *n += 1,
                _ => {
                    runs.runs[runs.n] = (i, at, 1);
                    runs.n += 1;
                }
            }
        }
        runs
    }
}

/// A panel of the steps of a walk: pair by pair, with zeros at the end. What lies beside the runs stays as
/// it is: no sum of theirs is wanted.
struct Panel<'a> {
    base: *const u16,
    runs: &'a Runs,
    walk: Walk<'a>,
    pairs: usize,
    to: *mut u32,
}

impl Job for Panel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        // What a step after the last one is multiplied with.
        let zeros = [0; BLOCK];
        for i in 0..self.pairs {
            let (first, second) = (self.walk.next(), self.walk.next());
            for &(start, at, n) in &self.runs.runs[..self.runs.n] {
                // SAFETY: whoever makes it has all that runs and walk reach, and room for the panel.
                unsafe {
                    let from = |step: Option<isize>| match step {
                        Some(step) => self.base.offset(step + at),
                        None => zeros.as_ptr(),
                    };
                    let (first, second, to) = (from(first), from(second), self.to.add(i * BLOCK + start));
                    let whole = n / PAIRS * PAIRS;
                    for j in (0..whole).step_by(PAIRS) {
                        interleave(first.add(j), second.add(j), to.add(j));
                    }
                    for j in whole..n {
                        *to.add(j) = *first.add(j) as u32 | (*second.add(j) as u32) << 16;
                    }
                }
            }
        }
    }
}

/// The steps of all pieces of some lines, side by side.
struct PackLines<'a> {
    of: &'a Gathered<'a, bf16>,
    lines: &'a [isize],
    pairs: usize,
    to: *mut u32,
}

impl VectorJob<f32> for PackLines<'_> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = f32>>(self) {
        let PackLines { of, lines, pairs, to } = self;
        let (steps, step) = (of.steps, of.step[0]);
        let numbers = of.numbers.cast::<u16>();
        // Pairs are moved as if they were numbers of as many bits.
        let (whole, last) = (steps / 2 / V::LANES * V::LANES, steps / 2 % V::LANES);
        for (i, &line) in lines.iter().enumerate() {
            // SAFETY: whoever makes it has all that lines, pieces and steps reach, and room for them.
            unsafe {
                let mut to = to.add(i * pairs).cast::<u16>();
                for &[piece, _] in of.pieces {
                    let from = numbers.offset(line + piece);
                    if step == 1 && steps % 2 == 0 {
                        let (from, to) = (from.cast::<f32>(), to.cast::<f32>());
                        for at in (0..whole).step_by(V::LANES) {
                            V::load(from.add(at)).store(to.add(at));
                        }
                        if last > 0 {
                            let mask = V::first(last);
                            V::load_partial(from.add(whole), mask).store_partial(to.add(whole), mask);
                        }
                    } else {
                        for at in 0..steps {
                            *to.add(at) = *from.offset(at as isize * step);
                        }
                    }
                    to = to.add(steps);
                }
            }
        }
    }
}

/// Puts the columns of a block of sums in rows of the result, `n` numbers of each.
struct AddTurned<'a> {
    sums: *const f32,
    rows: &'a [isize],
    n: usize,
    c: *mut f32,
    accumulate: bool,
}

impl VectorJob<f32> for AddTurned<'_> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = f32>>(self) {
        let AddTurned { sums, rows, n, c, accumulate } = self;
        for (four, rows) in rows.chunks(4).enumerate() {
            for at in (0..n).step_by(V::LANES) {
                // SAFETY: whoever makes it has a block of sums, and `n` numbers of each row.
                unsafe {
                    let mask = V::first(V::LANES.min(n - at));
                    let turned = V::turn(sums.add(at * BLOCK + 4 * four), BLOCK as isize);
                    for (&row, vector) in rows.iter().zip(turned) {
                        let to = c.offset(row).add(at);
                        let sum = if accumulate { V::load_partial(to, mask).add(vector) } else { vector };
                        sum.store_partial(to, mask);
                    }
                }
            }
        }
    }
}

/// Sets rows of the result to zero.
struct Clear<'a, C> {
    to: *mut C,
    rows: &'a [isize],
    width: usize,
}

impl<C: Copy + Default> Job for Clear<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &row in self.rows {
            // SAFETY: whoever makes it has the rows.
            unsafe { std::slice::from_raw_parts_mut(self.to.offset(row), self.width) }.fill(C::default());
        }
    }
}
