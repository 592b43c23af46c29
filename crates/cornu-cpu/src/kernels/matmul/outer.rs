//! Outer products: a block of the result stays in registers while vectors times single numbers are added.

use super::vector::{MAX_LANES, Vector};
use super::{MAX_ROWS, chunks};

/// How many lines a block has: three quarters of the registers hold sums, the others what is multiplied.
#[inline(always)]
pub(super) const fn most_lines<V: Vector>(vectors: usize) -> usize {
    let lines = V::REGISTERS * 3 / 4 / vectors;
    if lines < MAX_ROWS { lines } else { MAX_ROWS }
}

/// Adds the product of C adjacent vectors and of R numbers, which begin at `offsets`, to a block of sums.
///
/// # Safety
/// All of them may be read; of the last vector, what is in its mask.
#[inline(always)]
pub(super) unsafe fn add_outer_product<V: Vector, const R: usize, const C: usize>(
    vectors: *const V::Element,
    numbers: *const V::Element,
    offsets: &[isize; R],
    last: V::Mask,
    sums: &mut [[V; C]; R],
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut x = [V::zero(); C];
        for (i, x) in x.iter_mut().enumerate() {
            let vector = vectors.add(i * V::LANES);
            *x = if i == C - 1 { V::load_partial(vector, last) } else { V::load(vector) };
        }
        for (line, offset) in sums.iter_mut().zip(offsets) {
            let number = V::splat(numbers.offset(*offset));
            for (sum, x) in line.iter_mut().zip(x) {
                *sum = sum.add_product(x, number);
            }
        }
    }
}

/// Writes a block of sums to where its lines begin, or adds it to what is there.
///
/// Two short loops instead of one with a choice inside: the compiler must unroll them, or it keeps the
/// sums in memory all along, which halves the speed.
///
/// # Safety
/// The lines have room for C vectors, of the last of which only what is in its mask is touched.
#[inline(always)]
pub(super) unsafe fn store<V: Vector, const R: usize, const C: usize>(
    mut block: [[V; C]; R],
    last: V::Mask,
    accumulate: bool,
    line_at: impl Fn(usize) -> *mut V::Element,
) {
    // SAFETY: the caller's promise.
    unsafe {
        if accumulate {
            for (i, line) in block.iter_mut().enumerate() {
                let c = line_at(i);
                for (j, sum) in line[..C - 1].iter_mut().enumerate() {
                    *sum = V::load(c.add(j * V::LANES)).add(*sum);
                }
                line[C - 1] = V::load_partial(c.add((C - 1) * V::LANES), last).add(line[C - 1]);
            }
        }
        for (i, line) in block.iter().enumerate() {
            let c = line_at(i);
            for (j, sum) in line[..C - 1].iter().enumerate() {
                sum.store(c.add(j * V::LANES));
            }
            line[C - 1].store_partial(c.add((C - 1) * V::LANES), last);
        }
    }
}

/// A strip of the result as a sum of outer products, one for each step of k: `width` adjacent
/// numbers, which make up to [`MAX_VECTORS`] vectors, times `lines` single numbers.
pub(super) struct Outer<V: Vector> {
    pub(super) steps: usize,
    pub(super) vectors: *const V::Element,
    pub(super) vector_step: isize,
    pub(super) width: usize,
    pub(super) numbers: *const V::Element,
    pub(super) number_step: isize,
    pub(super) number_stride: isize,
    pub(super) lines: usize,
    pub(super) c: *mut V::Element,
    pub(super) c_stride: isize,
    /// Whether vectors run along the columns of `c`, across its rows.
    pub(super) turned: bool,
    pub(super) accumulate: bool,
    /// What is fetched into the cache first, and how far from it each time after.
    pub(super) fetch: *const V::Element,
    pub(super) fetch_step: isize,
    /// Whether that is the next strip, which all blocks of this one fetch a part of, or what each block
    /// itself wants some steps later.
    pub(super) fetches_next: bool,
}

impl<V: Vector> Outer<V> {
    #[inline(always)]
    pub(super) unsafe fn run(mut self) {
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
        // Memory takes longer than one block's arithmetic: what is fetched for all is spread over all.
        let every = self.lines.div_ceil(most);
        for (_, lines) in chunks(self.lines, 1, most) {
            // SAFETY: the chunks cover the lines of the strip, which the caller vouches for.
            unsafe {
                let fetched = match lines {
                    1 => self.block::<1, C, 4>(every),
                    2 => self.block::<2, C, 2>(every),
                    3 => self.block::<3, C, 2>(every),
                    4 => self.block::<4, C, 1>(every),
                    5 if most >= 5 => self.block::<5, C, 1>(every),
                    6 if most >= 6 => self.block::<6, C, 1>(every),
                    7 if most >= 7 => self.block::<7, C, 1>(every),
                    8 if most >= 8 => self.block::<8, C, 1>(every),
                    9 if most >= 9 => self.block::<9, C, 1>(every),
                    10 if most >= 10 => self.block::<10, C, 1>(every),
                    11 if most >= 11 => self.block::<11, C, 1>(every),
                    12 if most >= 12 => self.block::<12, C, 1>(every),
                    _ => unreachable!("a block has at most {MAX_ROWS} lines"),
                };
                if self.fetches_next {
                    self.fetch = fetched;
                }
                let done = lines as isize;
                self.numbers = self.numbers.offset(done * self.number_stride);
                self.c = self.c.offset(done * if self.turned { 1 } else { self.c_stride });
            }
        }
    }

    /// R lines by C vectors of the result.
    ///
    /// Few sums would wait for each other: a multiply-add takes four cycles, and two can begin
    /// in each. So blocks of few lines add up U steps of k separately.
    ///
    /// The next strip is fetched once in `every` steps; returns what of it is left.
    #[inline(always)]
    unsafe fn block<const R: usize, const C: usize, const U: usize>(
        &self,
        every: usize,
    ) -> *const V::Element {
        // SAFETY: the caller vouches for `steps` steps of both operands, for `width` numbers
        // in each vector step, which `last` does not exceed, and for R lines of c.
        unsafe {
            let last = V::first(self.width - (C - 1) * V::LANES);
            let mut sums = [[[V::zero(); C]; R]; U];
            // A compiler that knew the offsets to be multiples of one stride would walk from line to
            // line by additions, which wait for each other longer than the sums do.
            let mut offsets = [0; R];
            for (i, offset) in offsets.iter_mut().enumerate().skip(1) {
                *offset = std::hint::black_box(i as isize * self.number_stride);
            }
            let (mut at, mut fetch) = ((self.vectors, self.numbers), self.fetch);
            let mut fetch_more = || {
                for i in 0..C {
                    V::prefetch(fetch.wrapping_add(i * V::LANES));
                }
                fetch = fetch.wrapping_offset(self.fetch_step);
            };
            let mut left = self.steps / U;
            if self.fetches_next {
                while left > 0 {
                    (0..U).for_each(|_| fetch_more());
                    let steps = left.min(every);
                    for _ in 0..steps {
                        for sums in &mut sums {
                            self.step(&mut at, &offsets, last, sums);
                        }
                    }
                    left -= steps;
                }
            } else {
                for _ in 0..left {
                    for sums in &mut sums {
                        fetch_more();
                        self.step(&mut at, &offsets, last, sums);
                    }
                }
            }
            for _ in 0..self.steps % U {
                self.step(&mut at, &offsets, last, &mut sums[0]);
            }
            let mut block = sums[0];
            for sums in &sums[1..] {
                for (line, sums) in block.iter_mut().zip(sums) {
                    for (sum, other) in line.iter_mut().zip(sums) {
                        *sum = sum.add(*other);
                    }
                }
            }
            if self.turned {
                self.store_turned(block);
            } else {
                let lines = |i: usize| self.c.offset(i as isize * self.c_stride);
                store(block, last, self.accumulate, lines);
            }
            fetch
        }
    }

    /// One step of k, from vectors and numbers to those of the next.
    #[inline(always)]
    unsafe fn step<const R: usize, const C: usize>(
        &self,
        (vectors, numbers): &mut (*const V::Element, *const V::Element),
        offsets: &[isize; R],
        last: V::Mask,
        sums: &mut [[V; C]; R],
    ) {
        // SAFETY: as for the block.
        unsafe {
            add_outer_product(*vectors, *numbers, offsets, last, sums);
            *vectors = vectors.offset(self.vector_step);
            *numbers = numbers.offset(self.number_step);
        }
    }

    #[inline(always)]
    unsafe fn store_turned<const R: usize, const C: usize>(&self, block: [[V; C]; R]) {
        // Turned through memory of its own: if the block itself had an address, the compiler would
        // write the sums there in every step.
        let mut copy = [[[V::Element::default(); MAX_LANES]; C]; R];
        for (line, copy) in block.iter().zip(&mut copy) {
            for (j, sum) in line.iter().enumerate() {
                // SAFETY: the line of the copy has room for C vectors, which lie LANES apart.
                unsafe { sum.store(copy.as_mut_ptr().cast::<V::Element>().add(j * V::LANES)) }
            }
        }
        for j in 0..self.width {
            for (i, line) in copy.iter().enumerate() {
                // SAFETY: a line of the copy holds `width` numbers; c has `width` rows here, of R numbers.
                unsafe {
                    let c = self.c.offset(j as isize * self.c_stride).add(i);
                    let sum = *line.as_ptr().cast::<V::Element>().add(j);
                    *c = if self.accumulate { *c + sum } else { sum };
                }
            }
        }
    }
}
