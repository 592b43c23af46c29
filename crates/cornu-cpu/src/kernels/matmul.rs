//! One matrix product, `c[m, n] (= | +=) sum_k a[m, k] * b[k, n]`, on one thread or in parts.
//!
//! Everything is made of two inner loops. `Outer` keeps a block of the result in registers
//! and adds one outer product per step: vectors of one operand times single numbers of the
//! other. `Inner` multiplies vectors that run along k and sums their lanes at the end.
//! [`Product::path`] chooses which loop runs over which operand, and what is repacked first.
//!
//! No path allocates memory, and the bits of a result depend on the [`Product`] and the
//! instruction set alone: neither on threads, nor on where the operands lie in memory.

use std::fmt;
use std::ops::Range;

use crate::simd::{Isa, Job};

mod gathered;
mod outer;
mod pack;
mod pair;
#[cfg(test)]
mod tests;
mod vector;
pub(crate) use gathered::{Gathered, scratch_len};
pub(crate) use pair::Pair;
pub(crate) use vector::{
    Compared, ComparedJob, MAX_LANES, Ordered, Vector, VectorJob, enter, enter_compared,
};

pub use vector::Element;

use outer::Outer;
use pack::{line_stride, pack};

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

/// The columns of the widest panel.
const PANEL_WIDTH: usize = MAX_VECTORS * MAX_LANES;

/// The most elements by which a packed line that runs along k is longer than k; see [`line_stride`].
const LINE_PADDING: usize = 3 * MAX_LANES;

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

/// How many steps of k ahead an operand that lies in memory with large strides is fetched: the
/// processor foresees only strides within a page.
const PREFETCH_STEPS: isize = 12;

/// Lines for which rows are read in the order in which they lie: so few that memory takes longer than
/// arithmetic.
const FEW_LINES: usize = 4;

/// Rows that are read at the same time then.
const FEW_STEPS: usize = 16;

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
        let long = if n == 1 { 8 } else { 32 };
        if a_column == 1 && b_row == 1 && k >= long && m.min(n) <= NARROW {
            return Path::Dots;
        }
        // The weight gradient of a narrow layer, transpose(x) times dy: vectors along n would be
        // mostly empty, those along m are full. Turning the result costs some steps of k.
        if a_row == 1 && n < NARROW && m >= 2 * n && k >= 16 {
            return Path::Columns;
        }
        // A narrow layer, x times w: again full vectors instead of those along n. Turning `b`
        // costs as much as some rows do, and summing lanes as much as some steps of k.
        if a_column == 1 && n < NARROW && n > 1 && k >= 64 && m >= 32 {
            return Path::PackedDots;
        }
        // Packing a panel costs about as much as the product of 8 rows. It pays where many rows use
        // the panel and the vectors of `b` would lie across cache lines or jump from page to page.
        let aligned = n.is_multiple_of(NARROW) && (n <= 2 * NARROW || k * n <= 4096);
        if (b_column == 1 || n == 1) && (m <= 32 || n == 1 || aligned) {
            return Path::Rows;
        }
        Path::Panels
    }

    /// Whether Panels repacks `a` too: reading it across its memory, each step of k far from the one
    /// before, is slow where it is done for many panels, and slowest where the stride is a power of 2.
    fn packs_both(&self) -> bool {
        self.a_strides[1].unsigned_abs() >= 256 && self.n >= 4 * PANEL_WIDTH
    }

    /// How many multiplications and additions the product takes.
    pub fn flops(&self) -> usize {
        2 * self.m * self.n * self.k
    }

    /// How many elements of scratch memory [`Product::run_part`] wants.
    pub fn scratch_len(&self) -> usize {
        self.scratch_on(self.path())
    }

    fn scratch_on(&self, path: Path) -> usize {
        match path {
            Path::Nothing | Path::Rows | Path::Columns | Path::Dots => 0,
            Path::Panels => {
                let steps = self.k.min(PANEL_DEPTH);
                let lines = if self.packs_both() { self.m.min(PANEL_ROWS) } else { 0 };
                steps * PANEL_WIDTH + lines * (steps + LINE_PADDING) + ALIGNMENT
            }
            Path::PackedDots => self.n * (self.k.min(DOT_DEPTH) + LINE_PADDING) + ALIGNMENT,
        }
    }

    /// How many parts the product is split into, in rows and in columns.
    fn grid(&self) -> [Split; 2] {
        let wanted = (self.flops() / PART_FLOPS).clamp(1, MAX_PARTS);
        if wanted == 1 {
            return [Split::new(self.m, 1, 16), Split::new(self.n, 1, PANEL_WIDTH)];
        }
        // Each part packs for itself, so that it wants rows that share what it packed, and Columns
        // reads a piece of each row of memory, which should not be short. Wide products are
        // first cut into tiles, tall ones into rows alone.
        let fewest = if self.path() == Path::Columns { 256 } else { 64 };
        let tall_parts = wanted.min(self.m / 256).max(1);
        let column_parts = (wanted / tall_parts).min(self.n / 96).max(1);
        let row_parts = (wanted / column_parts).min(self.m / fewest).max(1);
        [Split::new(self.m, row_parts, 16), Split::new(self.n, column_parts, PANEL_WIDTH)]
    }

    /// How many independent parts the product is split into; depends on the shape alone.
    pub fn parts(&self) -> usize {
        let [rows, columns] = self.grid();
        rows.parts * columns.parts
    }

    /// The block of `c` that part `i` computes. Parts that share rows follow each other.
    pub fn part(&self, i: usize) -> Part {
        let [rows, columns] = self.grid();
        if rows.parts * columns.parts == 1 {
            return Part { rows: 0..self.m, columns: 0..self.n };
        }
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
        let packs_both = path == Path::Panels && self.packs_both();
        let scratch_len = self.scratch_on(path);
        assert!(scratch.len() >= scratch_len, "scratch memory is too short");
        let Part { rows, columns } = self.part(part);
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
                if scratch_len == 0 { scratch } else { scratch.add(scratch.align_offset(64)) },
            )
        };
        // SAFETY: as the caller vouches.
        unsafe { enter(isa, Operands { product, path, packs_both, a, b, c, scratch }) }
    }
}

/// A part of a product, before it is known in which vectors it runs.
struct Operands<T> {
    product: Product,
    path: Path,
    packs_both: bool,
    a: *const T,
    b: *const T,
    c: *mut T,
    scratch: *mut T,
}

impl<T: Element> VectorJob<T> for Operands<T> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = T>>(self) {
        let Operands { product, path, packs_both, a, b, c, scratch } = self;
        Block::<V> { product, path, packs_both, a, b, c, scratch }.run()
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
    /// [`Product::packs_both`] of the whole product, and only where the path is Panels.
    packs_both: bool,
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
                Path::Rows | Path::Panels | Path::Columns => self.outer_products(),
                Path::Dots | Path::PackedDots => self.inner_products(),
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

    /// The paths that are made of [`Outer`]: Rows, Panels and Columns.
    #[inline(always)]
    unsafe fn outer_products(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        let (packed, turned) = (self.path == Path::Panels, self.path == Path::Columns);
        // What is cut into vectors, by step of k and along the vector; what gives single numbers.
        let (vectors, [vector_step, along], width) =
            if turned { (self.a, [a_strides[1], a_strides[0]], m) } else { (self.b, b_strides, n) };
        let (numbers, [number_step, number_stride], lines) =
            if turned { (self.b, b_strides, n) } else { (self.a, [a_strides[1], a_strides[0]], m) };
        let (c_width_stride, c_line_stride) = if turned { (c_row_stride, 1) } else { (1, c_row_stride) };
        let across = if V::REGISTERS < 32 || turned && lines > 8 { 2 } else { MAX_VECTORS };
        // Long rows that few lines want are read once, a few at a time from end to end; other rows strip by
        // strip; the other paths come back to what they have read.
        let in_order = !packed && !turned && along == 1 && lines <= FEW_LINES && width >= 4 * PANEL_WIDTH;
        let most_steps = match (packed || turned, in_order) {
            (true, _) => PANEL_DEPTH,
            (_, true) => FEW_STEPS,
            _ => usize::MAX,
        };
        let packs_both = self.packs_both;
        let most_lines = if packed { PANEL_ROWS } else { usize::MAX };
        for (line, lines) in chunks(lines, 1, most_lines) {
            for (start, steps) in chunks(k, 1, most_steps) {
                // SAFETY: the chunks lie inside the matrices. What is packed of `a` takes lines * stride
                // elements of scratch memory after those of the panel.
                let (numbers, number_step, number_stride) = unsafe {
                    let from = numbers.offset(line as isize * number_stride + start as isize * number_step);
                    if packs_both {
                        let stride = line_stride::<V>(steps);
                        let to = self.scratch.add(k.min(PANEL_DEPTH) * PANEL_WIDTH);
                        pack::<V>(from, a_strides, lines, steps, to, stride);
                        (to.cast_const(), 1, stride as isize)
                    } else {
                        (from, number_step, number_stride)
                    }
                };
                let all = width;
                for (begin, width) in chunks(all, V::LANES, across) {
                    let padded = width.next_multiple_of(V::LANES);
                    // SAFETY: the chunks lie inside the matrices. A panel takes steps * padded
                    // elements of scratch memory, at most PANEL_DEPTH * PANEL_WIDTH.
                    unsafe {
                        let from = vectors.offset(start as isize * vector_step + begin as isize * along);
                        if packed {
                            pack::<V>(from, b_strides, steps, width, self.scratch, padded);
                        }
                        let to = begin as isize * c_width_stride + line as isize * c_line_stride;
                        let fetches_next = packed || in_order;
                        let (fetch, fetch_step) = if !fetches_next {
                            (from.wrapping_offset(PREFETCH_STEPS * vector_step), vector_step)
                        } else if along != 1 {
                            (self.scratch.cast_const(), 0)
                        } else if begin + width < all {
                            (from.wrapping_add(width), vector_step)
                        } else {
                            (
                                from.wrapping_sub(begin).wrapping_offset(steps as isize * vector_step),
                                vector_step,
                            )
                        };
                        Outer::<V> {
                            steps,
                            vectors: if packed { self.scratch } else { from },
                            vector_step: if packed { padded as isize } else { vector_step },
                            width,
                            numbers,
                            number_step,
                            number_stride,
                            lines,
                            c: self.c.offset(to),
                            c_stride: c_row_stride,
                            turned,
                            accumulate: accumulate || start > 0,
                            fetch,
                            fetch_step,
                            fetches_next,
                        }
                        .run();
                    }
                }
            }
        }
    }

    /// The paths that are made of [`Inner`]: Dots and PackedDots.
    #[inline(always)]
    unsafe fn inner_products(self) {
        let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = self.product;
        let packed = self.path == Path::PackedDots;
        for (start, steps) in chunks(k, 1, DOT_DEPTH) {
            let padded = line_stride::<V>(steps);
            // SAFETY: steps from `start` on exist in a and b; the columns take n * padded elements of
            // scratch memory, at most n * (DOT_DEPTH + LINE_PADDING) where k is that long.
            unsafe {
                let mut rows = (self.a.add(start), a_strides[0], m, c_row_stride);
                let mut columns = (self.b.offset(start as isize * b_strides[0]), b_strides[1], n, 1);
                if packed {
                    pack::<V>(columns.0, [b_strides[1], b_strides[0]], n, steps, self.scratch, padded);
                    (columns.0, columns.1) = (self.scratch, padded as isize);
                } else if m < n {
                    // The loops want the longer side as their outer one.
                    (rows, columns) = (columns, rows);
                }
                Inner::<V> {
                    steps,
                    x: rows.0,
                    x_stride: rows.1,
                    x_lines: rows.2,
                    y: columns.0,
                    y_stride: columns.1,
                    y_lines: columns.2,
                    c: self.c,
                    c_strides: [rows.3, columns.3],
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
                    self.strip::<4, 2, 1>(x, c);
                    i += 4;
                } else {
                    self.strip::<1, 4, 2>(x, c);
                    i += 1;
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn strip<const R: usize, const FEW: usize, const MANY: usize>(
        &self,
        x: *const V::Element,
        c: *mut V::Element,
    ) {
        let most = if V::REGISTERS >= 32 { 5 } else { 2 };
        for (j, lines) in chunks(self.y_lines, 1, most) {
            // SAFETY: the chunks cover the lines of y.
            unsafe {
                let y = self.y.offset(j as isize * self.y_stride);
                let c = c.offset(j as isize * self.c_strides[1]);
                match lines {
                    1 => self.block::<R, 1, FEW>(x, y, c),
                    2 => self.block::<R, 2, MANY>(x, y, c),
                    3 if most >= 3 => self.block::<R, 3, MANY>(x, y, c),
                    4 if most >= 4 => self.block::<R, 4, MANY>(x, y, c),
                    5 if most >= 5 => self.block::<R, 5, MANY>(x, y, c),
                    _ => unreachable!("a block has at most five lines of y"),
                }
            }
        }
    }

    /// R lines of x by C lines of y, with U separate sums as in [`Outer::block`].
    #[inline(always)]
    unsafe fn block<const R: usize, const C: usize, const U: usize>(
        &self,
        x: *const V::Element,
        y: *const V::Element,
        c: *mut V::Element,
    ) {
        // SAFETY: the caller vouches for `steps` numbers of R and C lines; the last vector of a
        // line is masked where it is not whole.
        unsafe {
            let mut sums = [[[V::zero(); R]; C]; U];
            let mut k = 0;
            while k + U * V::LANES <= self.steps {
                for (i, sums) in sums.iter_mut().enumerate() {
                    self.step(x.add(k + i * V::LANES), y.add(k + i * V::LANES), None, sums);
                }
                k += U * V::LANES;
            }
            while k < self.steps {
                let last = V::first(V::LANES.min(self.steps - k));
                self.step(x.add(k), y.add(k), Some(last), &mut sums[0]);
                k += V::LANES;
            }
            let mut block = sums[0];
            for sums in &sums[1..] {
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
