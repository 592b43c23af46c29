//! Matrix products of 16-bit floats: their numbers are packed, summed in `f32`, and rounded once.

use crate::kernels::lane::Lane;
use crate::kernels::matmul::{Element, Pair, Part, Product};
use crate::simd::{Isa, Job};
use half::{bf16, f16};

/// Floats of 16 bits, and what products are made of them as.
pub(crate) trait Half: Copy + Default {
    /// What some neighboring steps of a product become.
    type Packed: Element;
    /// How many steps that are: one or two.
    const STEPS: usize;
    fn pack(first: Self, second: Self) -> Self::Packed;
    /// Packs so many times STEPS neighboring steps.
    ///
    /// # Safety
    /// They are there, and so is room for them.
    unsafe fn pack_line(from: *const Self, to: *mut Self::Packed, n: usize);
    fn round(sum: Self::Packed) -> Self;
}

impl Half for bf16 {
    type Packed = Pair;
    const STEPS: usize = 2;
    #[inline(always)]
    fn pack(first: bf16, second: bf16) -> Pair {
        Pair::new(first, second)
    }
    #[inline(always)]
    unsafe fn pack_line(from: *const bf16, to: *mut Pair, n: usize) {
        // SAFETY: the caller's promise; a pair is two neighbors as they lie, on machines that put the
        // low half first.
        unsafe {
            if cfg!(target_endian = "little") {
                std::ptr::copy_nonoverlapping(from.cast::<u8>(), to.cast::<u8>(), 4 * n);
            } else {
                (0..n).for_each(|i| *to.add(i) = Pair::new(*from.add(2 * i), *from.add(2 * i + 1)));
            }
        }
    }
    #[inline(always)]
    fn round(sum: Pair) -> bf16 {
        sum.sum().to_bf16()
    }
}

impl Half for f16 {
    type Packed = f32;
    const STEPS: usize = 1;
    #[inline(always)]
    fn pack(first: f16, _: f16) -> f32 {
        first.to_f32()
    }
    #[inline(always)]
    unsafe fn pack_line(from: *const f16, to: *mut f32, n: usize) {
        // SAFETY: the caller's promise.
        (0..n).for_each(|i| unsafe { *to.add(i) = (*from.add(i)).to_f32() });
    }
    #[inline(always)]
    fn round(sum: f32) -> f16 {
        f16::from_f32(sum)
    }
}

/// Floating-point operations that are worth a part of their own.
const PART_FLOPS: usize = 1 << 22;

/// The most parts that a product is split into.
const MAX_PARTS: usize = 16;

/// The fewest lines of a part, and what lines are counted in.
const PART_LINES: (usize, usize) = (64, 32);

/// Whether parts are of rows, of which each takes all columns, and how many lines a part has. The longer
/// side is cut: each part packs the other one for itself.
fn cut(product: &Product) -> (bool, usize) {
    let Product { m, n, .. } = *product;
    let (fewest, unit) = PART_LINES;
    let lines = m.max(n);
    let parts = (product.flops() / PART_FLOPS).clamp(1, MAX_PARTS).min(lines / fewest).max(1);
    (m >= n, if parts == 1 { lines.max(1) } else { lines.div_ceil(parts).next_multiple_of(unit) })
}

/// How many independent parts a product of 16-bit floats is split into.
pub(crate) fn parts(product: &Product) -> usize {
    product.m.max(product.n).div_ceil(cut(product).1).max(1)
}

/// The block that part `i` computes.
pub(crate) fn part(product: &Product, i: usize) -> Part {
    let Product { m, n, .. } = *product;
    let (by_rows, lines) = cut(product);
    let own = |all: usize| (i * lines).min(all)..((i + 1) * lines).min(all);
    if by_rows { Part { rows: own(m), columns: 0..n } } else { Part { rows: 0..m, columns: own(n) } }
}

/// The product of a part's packed operands, and where they lie in scratch memory, one after the other:
/// the rows of a, the columns of b, the sums, what the product itself needs.
struct Layout {
    product: Product,
    a: usize,
    b: usize,
    c: usize,
}

impl Layout {
    fn new<H: Half>(whole: &Product, part: &Part) -> Layout {
        let (m, n, k) = (part.rows.len(), part.columns.len(), whole.k.div_ceil(H::STEPS));
        // Steps of a line lie side by side where they do so in memory.
        let a_strides = if whole.a_strides[1] == 1 { [k as isize, 1] } else { [1, m as isize] };
        let b_strides = if whole.b_strides[0] == 1 { [1, k as isize] } else { [n as isize, 1] };
        let product = Product { m, n, k, a_strides, b_strides, c_row_stride: n as isize, accumulate: false };
        Layout { product, a: m * k, b: k * n, c: m * n }
    }

    fn len(&self) -> usize {
        self.a + self.b + self.c + self.product.scratch_len()
    }
}

/// Elements of 4 bytes of scratch memory that a part needs.
pub(crate) fn scratch_len<H: Half>(product: &Product, part: &Part) -> usize {
    Layout::new::<H>(product, part).len()
}

/// Computes a part of a product.
///
/// # Safety
/// As for [`Product::run_part`]; `scratch` holds [`scratch_len`] elements.
pub(crate) unsafe fn run_part<H: Half>(
    whole: &Product,
    isa: Isa,
    part: &Part,
    a: *const H,
    b: *const H,
    c: *mut H,
    scratch: *mut H::Packed,
) {
    let layout = Layout::new::<H>(whole, part);
    let Layout { product, .. } = layout;
    let (row, column) = (part.rows.start as isize, part.columns.start as isize);
    // SAFETY: rows and columns lie inside the matrices, which the caller vouches for; the layout says
    // what lies where in scratch memory.
    unsafe {
        let (to_a, to_b, sums) = (scratch, scratch.add(layout.a), scratch.add(layout.a + layout.b));
        let [a_row, a_step] = whole.a_strides;
        let [b_step, b_column] = whole.b_strides;
        let steps = whole.k;
        let a = a.offset(row * a_row);
        isa.run(Packing { from: a, line: a_row, step: a_step, lines: product.m, steps, to: to_a });
        let b = b.offset(column * b_column);
        isa.run(Packing { from: b, line: b_column, step: b_step, lines: product.n, steps, to: to_b });
        let rest = std::slice::from_raw_parts_mut(sums.add(layout.c), product.scratch_len());
        for part in 0..product.parts() {
            product.run_part(isa, part, to_a.cast_const(), to_b.cast_const(), sums, rest);
        }
        let c = c.offset(row * whole.c_row_stride + column);
        let (rows, columns, stride) = (product.m, product.n, whole.c_row_stride);
        isa.run(Rounding::<H> { sums, c, rows, columns, stride });
    }
}

/// Packs lines of so many steps: steps beside each other where they lie so, else lines.
struct Packing<H: Half> {
    from: *const H,
    line: isize,
    step: isize,
    lines: usize,
    steps: usize,
    to: *mut H::Packed,
}

impl<H: Half> Job for Packing<H> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Packing { from, line, step, lines, steps, to } = self;
        let packed = steps.div_ceil(H::STEPS);
        let none = H::default();
        // SAFETY: the caller vouches for all steps of all lines, and for room for them.
        unsafe {
            if step == 1 {
                for i in 0..lines {
                    let (from, to) = (from.offset(i as isize * line), to.add(i * packed));
                    H::pack_line(from, to, steps / H::STEPS);
                    if !steps.is_multiple_of(H::STEPS) {
                        *to.add(packed - 1) = H::pack(*from.add(steps - 1), none);
                    }
                }
                return;
            }
            for i in 0..packed {
                let first = from.offset((i * H::STEPS) as isize * step);
                let to = std::slice::from_raw_parts_mut(to.add(i * lines), lines);
                let both = H::STEPS == 2 && i * 2 + 1 < steps;
                if line == 1 && both {
                    let second = std::slice::from_raw_parts(first.offset(step), lines);
                    let first = std::slice::from_raw_parts(first, lines);
                    for ((to, &first), &second) in to.iter_mut().zip(first).zip(second) {
                        *to = H::pack(first, second);
                    }
                    continue;
                }
                for (j, to) in to.iter_mut().enumerate() {
                    let first = first.offset(j as isize * line);
                    *to = H::pack(*first, if both { *first.offset(step) } else { none });
                }
            }
        }
    }
}

/// Rounds sums to their places.
struct Rounding<H: Half> {
    sums: *const H::Packed,
    c: *mut H,
    rows: usize,
    columns: usize,
    stride: isize,
}

impl<H: Half> Job for Rounding<H> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in 0..self.rows {
            // SAFETY: the caller vouches for the sums and for the rows of c.
            let (sums, c) = unsafe {
                let c = self.c.offset(row as isize * self.stride);
                (
                    std::slice::from_raw_parts(self.sums.add(row * self.columns), self.columns),
                    std::slice::from_raw_parts_mut(c, self.columns),
                )
            };
            c.iter_mut().zip(sums).for_each(|(c, &sum)| *c = H::round(sum));
        }
    }
}
