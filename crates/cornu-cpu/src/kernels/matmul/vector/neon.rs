//! The vectors of NEON, which every aarch64 processor has.
//!
//! Written as arrays, some blocks of sums would be taken apart into single numbers by the compiler.

use super::super::pair::HoldsPairs;
use super::{Compared, Vector};
use crate::simd::Job;
use std::arch::aarch64::*;

/// What is alike in both, but for the names of types and intrinsics.
macro_rules! vector_methods {
    (
        $element:ty, $lanes:literal, $zero:ident, $splat:ident, $load:ident, $store:ident, $add:ident,
        $fused:ident
    ) => {
        type Element = $element;
        type Mask = usize;
        const LANES: usize = $lanes;
        const REGISTERS: usize = 32;

        #[inline(always)]
        unsafe fn enter<J: Job>(job: J) -> J::Output {
            job.run()
        }
        #[inline(always)]
        unsafe fn zero() -> Self {
            // SAFETY: every processor of the target has NEON.
            Self(unsafe { $zero(0.0) })
        }
        #[inline(always)]
        unsafe fn splat(p: *const $element) -> Self {
            // SAFETY: the caller vouches for one element at `p`.
            Self(unsafe { $splat(p) })
        }
        #[inline(always)]
        unsafe fn load(p: *const $element) -> Self {
            // SAFETY: the caller vouches for LANES elements at `p`.
            Self(unsafe { $load(p) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut $element) {
            // SAFETY: the caller vouches for LANES elements at `p`.
            unsafe { $store(p, self.0) }
        }
        #[inline(always)]
        unsafe fn add(self, x: Self) -> Self {
            // SAFETY: every processor of the target has NEON.
            Self(unsafe { $add(self.0, x.0) })
        }
        #[inline(always)]
        unsafe fn add_product(self, x: Self, y: Self) -> Self {
            // SAFETY: every processor of the target has NEON.
            Self(unsafe { $fused(self.0, x.0, y.0) })
        }
    };
}

/// How lanes are compared, but for the names of types and intrinsics.
macro_rules! compared_methods {
    ($choice:ty, $equal:ident, $greater:ident, $either:ident, $without:ident, $pick:ident) => {
        type Choice = $choice;

        #[inline(always)]
        unsafe fn above(self, x: Self) -> $choice {
            // SAFETY: every processor of the target has NEON.
            unsafe {
                // Comparisons with what is no number are false.
                let (own, other) = ($equal(self.0, self.0), $equal(x.0, x.0));
                $either($greater(self.0, x.0), $without(other, own))
            }
        }
        #[inline(always)]
        unsafe fn equal(self, x: Self) -> $choice {
            // SAFETY: every processor of the target has NEON.
            unsafe { $equal(self.0, x.0) }
        }
        #[inline(always)]
        unsafe fn or(self, choice: $choice, other: Self) -> Self {
            // SAFETY: every processor of the target has NEON.
            Self(unsafe { $pick(choice, self.0, other.0) })
        }
    };
}

/// Four `f32` in a NEON register.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct NeonF32(float32x4_t);

impl Vector for NeonF32 {
    vector_methods!(f32, 4, vdupq_n_f32, vld1q_dup_f32, vld1q_f32, vst1q_f32, vaddq_f32, vfmaq_f32);

    #[inline(always)]
    unsafe fn first(n: usize) -> usize {
        // None of four stands for all of them: that is asked first, and in one instruction.
        n % Self::LANES
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f32, mask: usize) -> Self {
        // SAFETY: the caller vouches for the first `mask` elements at `p`.
        unsafe {
            if mask == 0 {
                return Self::load(p);
            }
            let none = vdup_n_f32(0.0);
            Self(match (mask & 2 != 0, mask & 1 != 0) {
                (false, _) => vcombine_f32(vld1_lane_f32::<0>(p, none), none),
                (true, false) => vcombine_f32(vld1_f32(p), none),
                (true, true) => vcombine_f32(vld1_f32(p), vld1_lane_f32::<0>(p.add(2), none)),
            })
        }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f32, mask: usize) {
        // SAFETY: the caller vouches for the first `mask` elements at `p`.
        unsafe {
            match mask {
                1 => vst1q_lane_f32::<0>(p, self.0),
                2 => vst1_f32(p, vget_low_f32(self.0)),
                3 => {
                    vst1_f32(p, vget_low_f32(self.0));
                    vst1q_lane_f32::<2>(p.add(2), self.0);
                }
                _ => vst1q_f32(p, self.0),
            }
        }
    }
    #[inline(always)]
    unsafe fn sum_four([a, b, c, d]: [Self; 4]) -> [f32; 4] {
        // SAFETY: every processor of the target has NEON.
        unsafe {
            let sums = vpaddq_f32(vpaddq_f32(a.0, b.0), vpaddq_f32(c.0, d.0));
            std::mem::transmute::<float32x4_t, [f32; 4]>(sums)
        }
    }
    #[inline(always)]
    unsafe fn turn(p: *const f32, stride: isize) -> [Self; 4] {
        // SAFETY: the caller vouches for four elements in each of LANES lines.
        unsafe {
            let [a, b, c, d] = [0, 1, 2, 3].map(|line| vld1q_f32(p.offset(line * stride)));
            let (low_ab, high_ab) = (vzip1q_f32(a, b), vzip2q_f32(a, b));
            let (low_cd, high_cd) = (vzip1q_f32(c, d), vzip2q_f32(c, d));
            [
                Self(vcombine_f32(vget_low_f32(low_ab), vget_low_f32(low_cd))),
                Self(vcombine_f32(vget_high_f32(low_ab), vget_high_f32(low_cd))),
                Self(vcombine_f32(vget_low_f32(high_ab), vget_low_f32(high_cd))),
                Self(vcombine_f32(vget_high_f32(high_ab), vget_high_f32(high_cd))),
            ]
        }
    }
}

impl Compared for NeonF32 {
    compared_methods!(uint32x4_t, vceqq_f32, vcgtq_f32, vorrq_u32, vbicq_u32, vbslq_f32);
}

impl HoldsPairs for NeonF32 {
    // The halves of two vectors and of a number, and what masks them.
    const REGISTERS_FOR_PAIRS: usize = 24;

    #[inline(always)]
    unsafe fn enter_pairs<J: Job>(job: J) -> J::Output {
        // SAFETY: every processor of the target has NEON.
        unsafe { NeonF32::enter(job) }
    }
    #[inline(always)]
    unsafe fn add_pairs(self, x: Self, y: Self) -> Self {
        // SAFETY: every processor of the target has NEON.
        unsafe {
            let (x, y) = (vreinterpretq_u32_f32(x.0), vreinterpretq_u32_f32(y.0));
            let first = |bits| vreinterpretq_f32_u32(vshlq_n_u32::<16>(bits));
            let second = |bits| vreinterpretq_f32_u32(vandq_u32(bits, vdupq_n_u32(0xffff_0000)));
            NeonF32(vfmaq_f32(vfmaq_f32(self.0, first(x), first(y)), second(x), second(y)))
        }
    }
}

/// Two `f64` in a NEON register.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct NeonF64(float64x2_t);

impl Vector for NeonF64 {
    vector_methods!(f64, 2, vdupq_n_f64, vld1q_dup_f64, vld1q_f64, vst1q_f64, vaddq_f64, vfmaq_f64);

    #[inline(always)]
    unsafe fn first(n: usize) -> usize {
        n
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f64, mask: usize) -> Self {
        // SAFETY: the caller vouches for the first `mask` elements at `p`.
        unsafe {
            Self(match mask {
                1 => vld1q_lane_f64::<0>(p, vdupq_n_f64(0.0)),
                _ => vld1q_f64(p),
            })
        }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f64, mask: usize) {
        // SAFETY: the caller vouches for the first `mask` elements at `p`.
        unsafe {
            match mask {
                1 => vst1q_lane_f64::<0>(p, self.0),
                _ => vst1q_f64(p, self.0),
            }
        }
    }
    #[inline(always)]
    unsafe fn sum_four([a, b, c, d]: [Self; 4]) -> [f64; 4] {
        // SAFETY: every processor of the target has NEON.
        unsafe {
            let sums = [vpaddq_f64(a.0, b.0), vpaddq_f64(c.0, d.0)];
            std::mem::transmute::<[float64x2_t; 2], [f64; 4]>(sums)
        }
    }
    #[inline(always)]
    unsafe fn turn(p: *const f64, stride: isize) -> [Self; 4] {
        // SAFETY: the caller vouches for four elements in each of LANES lines.
        unsafe {
            let [[a, b], [c, d]] = [0, 2].map(|i| [vld1q_f64(p.add(i)), vld1q_f64(p.add(i).offset(stride))]);
            [vzip1q_f64(a, b), vzip2q_f64(a, b), vzip1q_f64(c, d), vzip2q_f64(c, d)].map(Self)
        }
    }
}

impl Compared for NeonF64 {
    compared_methods!(uint64x2_t, vceqq_f64, vcgtq_f64, vorrq_u64, vbicq_u64, vbslq_f64);
}
