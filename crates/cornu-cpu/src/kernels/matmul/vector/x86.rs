//! The vectors of AVX2 and of AVX-512.

use super::{Compared, Vector};
use crate::simd::Job;
use std::arch::x86_64::*;

/// What is alike in all of them, but for the names of types and intrinsics.
macro_rules! vector_methods {
    (
        $element:ty, $lanes:literal of $registers:literal, $mask:ty, in $enter:ident, $zero:ident, $splat:ident,
        $load:ident, $store:ident, $store_partial:ident, $add:ident, $fused:ident
    ) => {
        type Element = $element;
        type Mask = $mask;
        const LANES: usize = $lanes;
        const REGISTERS: usize = $registers;

        #[inline(always)]
        unsafe fn enter<J: Job>(job: J) -> J::Output {
            // SAFETY: the caller vouches for the instruction set.
            unsafe { $enter(job) }
        }
        #[inline(always)]
        unsafe fn zero() -> Self {
            // SAFETY: as above.
            Self(unsafe { $zero() })
        }
        #[inline(always)]
        unsafe fn splat(p: *const $element) -> Self {
            // SAFETY: as above, and for the pointer.
            Self(unsafe { $splat(*p) })
        }
        #[inline(always)]
        unsafe fn load(p: *const $element) -> Self {
            // SAFETY: as above.
            Self(unsafe { $load(p) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut $element) {
            // SAFETY: as above.
            unsafe { $store(p, self.0) }
        }
        #[inline(always)]
        unsafe fn store_partial(self, p: *mut $element, mask: $mask) {
            // SAFETY: as above.
            unsafe { $store_partial(p, mask, self.0) }
        }
        #[inline(always)]
        unsafe fn add(self, x: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { $add(self.0, x.0) })
        }
        #[inline(always)]
        unsafe fn add_product(self, x: Self, y: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { $fused(x.0, y.0, self.0) })
        }
    };
}

/// How lanes are compared, but for the names of intrinsics: a comparison that gives the lanes where it holds,
/// one that is asked only of those given, and what picks lanes.
macro_rules! compared_methods {
    ($choice:ty, $compare:ident, $compare_some:ident, $pick:ident) => {
        type Choice = $choice;

        #[inline(always)]
        unsafe fn above(self, x: Self) -> $choice {
            // SAFETY: the caller vouches for the instruction set.
            unsafe {
                let is_number = $compare::<_CMP_ORD_Q>(x.0, x.0);
                $compare_some::<_CMP_NLE_UQ>(is_number, self.0, x.0)
            }
        }
        #[inline(always)]
        unsafe fn equal(self, x: Self) -> $choice {
            // SAFETY: as above.
            unsafe { $compare::<_CMP_EQ_OQ>(self.0, x.0) }
        }
        #[inline(always)]
        unsafe fn or(self, choice: $choice, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { $pick(choice, other.0, self.0) })
        }
    };
}

/// Sixteen `f32` in an AVX-512 register.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx512F32(pub(in super::super) __m512);

impl Vector for Avx512F32 {
    vector_methods!(
        f32, 16 of 32, __mmask16, in avx512, _mm512_setzero_ps, _mm512_set1_ps,
        _mm512_loadu_ps, _mm512_storeu_ps, _mm512_mask_storeu_ps, _mm512_add_ps, _mm512_fmadd_ps
    );

    #[inline(always)]
    unsafe fn first(n: usize) -> __mmask16 {
        (0xFFFF_u32 >> (16 - n)) as __mmask16
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f32, mask: __mmask16) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_maskz_loadu_ps(mask, p) })
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

impl Compared for Avx512F32 {
    compared_methods!(__mmask16, _mm512_cmp_ps_mask, _mm512_mask_cmp_ps_mask, _mm512_mask_blend_ps);
}

/// Eight `f64` in an AVX-512 register.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx512F64(__m512d);

impl Vector for Avx512F64 {
    vector_methods!(
        f64, 8 of 32, __mmask8, in avx512, _mm512_setzero_pd, _mm512_set1_pd,
        _mm512_loadu_pd, _mm512_storeu_pd, _mm512_mask_storeu_pd, _mm512_add_pd, _mm512_fmadd_pd
    );

    #[inline(always)]
    unsafe fn first(n: usize) -> __mmask8 {
        (0xFF_u32 >> (8 - n)) as __mmask8
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f64, mask: __mmask8) -> Self {
        // SAFETY: the caller vouches for AVX-512 and for the pointers.
        Self(unsafe { _mm512_maskz_loadu_pd(mask, p) })
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

impl Compared for Avx512F64 {
    compared_methods!(__mmask8, _mm512_cmp_pd_mask, _mm512_mask_cmp_pd_mask, _mm512_mask_blend_pd);
}

/// Eight `f32` in an AVX register.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx2F32(pub(in super::super) __m256);

impl Vector for Avx2F32 {
    vector_methods!(
        f32, 8 of 16, __m256i, in avx2, _mm256_setzero_ps, _mm256_set1_ps,
        _mm256_loadu_ps, _mm256_storeu_ps, _mm256_maskstore_ps, _mm256_add_ps, _mm256_fmadd_ps
    );

    #[inline(always)]
    unsafe fn first(n: usize) -> __m256i {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f32, mask: __m256i) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_maskload_ps(p, mask) })
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

impl Compared for Avx2F32 {
    compared_methods!(__m256, _mm256_cmp_ps, compare_some_ps, pick_ps);
}

/// Four `f64` in an AVX register.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx2F64(__m256d);

impl Vector for Avx2F64 {
    vector_methods!(
        f64, 4 of 16, __m256i, in avx2, _mm256_setzero_pd, _mm256_set1_pd,
        _mm256_loadu_pd, _mm256_storeu_pd, _mm256_maskstore_pd, _mm256_add_pd, _mm256_fmadd_pd
    );

    #[inline(always)]
    unsafe fn first(n: usize) -> __m256i {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        unsafe { _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), _mm256_setr_epi64x(0, 1, 2, 3)) }
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f64, mask: __m256i) -> Self {
        // SAFETY: the caller vouches for AVX2 and for the pointers.
        Self(unsafe { _mm256_maskload_pd(p, mask) })
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

impl Compared for Avx2F64 {
    compared_methods!(__m256d, _mm256_cmp_pd, compare_some_pd, pick_pd);
}

/// Where a comparison holds, of the lanes given.
#[target_feature(enable = "avx2")]
#[inline]
fn compare_some_ps<const HOW: i32>(some: __m256, a: __m256, b: __m256) -> __m256 {
    _mm256_and_ps(some, _mm256_cmp_ps::<HOW>(a, b))
}

/// The lanes of `yes` where `choice` is true, those of `no` elsewhere.
#[target_feature(enable = "avx2")]
#[inline]
fn pick_ps(choice: __m256, no: __m256, yes: __m256) -> __m256 {
    _mm256_blendv_ps(no, yes, choice)
}

/// Where a comparison holds, of the lanes given.
#[target_feature(enable = "avx2")]
#[inline]
fn compare_some_pd<const HOW: i32>(some: __m256d, a: __m256d, b: __m256d) -> __m256d {
    _mm256_and_pd(some, _mm256_cmp_pd::<HOW>(a, b))
}

/// The lanes of `yes` where `choice` is true, those of `no` elsewhere.
#[target_feature(enable = "avx2")]
#[inline]
fn pick_pd(choice: __m256d, no: __m256d, yes: __m256d) -> __m256d {
    _mm256_blendv_pd(no, yes, choice)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2")]
fn avx512<J: Job>(job: J) -> J::Output {
    job.run()
}

#[target_feature(enable = "avx2,fma")]
fn avx2<J: Job>(job: J) -> J::Output {
    job.run()
}
