//! The vectors that matrix products are written in, one type for each instruction set.
//!
//! The types of x86 and of aarch64 call intrinsics: every method is `#[inline(always)]`, so that the
//! calls end up inside the function that [`Vector::enter`] compiles for the instruction set.

use std::marker::PhantomData;
use std::ops::{Add, Mul};

use crate::simd::{Isa, Job, prefetch};

#[cfg(not(target_arch = "aarch64"))]
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(not(target_arch = "aarch64"))]
pub(super) use lanes::{Lanes, MulAdd};
#[cfg(target_arch = "aarch64")]
pub(super) use neon::{NeonF32, NeonF64};
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// A number that matrix products are made of: `f32` or `f64`.
pub trait Element: Copy + Default + PartialEq + Add<Output = Self> + Mul<Output = Self> + 'static {
    /// The vectors that every processor of the target has.
    type Portable: Vector<Element = Self>;
    /// The vectors of AVX2.
    #[cfg(target_arch = "x86_64")]
    type Avx2: Vector<Element = Self>;
    /// The vectors of AVX-512.
    #[cfg(target_arch = "x86_64")]
    type Avx512: Vector<Element = Self>;
    /// The best instruction set up to `isa` that there are vectors of these for.
    fn limit(isa: Isa) -> Isa {
        isa
    }
}

/// Some numbers that are worked on together.
///
/// # Safety
///
/// The methods may only run where the processor has the instruction set, and the pointers
/// must be valid for the elements that are read or written; they need no alignment.
pub trait Vector: Copy {
    /// What the vector holds.
    type Element: Element;
    /// Which lanes take part in a partial load or store.
    type Mask: Copy;
    /// How many elements the vector holds; at most [`MAX_LANES`].
    const LANES: usize;
    /// How many vector registers the processor has.
    const REGISTERS: usize;

    /// Runs `job` in a function that is compiled for the instruction set. (Isa::run would compile
    /// it for every other instruction set too, and the intrinsics do not fit in those.)
    unsafe fn enter<J: Job>(job: J) -> J::Output;
    /// The mask of the first `n` lanes, 0 < n <= LANES.
    unsafe fn first(n: usize) -> Self::Mask;
    /// Zero in every lane.
    unsafe fn zero() -> Self;
    /// The element at `p` in every lane.
    unsafe fn splat(p: *const Self::Element) -> Self;
    /// Asks the cache for what lies at `p`, which may be anywhere.
    #[inline(always)]
    fn prefetch(p: *const Self::Element) {
        prefetch(p.cast());
    }
    /// LANES elements from `p` on.
    unsafe fn load(p: *const Self::Element) -> Self;
    /// The elements of the lanes in `mask`, zero in the others, which are not touched.
    unsafe fn load_partial(p: *const Self::Element, mask: Self::Mask) -> Self;
    /// Writes all lanes.
    unsafe fn store(self, p: *mut Self::Element);
    /// Writes the lanes in `mask` and touches no others.
    unsafe fn store_partial(self, p: *mut Self::Element, mask: Self::Mask);
    /// `self + x`.
    unsafe fn add(self, x: Self) -> Self;
    /// `self + x * y`, rounded once where the instruction set can.
    unsafe fn add_product(self, x: Self, y: Self) -> Self;
    /// The sums over the lanes of four vectors.
    unsafe fn sum_four(vectors: [Self; 4]) -> [Self::Element; 4];
    /// Reads four elements from each of LANES lines that are `stride` apart, and returns the
    /// first elements of all lines, their second elements, and so on.
    unsafe fn turn(p: *const Self::Element, stride: isize) -> [Self; 4];
}

/// Vectors whose lanes can be compared.
///
/// # Safety
///
/// As for [`Vector`].
pub trait Compared: Vector {
    /// For each lane, whether something is so.
    type Choice: Copy;
    /// Whether lanes are greater than those of `x`; what is no number is greater than all that are.
    unsafe fn above(self, x: Self) -> Self::Choice;
    /// Whether lanes are equal to those of `x`.
    unsafe fn equal(self, x: Self) -> Self::Choice;
    /// The lanes of `self` where `choice` is true, those of `other` elsewhere.
    unsafe fn or(self, choice: Self::Choice, other: Self) -> Self;
}

/// A number that can be compared: `f32` or `f64`.
#[cfg(target_arch = "x86_64")]
pub trait Ordered: Element<Portable: Compared, Avx2: Compared, Avx512: Compared> {}
/// A number that can be compared: `f32` or `f64`.
#[cfg(not(target_arch = "x86_64"))]
pub trait Ordered: Element<Portable: Compared> {}
impl Ordered for f32 {}
impl Ordered for f64 {}

/// The most lanes that any vector has.
pub const MAX_LANES: usize = 16;

/// Work that is written in vectors of any instruction set.
pub(crate) trait VectorJob<T: Element> {
    /// Does the work.
    ///
    /// # Safety
    /// The processor has the vectors' instruction set, and whatever the work itself asks for.
    unsafe fn run<V: Vector<Element = T>>(self);
}

/// The same for work that compares.
pub(crate) trait ComparedJob<T: Ordered> {
    /// Does the work.
    ///
    /// # Safety
    /// As for [`VectorJob::run`].
    unsafe fn run<V: Compared<Element = T>>(self);
}

/// Runs a job, as `$entered`, in the best vectors of `$t` up to those of `$isa` that the processor has.
macro_rules! in_best_vectors {
    ($t:ident, $isa:expr, $entered:ident, $job:expr) => {
        // A processor that lacks the instruction set must not meet its intrinsics.
        match $t::limit($isa.min(Isa::best())) {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the processor has the instruction set.
            Isa::Avx512 | Isa::Amx => unsafe {
                $t::Avx512::enter($entered::<$t::Avx512, _>($job, PhantomData))
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Isa::Avx2 => unsafe { $t::Avx2::enter($entered::<$t::Avx2, _>($job, PhantomData)) },
            // SAFETY: every processor has what the portable copy is compiled for.
            _ => unsafe { $t::Portable::enter($entered::<$t::Portable, _>($job, PhantomData)) },
        }
    };
}

/// Runs `job` in the best vectors up to those of `isa` that the processor has.
///
/// # Safety
/// Whatever the work asks for.
pub(crate) unsafe fn enter<T: Element>(isa: Isa, job: impl VectorJob<T>) {
    in_best_vectors!(T, isa, Entered, job)
}

/// The same for work that compares.
///
/// # Safety
/// Whatever the work asks for.
pub(crate) unsafe fn enter_compared<T: Ordered>(isa: Isa, job: impl ComparedJob<T>) {
    in_best_vectors!(T, isa, EnteredCompared, job)
}

/// A job for vectors `V`.
struct Entered<V, J>(J, PhantomData<V>);

impl<V: Vector, J: VectorJob<V::Element>> Job for Entered<V, J> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: `enter` has found the instruction set, and its caller vouches for the rest.
        unsafe { self.0.run::<V>() }
    }
}

/// A job that compares, for vectors `V`.
struct EnteredCompared<V, J>(J, PhantomData<V>);

impl<V: Compared<Element: Ordered>, J: ComparedJob<V::Element>> Job for EnteredCompared<V, J> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: as above.
        unsafe { self.0.run::<V>() }
    }
}

impl Element for f32 {
    #[cfg(target_arch = "aarch64")]
    type Portable = NeonF32;
    #[cfg(not(target_arch = "aarch64"))]
    type Portable = Lanes<f32, 4>;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = Avx2F32;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = Avx512F32;
}

impl Element for f64 {
    #[cfg(target_arch = "aarch64")]
    type Portable = NeonF64;
    #[cfg(not(target_arch = "aarch64"))]
    type Portable = Lanes<f64, 2>;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = Avx2F64;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = Avx512F64;
}
