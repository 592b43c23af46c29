//! One matrix product, `c[m, n] (= | +=) sum_k a[m, k] * b[k, n]`, on one thread or in parts.
//!
//! Everything is made of two inner loops. [`outer`] keeps a block of the result in registers
//! and adds one outer product per step: vectors of one operand times single numbers of the
//! other. [`inner`] multiplies vectors that run along k and sums their lanes at the end.
//! [`Product::path`] chooses which loop runs over which operand, and what is repacked first.
//!
//! No path allocates memory, and the bits of a result depend on the [`Product`] and the
//! instruction set alone: neither on threads, nor on where the operands lie in memory.

use std::fmt;
use std::ops::Range;

use crate::simd::{Isa, Job};

mod vector;
use vector::{MAX_LANES, Vector};

pub use vector::Element;

/// The shape and the strides of one matrix product; strides count elements.
///
/// The three matrices are given by pointers to their first elements. A transpose is a pair of
/// exchanged strides, a repeated row a stride of 0. The columns of `c` are adjacent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Product {
    /// Rows of `a` and of `c`.
    pub m: usize,
    /// Columns of `b` and of `c`.
    pub n: usize,
    /// Columns of `a` and rows of `b`.
    pub k: usize,
    /// From row to row and from column to column of `a`.
    pub a_strides: [isize; 2],
    /// From row to row and from column to column of `b`.
    pub b_strides: [isize; 2],
    /// From row to row of `c`.
    pub c_row_stride: isize,
    /// Whether the product is added to `c` instead of replacing it.
    pub accumulate: bool,
}

/// The block of `c` that one part of a product computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// Rows of `c`.
    pub rows: Range<usize>,
    /// Columns of `c`.
    pub columns: Range<usize>,
}

/// How a product is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// `k` is 0, or `c` is empty: nothing is multiplied.
    Nothing,
    /// Vectors along the rows of `b`, read where they lie.
    Rows,
    /// Vectors along the rows of `b`, repacked into panels as wide as a block of registers.
    Panels,
    /// Vectors along the columns of `a`, which become columns of `c`.
    Columns,
    /// Vectors along k in both operands.
    Dots,
    /// Vectors along k; the few columns of `b` are repacked to run along k first.
    PackedDots,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Path::Nothing => "nothing",
            Path::Rows => "rows",
            Path::Panels => "packed panels",
            Path::Columns => "columns",
            Path::Dots => "dots",
            Path::PackedDots => "packed dots",
        })
    }
}

/// Up to this width the narrow side of a product wastes lanes when vectors run along it.
const NARROW: usize = 16;

/// How many steps of k are done before the sums go to `c`: what is packed for them (48 floats
/// or 24 doubles wide) stays in the second-level cache beside a block of `a`.
const PANEL_DEPTH: usize = 512;

/// The same for dot products: some rows of both operands stay in the first-level cache.
const DOT_DEPTH: usize = 1024;

/// Rows that share a packed panel before the next is packed: with PANEL_DEPTH columns they are
/// half a megabyte of `f32`, which every panel reads again from the second-level cache.
const PANEL_ROWS: usize = 256;

/// The most rows of a block; more would not fit in the general-purpose registers.
const MAX_ROWS: usize = 12;

/// The most vectors side by side in a block.
const MAX_VECTORS: usize = 3;

/// Elements that scratch memory is aligned to: 64 bytes of `f32`.
const ALIGNMENT: usize = 16;

/// Floating-point operations that are worth a part of their own.
const PART_FLOPS: usize = 1 << 20;

/// The most parts that a product is split into.
const MAX_PARTS: usize = 16;

impl Product {
    /// Which loops compute the product, from its shape and strides.
    pub fn path(&self) -> Path {
        let Product { m, n, k, a_strides: [a_row, a_column], b_strides: [b_row, b_column], .. } = *self;
        if m == 0 || n == 0 || k == 0 {
            return Path::Nothing;
        }
        // Where k is long on both sides and one side is narrow, nothing needs to be moved.
        // This is x times the transpose of a row-major matrix, a matrix times a vector included.
        if a_column == 1 && b_row == 1 && k >= 32 && m.min(n) <= NARROW {
            return Path::Dots;
        }
        // The weight gradient of a narrow layer, transpose(x) times dy: vectors along n would be
        // mostly empty, those along m are full.
        if a_row == 1 && n < NARROW && m >= 2 * n {
            return Path::Columns;
        }
        // A narrow layer, x times w: again full vectors instead of those along n. Turning `b`
        // costs as much as some rows do, and summing lanes as much as some steps of k.
        if a_column == 1 && n < NARROW && n > 1 && k >= 64 && m >= 32 {
            return Path::PackedDots;
        }
        // Packing a panel costs about as much as the product of 8 rows. It pays where many rows
        // use the panel and reading `b` directly would jump from page to page.
        if (b_column == 1 || n == 1) && (m <= 32 || n <= 2 * NARROW || k * n <= 4096) {
            return Path::Rows;
        }
        Path::Panels
    }

    /// How many multiplications and additions the product takes.
    pub fn flops(&self) -> usize {
        2 * self.m * self.n * self.k
    }

    /// How many elements of scratch memory [`Product::run_part`] wants.
    pub fn scratch_len(&self) -> usize {
        match self.path() {
            Path::Nothing | Path::Rows | Path::Columns | Path::Dots => 0,
            Path::Panels => self.k.min(PANEL_DEPTH) * MAX_VECTORS * MAX_LANES + ALIGNMENT,
            Path::PackedDots => self.n * (self.k.min(DOT_DEPTH) + 2 * MAX_LANES) + ALIGNMENT,
        }
    }

    /// How many parts the product is split into, in rows and in columns.
    fn grid(&self) -> [Split; 2] {
        let wanted = (self.flops() / PART_FLOPS).clamp(1, MAX_PARTS);
        // Each part packs for itself, so that it wants some rows to share what it packed.
        let row_parts = wanted.min(self.m / 64).max(1);
        let column_parts = (wanted / row_parts).min(self.n / 96).max(1);
        [Split::new(self.m, row_parts, 16), Split::new(self.n, column_parts, MAX_VECTORS * MAX_LANES)]
    }

    /// How many independent parts the product is split into; depends on the shape alone.
    pub fn parts(&self) -> usize {
        let [rows, columns] = self.grid();
        rows.parts * columns.parts
    }

    /// The block of `c` that part `i` computes. Parts that share rows follow each other.
    pub fn part(&self, i: usize) -> Part {
        let [rows, columns] = self.grid();
        Part { rows: rows.range(i / columns.parts), columns: columns.range(i % columns.parts) }
    }

    /// Computes part `part` of the product, for operands that begin at `a`, `b` and `c`.
    ///
    /// # Panics
    ///
    /// If `scratch` is shorter than [`Product::scratch_len`].
    ///
    /// # Safety
    ///
    /// `a` and `b` must be valid for reads, and `c` for reads and writes, of every element that
    /// the shape and the strides reach. Nothing else may write them, nor touch this part of
    /// `c`, at the same time.
    pub unsafe fn run_part<T: Element>(
        &self,
        isa: Isa,
        part: usize,
        a: *const T,
        b: *const T,
        c: *mut T,
        scratch: &mut [T],
    ) {
        let path = self.path();
        assert!(scratch.len() >= self.scratch_len(), "scratch memory is too short");
        let Part { rows, columns } = self.part(part);
        // A processor that lacks the instruction set must not meet its intrinsics.
        #[cfg(target_arch = "x86_64")]
        let isa = isa.min(Isa::best());
        #[cfg(not(target_arch = "x86_64"))]
        let isa = isa.min(Isa::Portable);
        let mut product = *self;
        (product.m, product.n) = (rows.len(), columns.len());
        let (row, column) = (rows.start as isize, columns.start as isize);
        let scratch = scratch.as_mut_ptr();
        // SAFETY: rows and columns lie inside the matrices, which the caller vouches for. Scratch
        // memory has ALIGNMENT elements more than are used, and align_offset skips fewer.
        let (a, b, c, scratch) = unsafe {
            (
                a.offset(row * self.a_strides[0]),
                b.offset(column * self.b_strides[1]),
                c.offset(row * self.c_row_stride + column),
                if self.scratch_len() == 0 { scratch } else { scratch.add(scratch.align_offset(64)) },
            )
        };
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => isa.run(Block::<T::Avx512> { product, path, a, b, c, scratch }),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => isa.run(Block::<T::Avx2> { product, path, a, b, c, scratch }),
            _ => isa.run(Block::<T::Portable> { product, path, a, b, c, scratch }),
        }
    }
}

/// A range cut into parts of equal size, but for the last.
struct Split {
    len: usize,
    step: usize,
    parts: usize,
}

impl Split {
    /// Cuts `len` into at most `parts` parts, each but the last a multiple of `unit`.
    fn new(len: usize, parts: usize, unit: usize) -> Split {
        if parts == 1 {
            return Split { len, step: len, parts: 1 };
        }
        let step = len.div_ceil(parts).next_multiple_of(unit);
        Split { len, step, parts: len.div_ceil(step) }
    }

    fn range(&self, i: usize) -> Range<usize> {
        i * self.step..((i + 1) * self.step).min(self.len)
    }
}

/// One part of a product, for vectors `V`.
struct Block<V: Vector> {
    product: Product,
    path: Path,
    a: *const V::Element,
    b: *const V::Element,
    c: *mut V::Element,
    scratch: *mut V::Element,
}

impl<V: Vector> Job for Block<V> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: run_part's caller vouches for the matrices, run_part itself for the scratch
        // memory and for the instruction set.
        unsafe {
            match self.path {
                Path::Nothing => self.nothing(),
                Path::Rows => self.rows(),
                Path::Panels => self.panels(),
                Path::Columns => self.columns(),
                Path::Dots if self.product.m < self.product.n => self.transposed_dots(),
                Path::Dots => self.dots(),
                Path::PackedDots => self.packed_dots(),
            }
        }
    }
}

impl<V: Vector> Block<V> {
    #[inline(always)]
    unsafe fn nothing(self) {
        let Product { m, n, c_row_stride, accumulate, .. } = self.product;
        if accumulate {
            return;
        }
        for i in 0..m {
            for j in 0..n {
                // SAFETY: c has m rows of n elements.
                unsafe { *self.c.offset(i as isize * c_row_stride).add(j) = V::Element::default() }
            }
        }
    }

    #[inline(always)]
    unsafe fn rows(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        // SAFETY: columns from `column` on exist in b and in c.
        for (column, width) in chunks(n, V::LANES, vectors_across::<V>()) {
            unsafe {
                Outer::<V> {
                    steps: k,
                    vectors: self.b.add(column),
                    vector_step: b_strides[0],
                    width,
                    numbers: self.a,
                    number_step: a_strides[1],
                    number_stride: a_strides[0],
                    lines: m,
                    c: self.c.add(column),
                    c_stride: c_row_stride,
                    turned: false,
                    accumulate,
                }
                .run();
            }
        }
    }

    #[inline(always)]
    unsafe fn columns(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        // The columns of `a` that a pass over k touches stay in the cache for the next pass.
        for (start, steps) in chunks(k, 1, PANEL_DEPTH) {
            for (row, width) in chunks(m, V::LANES, vectors_across::<V>().min(2)) {
                // SAFETY: rows from `row` on exist in a and c, steps from `start` on in a and b.
                unsafe {
                    Outer::<V> {
                        steps,
                        vectors: self.a.add(row).offset(start as isize * a_strides[1]),
                        vector_step: a_strides[1],
                        width,
                        numbers: self.b.offset(start as isize * b_strides[0]),
                        number_step: b_strides[0],
                        number_stride: b_strides[1],
                        lines: n,
                        c: self.c.offset(row as isize * c_row_stride),
                        c_stride: c_row_stride,
                        turned: true,
                        accumulate: accumulate || start > 0,
                    }
                    .run();
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn panels(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        for (row, lines) in chunks(m, 1, PANEL_ROWS) {
            for (start, steps) in chunks(k, 1, PANEL_DEPTH) {
                for (column, width) in chunks(n, V::LANES, vectors_across::<V>()) {
                    let padded = width.next_multiple_of(V::LANES);
                    // SAFETY: all ranges lie inside the matrices; the panel takes steps * padded
                    // elements, at most PANEL_DEPTH * MAX_VECTORS * MAX_LANES.
                    unsafe {
                        let b = self.b.offset(start as isize * b_strides[0] + column as isize * b_strides[1]);
                        pack::<V>(b, b_strides, steps, width, self.scratch, padded);
                        Outer::<V> {
                            steps,
                            vectors: self.scratch,
                            vector_step: padded as isize,
                            width,
                            numbers: self.a.offset(row as isize * a_strides[0] + start as isize * a_strides[1]),
                            number_step: a_strides[1],
                            number_stride: a_strides[0],
                            lines,
                            c: self.c.offset(row as isize * c_row_stride).add(column),
                            c_stride: c_row_stride,
                            turned: false,
                            accumulate: accumulate || start > 0,
                        }
                        .run();
                    }
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn dots(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        for (start, steps) in chunks(k, 1, DOT_DEPTH) {
            // SAFETY: steps from `start` on exist in a and b.
            unsafe {
                Inner::<V> {
                    steps,
                    x: self.a.add(start),
                    x_stride: a_strides[0],
                    x_lines: m,
                    y: self.b.add(start),
                    y_stride: b_strides[1],
                    y_lines: n,
                    c: self.c,
                    c_strides: [c_row_stride, 1],
                    accumulate: accumulate || start > 0,
                }
                .run();
            }
        }
    }

    /// Dots for more columns than rows: the loops want the longer side as their outer one.
    #[inline(always)]
    unsafe fn transposed_dots(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        for (start, steps) in chunks(k, 1, DOT_DEPTH) {
            // SAFETY: steps from `start` on exist in a and b.
            unsafe {
                Inner::<V> {
                    steps,
                    x: self.b.add(start),
                    x_stride: b_strides[1],
                    x_lines: n,
                    y: self.a.add(start),
                    y_stride: a_strides[0],
                    y_lines: m,
                    c: self.c,
                    c_strides: [1, c_row_stride],
                    accumulate: accumulate || start > 0,
                }
                .run();
            }
        }
    }

    #[inline(always)]
    unsafe fn packed_dots(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        for (start, steps) in chunks(k, 1, DOT_DEPTH) {
            // An odd number of vectors keeps the columns out of each other's cache sets.
            let padded = steps.next_multiple_of(2 * V::LANES) + V::LANES;
            // SAFETY: steps from `start` on exist in a and b; the columns take n * padded elements of
            // scratch memory, at most n * (DOT_DEPTH + 2 * MAX_LANES) where k is that long.
            unsafe {
                let b = self.b.offset(start as isize * b_strides[0]);
                pack::<V>(b, [b_strides[1], b_strides[0]], n, steps, self.scratch, padded);
                Inner::<V> {
                    steps,
                    x: self.a.add(start),
                    x_stride: a_strides[0],
                    x_lines: m,
                    y: self.scratch,
                    y_stride: padded as isize,
                    y_lines: n,
                    c: self.c,
                    c_strides: [c_row_stride, 1],
                    accumulate: accumulate || start > 0,
                }
                .run();
            }
        }
    }
}

/// Cuts `len` into nearly equal chunks of at most `most` units of `unit`; gives start and length.
#[inline(always)]
fn chunks(len: usize, unit: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let units = len.div_ceil(unit);
    let n_chunks = units.div_ceil(most);
    // The first `longer` chunks have one unit more than the others.
    let (each, longer) = (units / n_chunks.max(1), units % n_chunks.max(1));
    let mut start = 0;
    (0..n_chunks).map(move |i| {
        let chunk = (start, ((each + usize::from(i < longer)) * unit).min(len - start));
        start += chunk.1;
        chunk
    })
}

/// Copies element [i, j] of `from` to `to[i * to_stride + j]`, with zeros up to a whole vector.
#[inline(always)]
unsafe fn pack<V: Vector>(
    from: *const V::Element,
    [row_stride, column_stride]: [isize; 2],
    rows: usize,
    columns: usize,
    to: *mut V::Element,
    to_stride: usize,
) {
    let padded = columns.next_multiple_of(V::LANES);
    let mut column = 0;
    while column < padded {
        let width = V::LANES.min(columns - column);
        // SAFETY: rows * columns elements of `from` may be read, rows * padded ones of `to` be
        // written; whole vectors and groups of four are only read where all of them exist.
        unsafe {
            let from = from.offset(column as isize * column_stride);
            let to = to.add(column);
            if column_stride == 1 {
                let mask = V::first(width);
                for row in 0..rows {
                    let vector = V::load_partial(from.offset(row as isize * row_stride), mask);
                    vector.store(to.add(row * to_stride));
                }
            } else if row_stride == 1 && rows >= 4 && width == V::LANES {
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

/// How many vectors stand side by side in a block of [`Outer`].
#[inline(always)]
fn vectors_across<V: Vector>() -> usize {
    if V::REGISTERS >= 32 { MAX_VECTORS } else { 2 }
}

/// How many lines a block of [`Outer`] has: three quarters of the registers hold sums, the
/// others what is multiplied.
#[inline(always)]
const fn most_lines<V: Vector>(vectors: usize) -> usize {
    let lines = V::REGISTERS * 3 / 4 / vectors;
    if lines < MAX_ROWS { lines } else { MAX_ROWS }
}

/// A strip of the result as a sum of outer products, one for each step of k: `width` adjacent
/// numbers, which make up to [`MAX_VECTORS`] vectors, times `lines` single numbers.
struct Outer<V: Vector> {
    steps: usize,
    vectors: *const V::Element,
    vector_step: isize,
    width: usize,
    numbers: *const V::Element,
    number_step: isize,
    number_stride: isize,
    lines: usize,
    c: *mut V::Element,
    c_stride: isize,
    /// Whether vectors run along the columns of `c`, across its rows.
    turned: bool,
    accumulate: bool,
}

impl<V: Vector> Outer<V> {
    #[inline(always)]
    unsafe fn run(mut self) {
        // SAFETY: as for the whole strip, which the caller vouches for.
        unsafe {
            match self.width.div_ceil(V::LANES) {
                1 => self.strip::<1>(),
                2 => self.strip::<2>(),
                _ => self.strip::<3>(),
            }
        }
    }

    #[inline(always)]
    unsafe fn strip<const C: usize>(&mut self) {
        let most = const { most_lines::<V>(C) };
        for (_, lines) in chunks(self.lines, 1, most) {
            // SAFETY: the chunks cover the lines of the strip, which the caller vouches for.
            unsafe {
                match lines {
                    1 => self.block::<1, C>(),
                    2 => self.block::<2, C>(),
                    3 => self.block::<3, C>(),
                    4 => self.block::<4, C>(),
                    5 if most >= 5 => self.block::<5, C>(),
                    6 if most >= 6 => self.block::<6, C>(),
                    7 if most >= 7 => self.block::<7, C>(),
                    8 if most >= 8 => self.block::<8, C>(),
                    9 if most >= 9 => self.block::<9, C>(),
                    10 if most >= 10 => self.block::<10, C>(),
                    11 if most >= 11 => self.block::<11, C>(),
                    12 if most >= 12 => self.block::<12, C>(),
                    _ => unreachable!("a block has at most {MAX_ROWS} lines"),
                }
                let done = lines as isize;
                self.numbers = self.numbers.offset(done * self.number_stride);
                self.c = self.c.offset(done * if self.turned { 1 } else { self.c_stride });
            }
        }
    }

    /// R lines by C vectors of the result.
    #[inline(always)]
    unsafe fn block<const R: usize, const C: usize>(&self) {
        // Few sums would wait for each other: a multiply-add takes four cycles, and two can begin
        // in each. So short blocks add up to four steps of k separately.
        let unroll = const { if R * C <= 2 { 4 } else if R * C <= 5 { 2 } else { 1 } };
        // SAFETY: the caller vouches for `steps` steps of both operands, for `width` numbers
        // in each vector step, which `last` does not exceed, and for R lines of c.
        unsafe {
            let last = V::first(self.width - (C - 1) * V::LANES);
            let mut sums = [[[V::zero(); C]; R]; 4];
            let (mut vectors, mut numbers) = (self.vectors, self.numbers);
            for _ in 0..self.steps / unroll {
                for sums in sums.iter_mut().take(unroll) {
                    self.step(vectors, numbers, last, sums);
                    vectors = vectors.offset(self.vector_step);
                    numbers = numbers.offset(self.number_step);
                }
            }
            for _ in 0..self.steps % unroll {
                self.step(vectors, numbers, last, &mut sums[0]);
                vectors = vectors.offset(self.vector_step);
                numbers = numbers.offset(self.number_step);
            }
            let mut block = sums[0];
            for sums in sums.iter().take(unroll).skip(1) {
                for (line, sums) in block.iter_mut().zip(sums) {
                    for (sum, other) in line.iter_mut().zip(sums) {
                        *sum = sum.add(*other);
                    }
                }
            }
            if self.turned {
                self.store_turned(&block);
            } else {
                self.store(&block, last);
            }
        }
    }

    #[inline(always)]
    unsafe fn step<const R: usize, const C: usize>(
        &self,
        vectors: *const V::Element,
        numbers: *const V::Element,
        last: V::Mask,
        sums: &mut [[V; C]; R],
    ) {
        // SAFETY: as for the block; only the last vector may be partial.
        unsafe {
            let mut x = [V::zero(); C];
            for (i, x) in x.iter_mut().enumerate() {
                let vector = vectors.add(i * V::LANES);
                *x = if i == C - 1 { V::load_partial(vector, last) } else { V::load(vector) };
            }
            for (i, line) in sums.iter_mut().enumerate() {
                let number = V::splat(numbers.offset(i as isize * self.number_stride));
                for (sum, x) in line.iter_mut().zip(x) {
                    *sum = sum.add_product(x, number);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store<const R: usize, const C: usize>(&self, block: &[[V; C]; R], last: V::Mask) {
        for (i, line) in block.iter().enumerate() {
            for (j, sum) in line.iter().enumerate() {
                // SAFETY: c has R lines of `width` numbers here; only the last vector may be partial.
                unsafe {
                    let c = self.c.offset(i as isize * self.c_stride).add(j * V::LANES);
                    if j == C - 1 {
                        let sum = if self.accumulate { V::load_partial(c, last).add(*sum) } else { *sum };
                        sum.store_partial(c, last);
                    } else {
                        let sum = if self.accumulate { V::load(c).add(*sum) } else { *sum };
                        sum.store(c);
                    }
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store_turned<const R: usize, const C: usize>(&self, block: &[[V; C]; R]) {
        let block = block.as_ptr().cast::<V::Element>();
        for j in 0..self.width {
            for i in 0..R {
                // SAFETY: the block holds R lines of C vectors; c has `width` rows here, of R numbers.
                unsafe {
                    let c = self.c.offset(j as isize * self.c_stride).add(i);
                    let sum = *block.add(i * C * V::LANES + j);
                    *c = if self.accumulate { *c + sum } else { sum };
                }
            }
        }
    }
}

/// Dot products of all lines of `x` with all lines of `y`, which run along k.
struct Inner<V: Vector> {
    steps: usize,
    x: *const V::Element,
    x_stride: isize,
    x_lines: usize,
    y: *const V::Element,
    y_stride: isize,
    y_lines: usize,
    c: *mut V::Element,
    c_strides: [isize; 2],
    accumulate: bool,
}

impl<V: Vector> Inner<V> {
    #[inline(always)]
    unsafe fn run(self) {
        let mut i = 0;
        while i < self.x_lines {
            // SAFETY: lines from i on exist, four of them where four are used.
            unsafe {
                let x = self.x.offset(i as isize * self.x_stride);
                let c = self.c.offset(i as isize * self.c_strides[0]);
                if self.x_lines - i >= 4 {
                    self.strip::<4>(x, c);
                    i += 4;
                } else {
                    self.strip::<1>(x, c);
                    i += 1;
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn strip<const R: usize>(&self, x: *const V::Element, c: *mut V::Element) {
        let most = if V::REGISTERS >= 32 { 5 } else { 2 };
        for (j, lines) in chunks(self.y_lines, 1, most) {
            // SAFETY: the chunks cover the lines of y.
            unsafe {
                let y = self.y.offset(j as isize * self.y_stride);
                let c = c.offset(j as isize * self.c_strides[1]);
                match lines {
                    1 => self.block::<R, 1>(x, y, c),
                    2 => self.block::<R, 2>(x, y, c),
                    3 if most >= 3 => self.block::<R, 3>(x, y, c),
                    4 if most >= 4 => self.block::<R, 4>(x, y, c),
                    5 if most >= 5 => self.block::<R, 5>(x, y, c),
                    _ => unreachable!("a block has at most five lines of y"),
                }
            }
        }
    }

    /// R lines of x by C lines of y.
    #[inline(always)]
    unsafe fn block<const R: usize, const C: usize>(
        &self,
        x: *const V::Element,
        y: *const V::Element,
        c: *mut V::Element,
    ) {
        // As in Outer::block: enough sums that none waits for another, if registers suffice.
        let unroll = const {
            match V::REGISTERS * 5 / 8 / (R * C) {
                0 | 1 => 1,
                2 | 3 => 2,
                _ => 4,
            }
        };
        // SAFETY: the caller vouches for `steps` numbers of R and C lines; the last vector of a
        // line is masked where it is not whole.
        unsafe {
            let mut sums = [[[V::zero(); R]; C]; 4];
            let mut k = 0;
            while k + unroll * V::LANES <= self.steps {
                for (i, sums) in sums.iter_mut().enumerate().take(unroll) {
                    self.step(x.add(k + i * V::LANES), y.add(k + i * V::LANES), None, sums);
                }
                k += unroll * V::LANES;
            }
            while k < self.steps {
                let last = V::first(V::LANES.min(self.steps - k));
                self.step(x.add(k), y.add(k), Some(last), &mut sums[0]);
                k += V::LANES;
            }
            let mut block = sums[0];
            for sums in sums.iter().take(unroll).skip(1) {
                for (line, sums) in block.iter_mut().zip(sums) {
                    for (sum, other) in line.iter_mut().zip(sums) {
                        *sum = sum.add(*other);
                    }
                }
            }
            for (j, line) in block.iter().enumerate() {
                let mut four = [V::zero(); 4];
                four[..R].copy_from_slice(line);
                for (i, sum) in V::sum_four(four).into_iter().enumerate().take(R) {
                    let c = c.offset(i as isize * self.c_strides[0] + j as isize * self.c_strides[1]);
                    *c = if self.accumulate { *c + sum } else { sum };
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn step<const R: usize, const C: usize>(
        &self,
        x: *const V::Element,
        y: *const V::Element,
        mask: Option<V::Mask>,
        sums: &mut [[V; R]; C],
    ) {
        // SAFETY: as for the block.
        unsafe {
            let mut lines = [V::zero(); R];
            for (i, line) in lines.iter_mut().enumerate() {
                *line = load(x.offset(i as isize * self.x_stride), mask);
            }
            for (j, sums) in sums.iter_mut().enumerate() {
                let y = load::<V>(y.offset(j as isize * self.y_stride), mask);
                for (sum, x) in sums.iter_mut().zip(lines) {
                    *sum = sum.add_product(x, y);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn load<V: Vector>(p: *const V::Element, mask: Option<V::Mask>) -> V {
    // SAFETY: the caller vouches for the lanes in the mask, or for all.
    unsafe {
        match mask {
            None => V::load(p),
            Some(mask) => V::load_partial(p, mask),
        }
    }
}
