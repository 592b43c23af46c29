//! Pairs of bfloat16: a step of a product is two of its steps, and sums are `f32`.

use super::vector::Element;
use crate::simd::Isa;
use half::bf16;
use std::ops::{Add, Mul};

#[cfg(not(target_arch = "aarch64"))]
use super::vector::{Lanes, MulAdd};
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use {super::vector::Vector, crate::simd::Job};

#[cfg(target_arch = "aarch64")]
use super::vector::NeonF32;
#[cfg(target_arch = "x86_64")]
use super::vector::{Avx2F32, Avx512F32};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Two bfloat16 that are multiplied with two others, or, as a sum of such products, one `f32`: in the
/// same 32 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(transparent)]
pub struct Pair(f32);

impl Pair {
    /// The pair of two numbers.
    #[inline(always)]
    pub(crate) fn new(first: bf16, second: bf16) -> Pair {
        Pair(f32::from_bits(first.to_bits() as u32 | (second.to_bits() as u32) << 16))
    }

    /// A sum of products.
    #[inline(always)]
    pub(crate) fn sum(self) -> f32 {
        self.0
    }

    #[inline(always)]
    fn numbers(self) -> [f32; 2] {
        let bits = self.0.to_bits();
        [f32::from_bits(bits << 16), f32::from_bits(bits & 0xffff_0000)]
    }
}

/// Of sums.
impl Add for Pair {
    type Output = Pair;
    #[inline(always)]
    fn add(self, other: Pair) -> Pair {
        Pair(self.0 + other.0)
    }
}

/// Of pairs: a sum.
impl Mul for Pair {
    type Output = Pair;
    #[inline(always)]
    fn mul(self, other: Pair) -> Pair {
        let ([a, b], [c, d]) = (self.numbers(), other.numbers());
        Pair(a * c + b * d)
    }
}

impl Element for Pair {
    #[cfg(target_arch = "aarch64")]
    type Portable = Pairs<NeonF32>;
    #[cfg(not(target_arch = "aarch64"))]
    type Portable = Lanes<Pair, 4>;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = Pairs<Avx2F32>;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = Pairs<Avx512F32>;

    fn limit(isa: Isa) -> Isa {
        #[cfg(target_arch = "x86_64")]
        if !std::is_x86_feature_detected!("avx512bf16") {
            return isa.min(Isa::Avx2);
        }
        isa
    }
}

#[cfg(not(target_arch = "aarch64"))]
impl MulAdd for Pair {
    #[inline(always)]
    fn mul_add(self, x: Pair, y: Pair) -> Pair {
        let ([a, b], [c, d]) = (self.numbers(), x.numbers());
        Pair(MulAdd::mul_add(b, d, MulAdd::mul_add(a, c, y.0)))
    }
}

/// Vectors of `f32` that can hold pairs too.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub trait HoldsPairs: Vector<Element = f32> {
    /// [`Vector::REGISTERS`], less those in which numbers of pairs are taken apart.
    const REGISTERS_FOR_PAIRS: usize = Self::REGISTERS;

    /// As [`Vector::enter`].
    ///
    /// # Safety
    /// The processor has the instruction set.
    unsafe fn enter_pairs<J: Job>(job: J) -> J::Output;
    /// `self`, a sum, and the products of two pairs in each lane.
    ///
    /// # Safety
    /// As above.
    unsafe fn add_pairs(self, x: Self, y: Self) -> Self;
}

#[cfg(target_arch = "x86_64")]
impl HoldsPairs for Avx2F32 {
    #[inline(always)]
    unsafe fn enter_pairs<J: Job>(job: J) -> J::Output {
        // SAFETY: the caller vouches for AVX2.
        unsafe { Avx2F32::enter(job) }
    }
    #[inline(always)]
    unsafe fn add_pairs(self, x: Self, y: Self) -> Self {
        // SAFETY: the caller vouches for AVX2.
        unsafe {
            let first = |v: Self| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_castps_si256(v.0)));
            let high = _mm256_castsi256_ps(_mm256_set1_epi32(0xffff_0000_u32 as i32));
            let sum = _mm256_fmadd_ps(first(x), first(y), self.0);
            Avx2F32(_mm256_fmadd_ps(_mm256_and_ps(x.0, high), _mm256_and_ps(y.0, high), sum))
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl HoldsPairs for Avx512F32 {
    #[inline(always)]
    unsafe fn enter_pairs<J: Job>(job: J) -> J::Output {
        // SAFETY: `Pair::limit` has found the instructions.
        unsafe { avx512bf16(job) }
    }
    #[inline(always)]
    unsafe fn add_pairs(self, x: Self, y: Self) -> Self {
        // SAFETY: `Pair::limit` has found the instructions; the types are the same 512 bits.
        unsafe {
            let pairs = |v: Self| std::mem::transmute::<__m512, __m512bh>(v.0);
            Avx512F32(_mm512_dpbf16_ps(self.0, pairs(x), pairs(y)))
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi1,bmi2")]
fn avx512bf16<J: Job>(job: J) -> J::Output {
    job.run()
}

/// Pairs in the lanes of a vector of `f32`.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Pairs<V>(V);

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
impl<V: HoldsPairs> Vector for Pairs<V> {
    type Element = Pair;
    type Mask = V::Mask;
    const LANES: usize = V::LANES;
    const REGISTERS: usize = V::REGISTERS_FOR_PAIRS;

    #[inline(always)]
    unsafe fn enter<J: Job>(job: J) -> J::Output {
        // SAFETY: the caller vouches for the instruction set.
        unsafe { V::enter_pairs(job) }
    }
    #[inline(always)]
    unsafe fn first(n: usize) -> V::Mask {
        // SAFETY: as above.
        unsafe { V::first(n) }
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: as above.
        Pairs(unsafe { V::zero() })
    }
    #[inline(always)]
    unsafe fn splat(p: *const Pair) -> Self {
        // SAFETY: as above; a pair has the bits of a number.
        Pairs(unsafe { V::splat(p.cast()) })
    }
    #[inline(always)]
    unsafe fn load(p: *const Pair) -> Self {
        // SAFETY: as above.
        Pairs(unsafe { V::load(p.cast()) })
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const Pair, mask: V::Mask) -> Self {
        // SAFETY: as above.
        Pairs(unsafe { V::load_partial(p.cast(), mask) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut Pair) {
        // SAFETY: as above.
        unsafe { self.0.store(p.cast()) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut Pair, mask: V::Mask) {
        // SAFETY: as above.
        unsafe { self.0.store_partial(p.cast(), mask) }
    }
    #[inline(always)]
    unsafe fn add(self, x: Self) -> Self {
        // SAFETY: as above.
        Pairs(unsafe { self.0.add(x.0) })
    }
    #[inline(always)]
    unsafe fn add_product(self, x: Self, y: Self) -> Self {
        // SAFETY: as above.
        Pairs(unsafe { self.0.add_pairs(x.0, y.0) })
    }
    #[inline(always)]
    unsafe fn sum_four(vectors: [Self; 4]) -> [Pair; 4] {
        // SAFETY: as above.
        unsafe { V::sum_four(vectors.map(|vector| vector.0)) }.map(Pair)
    }
    #[inline(always)]
    unsafe fn turn(p: *const Pair, stride: isize) -> [Self; 4] {
        // SAFETY: as above.
        unsafe { V::turn(p.cast(), stride) }.map(Pairs)
    }
}
