//! The vectors that matrix products are written in, one type for each instruction set.
//!
//! The types of x86 and of aarch64 call intrinsics: every method is `#[inline(always)]`, so that the
//! calls end up inside the function that [`Vector::enter`] compiles for the instruction set.

use std::marker::PhantomData;
use std::ops::{Add, Mul};

use crate::simd::{Isa, Job, prefetch};

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

#[cfg(not(target_arch = "aarch64"))]
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(not(target_arch = "aarch64"))]
pub(super) use lanes::{Lanes, MulAdd};
#[cfg(target_arch = "aarch64")]
pub(super) use neon::{NeonF32, NeonF64};

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

/// Runs `job` in the best vectors up to those of `isa` that the processor has.
///
/// # Safety
/// Whatever the work asks for.
pub(crate) unsafe fn enter<T: Element>(isa: Isa, job: impl VectorJob<T>) {
    // A processor that lacks the instruction set must not meet its intrinsics.
    match T::limit(isa.min(Isa::best())) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has the instruction set.
        Isa::Avx512 | Isa::Amx => unsafe { T::Avx512::enter(Entered::<T::Avx512, _>(job, PhantomData)) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx2 => unsafe { T::Avx2::enter(Entered::<T::Avx2, _>(job, PhantomData)) },
        // SAFETY: every processor has what the portable copy is compiled for.
        _ => unsafe { T::Portable::enter(Entered::<T::Portable, _>(job, PhantomData)) },
    }
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

/// Sixteen `f32` in an AVX-512 register.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx512F32(pub(super) __m512);

#[cfg(target_arch = "x86_64")]
impl Vector for Avx512F32 {
    type Element = f32;
    type Mask = __mmask16;
    const LANES: usize = 16;
    const REGISTERS: usize = 32;

    #[inline(always)]
    unsafe fn enter<J: Job>(job: J) -> J::Output {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe { avx512(job) }
    }
    #[inline(always)]
    unsafe fn first(n: usize) -> __mmask16 {
        (0xFFFF_u32 >> (16 - n)) as __mmask16
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_setzero_ps() })
    }
    #[inline(always)]
    unsafe fn splat(p: *const f32) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_set1_ps(*p) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_loadu_ps(p) })
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f32, mask: __mmask16) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_maskz_loadu_ps(mask, p) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe { _mm512_storeu_ps(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f32, mask: __mmask16) {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe { _mm512_mask_storeu_ps(p, mask, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, x: Self) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_add_ps(self.0, x.0) })
    }
    #[inline(always)]
    unsafe fn add_product(self, x: Self, y: Self) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_fmadd_ps(x.0, y.0, self.0) })
    }
    #[inline(always)]
    unsafe fn sum_four([a, b, c, d]: [Self; 4]) -> [f32; 4] {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe {
            // Each quarter: [a, b, a, b] and [c, d, c, d], then [a, b, c, d].
            let ab = _mm512_add_ps(_mm512_unpacklo_ps(a.0, b.0), _mm512_unpackhi_ps(a.0, b.0));
            let cd = _mm512_add_ps(_mm512_unpacklo_ps(c.0, d.0), _mm512_unpackhi_ps(c.0, d.0));
            let sums = _mm512_add_ps(
                _mm512_shuffle_ps::<0b01_00_01_00>(ab, cd),
                _mm512_shuffle_ps::<0b11_10_11_10>(ab, cd),
            );
            let halves = _mm256_add_ps(_mm512_castps512_ps256(sums), _mm512_extractf32x8_ps::<1>(sums));
            let sums = _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps::<1>(halves));
            std::mem::transmute::<__m128, [f32; 4]>(sums)
        }
    }
    #[inline(always)]
    unsafe fn turn(p: *const f32, stride: isize) -> [Self; 4] {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe {
            // Four lines in the quarters of each register, then a 4 x 4 transpose inside the quarters.
            let mut x = [_mm512_setzero_ps(); 4];
            for (i, x) in x.iter_mut().enumerate() {
                let p = p.offset(i as isize * stride);
                let quarters = _mm512_castps128_ps512(_mm_loadu_ps(p));
                let quarters = _mm512_insertf32x4::<1>(quarters, _mm_loadu_ps(p.offset(4 * stride)));
                let quarters = _mm512_insertf32x4::<2>(quarters, _mm_loadu_ps(p.offset(8 * stride)));
                *x = _mm512_insertf32x4::<3>(quarters, _mm_loadu_ps(p.offset(12 * stride)));
            }
            let (low01, high01) = (_mm512_unpacklo_ps(x[0], x[1]), _mm512_unpackhi_ps(x[0], x[1]));
            let (low23, high23) = (_mm512_unpacklo_ps(x[2], x[3]), _mm512_unpackhi_ps(x[2], x[3]));
            [
                Self(_mm512_shuffle_ps::<0b01_00_01_00>(low01, low23)),
                Self(_mm512_shuffle_ps::<0b11_10_11_10>(low01, low23)),
                Self(_mm512_shuffle_ps::<0b01_00_01_00>(high01, high23)),
                Self(_mm512_shuffle_ps::<0b11_10_11_10>(high01, high23)),
            ]
        }
    }
}

/// Eight `f64` in an AVX-512 register.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx512F64(__m512d);

#[cfg(target_arch = "x86_64")]
impl Vector for Avx512F64 {
    type Element = f64;
    type Mask = __mmask8;
    const LANES: usize = 8;
    const REGISTERS: usize = 32;

    #[inline(always)]
    unsafe fn enter<J: Job>(job: J) -> J::Output {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe { avx512(job) }
    }
    #[inline(always)]
    unsafe fn first(n: usize) -> __mmask8 {
        (0xFF_u32 >> (8 - n)) as __mmask8
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_setzero_pd() })
    }
    #[inline(always)]
    unsafe fn splat(p: *const f64) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_set1_pd(*p) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_loadu_pd(p) })
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f64, mask: __mmask8) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_maskz_loadu_pd(mask, p) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe { _mm512_storeu_pd(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f64, mask: __mmask8) {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe { _mm512_mask_storeu_pd(p, mask, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, x: Self) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_add_pd(self.0, x.0) })
    }
    #[inline(always)]
    unsafe fn add_product(self, x: Self, y: Self) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_fmadd_pd(x.0, y.0, self.0) })
    }
    #[inline(always)]
    unsafe fn sum_four([a, b, c, d]: [Self; 4]) -> [f64; 4] {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe {
            let ab = _mm512_add_pd(_mm512_unpacklo_pd(a.0, b.0), _mm512_unpackhi_pd(a.0, b.0));
            let cd = _mm512_add_pd(_mm512_unpacklo_pd(c.0, d.0), _mm512_unpackhi_pd(c.0, d.0));
            let ab = _mm256_add_pd(_mm512_castpd512_pd256(ab), _mm512_extractf64x4_pd::<1>(ab));
            let cd = _mm256_add_pd(_mm512_castpd512_pd256(cd), _mm512_extractf64x4_pd::<1>(cd));
            let ab = _mm_add_pd(_mm256_castpd256_pd128(ab), _mm256_extractf128_pd::<1>(ab));
            let cd = _mm_add_pd(_mm256_castpd256_pd128(cd), _mm256_extractf128_pd::<1>(cd));
            std::mem::transmute::<[__m128d; 2], [f64; 4]>([ab, cd])
        }
    }
    #[inline(always)]
    unsafe fn turn(p: *const f64, stride: isize) -> [Self; 4] {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        unsafe {
            // Two elements at a time: the even and the odd lines in the quarters of a register each.
            let mut x = [_mm512_setzero_pd(); 4];
            for (i, x) in x.iter_mut().enumerate() {
                let p = p.offset((i % 2) as isize * stride).add(i / 2 * 2);
                let quarters = _mm512_castpd128_pd512(_mm_loadu_pd(p));
                let quarters = _mm512_insertf64x2::<1>(quarters, _mm_loadu_pd(p.offset(2 * stride)));
                let quarters = _mm512_insertf64x2::<2>(quarters, _mm_loadu_pd(p.offset(4 * stride)));
                *x = _mm512_insertf64x2::<3>(quarters, _mm_loadu_pd(p.offset(6 * stride)));
            }
            [
                Self(_mm512_unpacklo_pd(x[0], x[1])),
                Self(_mm512_unpackhi_pd(x[0], x[1])),
                Self(_mm512_unpacklo_pd(x[2], x[3])),
                Self(_mm512_unpackhi_pd(x[2], x[3])),
            ]
        }
    }
}

/// Eight `f32` in an AVX register.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx2F32(pub(super) __m256);

#[cfg(target_arch = "x86_64")]
impl Vector for Avx2F32 {
    type Element = f32;
    type Mask = __m256i;
    const LANES: usize = 8;
    const REGISTERS: usize = 16;

    #[inline(always)]
    unsafe fn enter<J: Job>(job: J) -> J::Output {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { avx2(job) }
    }
    #[inline(always)]
    unsafe fn first(n: usize) -> __m256i {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_setzero_ps() })
    }
    #[inline(always)]
    unsafe fn splat(p: *const f32) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_set1_ps(*p) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_loadu_ps(p) })
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f32, mask: __m256i) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_maskload_ps(p, mask) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_storeu_ps(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f32, mask: __m256i) {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_maskstore_ps(p, mask, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, x: Self) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_add_ps(self.0, x.0) })
    }
    #[inline(always)]
    unsafe fn add_product(self, x: Self, y: Self) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_fmadd_ps(x.0, y.0, self.0) })
    }
    #[inline(always)]
    unsafe fn sum_four([a, b, c, d]: [Self; 4]) -> [f32; 4] {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe {
            let sums = _mm256_hadd_ps(_mm256_hadd_ps(a.0, b.0), _mm256_hadd_ps(c.0, d.0));
            let sums = _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps::<1>(sums));
            std::mem::transmute::<__m128, [f32; 4]>(sums)
        }
    }
    #[inline(always)]
    unsafe fn turn(p: *const f32, stride: isize) -> [Self; 4] {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe {
            let mut x = [_mm256_setzero_ps(); 4];
            for (i, x) in x.iter_mut().enumerate() {
                let p = p.offset(i as isize * stride);
                let halves = _mm256_castps128_ps256(_mm_loadu_ps(p));
                *x = _mm256_insertf128_ps::<1>(halves, _mm_loadu_ps(p.offset(4 * stride)));
            }
            let (low01, high01) = (_mm256_unpacklo_ps(x[0], x[1]), _mm256_unpackhi_ps(x[0], x[1]));
            let (low23, high23) = (_mm256_unpacklo_ps(x[2], x[3]), _mm256_unpackhi_ps(x[2], x[3]));
            [
                Self(_mm256_shuffle_ps::<0b01_00_01_00>(low01, low23)),
                Self(_mm256_shuffle_ps::<0b11_10_11_10>(low01, low23)),
                Self(_mm256_shuffle_ps::<0b01_00_01_00>(high01, high23)),
                Self(_mm256_shuffle_ps::<0b11_10_11_10>(high01, high23)),
            ]
        }
    }
}

/// Four `f64` in an AVX register.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx2F64(__m256d);

#[cfg(target_arch = "x86_64")]
impl Vector for Avx2F64 {
    type Element = f64;
    type Mask = __m256i;
    const LANES: usize = 4;
    const REGISTERS: usize = 16;

    #[inline(always)]
    unsafe fn enter<J: Job>(job: J) -> J::Output {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { avx2(job) }
    }
    #[inline(always)]
    unsafe fn first(n: usize) -> __m256i {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), _mm256_setr_epi64x(0, 1, 2, 3)) }
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_setzero_pd() })
    }
    #[inline(always)]
    unsafe fn splat(p: *const f64) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_set1_pd(*p) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_loadu_pd(p) })
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f64, mask: __m256i) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_maskload_pd(p, mask) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_storeu_pd(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f64, mask: __m256i) {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_maskstore_pd(p, mask, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, x: Self) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_add_pd(self.0, x.0) })
    }
    #[inline(always)]
    unsafe fn add_product(self, x: Self, y: Self) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_fmadd_pd(x.0, y.0, self.0) })
    }
    #[inline(always)]
    unsafe fn sum_four([a, b, c, d]: [Self; 4]) -> [f64; 4] {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe {
            let (ab, cd) = (_mm256_hadd_pd(a.0, b.0), _mm256_hadd_pd(c.0, d.0));
            let ab = _mm_add_pd(_mm256_castpd256_pd128(ab), _mm256_extractf128_pd::<1>(ab));
            let cd = _mm_add_pd(_mm256_castpd256_pd128(cd), _mm256_extractf128_pd::<1>(cd));
            std::mem::transmute::<[__m128d; 2], [f64; 4]>([ab, cd])
        }
    }
    #[inline(always)]
    unsafe fn turn(p: *const f64, stride: isize) -> [Self; 4] {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe {
            let mut x = [_mm256_setzero_pd(); 4];
            for (i, x) in x.iter_mut().enumerate() {
                let p = p.offset((i % 2) as isize * stride).add(i / 2 * 2);
                let halves = _mm256_castpd128_pd256(_mm_loadu_pd(p));
                *x = _mm256_insertf128_pd::<1>(halves, _mm_loadu_pd(p.offset(2 * stride)));
            }
            [
                Self(_mm256_unpacklo_pd(x[0], x[1])),
                Self(_mm256_unpackhi_pd(x[0], x[1])),
                Self(_mm256_unpacklo_pd(x[2], x[3])),
                Self(_mm256_unpackhi_pd(x[2], x[3])),
            ]
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2")]
fn avx512<J: Job>(job: J) -> J::Output {
    job.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<J: Job>(job: J) -> J::Output {
    job.run()
}
