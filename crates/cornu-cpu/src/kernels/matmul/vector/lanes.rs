//! Vectors as plain arrays, for targets whose own are not written out.

use super::{Compared, Element, Vector};
use crate::simd::Job;

/// What arrays are multiplied and added by.
pub trait MulAdd: Element {
    /// `self * x + y`, fused where the target has the instruction.
    fn mul_add(self, x: Self, y: Self) -> Self;
}

impl MulAdd for f32 {
    #[inline(always)]
    fn mul_add(self, x: f32, y: f32) -> f32 {
        if HAS_FUSED { f32::mul_add(self, x, y) } else { self * x + y }
    }
}

impl MulAdd for f64 {
    #[inline(always)]
    fn mul_add(self, x: f64, y: f64) -> f64 {
        if HAS_FUSED { f64::mul_add(self, x, y) } else { self * x + y }
    }
}

/// Without the instruction, `mul_add` is a call into the C library, some fifty times slower.
const HAS_FUSED: bool = cfg!(target_feature = "fma");

/// A vector as a plain array, for the compiler to map to whatever the target has.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Lanes<T, const N: usize>([T; N]);

impl<T: MulAdd, const N: usize> Vector for Lanes<T, N> {
    type Element = T;
    type Mask = usize;
    const LANES: usize = N;
    const REGISTERS: usize = 16;

    #[inline(always)]
    unsafe fn enter<J: Job>(job: J) -> J::Output {
        job.run()
    }
    #[inline(always)]
    unsafe fn first(n: usize) -> usize {
        n
    }
    #[inline(always)]
    unsafe fn zero() -> Self {
        Lanes([T::default(); N])
    }
    #[inline(always)]
    unsafe fn splat(p: *const T) -> Self {
        // SAFETY: the caller vouches for one element at `p`.
        Lanes([unsafe { *p }; N])
    }
    #[inline(always)]
    unsafe fn load(p: *const T) -> Self {
        // SAFETY: the caller vouches for N elements at `p`; an array needs no more alignment than they.
        Lanes(unsafe { p.cast::<[T; N]>().read() })
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const T, mask: usize) -> Self {
        if mask == N {
            // SAFETY: all lanes are asked for.
            return unsafe { Self::load(p) };
        }
        let mut lanes = [T::default(); N];
        for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
            // SAFETY: the caller vouches for the first `mask` elements at `p`.
            *lane = unsafe { *p.add(i) };
        }
        Lanes(lanes)
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut T) {
        // SAFETY: the caller vouches for N elements at `p`.
        unsafe { p.cast::<[T; N]>().write(self.0) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut T, mask: usize) {
        if mask == N {
            // SAFETY: all lanes are asked for.
            return unsafe { self.store(p) };
        }
        for (i, lane) in self.0.iter().enumerate().take(mask) {
            // SAFETY: the caller vouches for the first `mask` elements at `p`.
            unsafe { *p.add(i) = *lane }
        }
    }
    #[inline(always)]
    unsafe fn add(mut self, x: Self) -> Self {
        for i in 0..N {
            self.0[i] = self.0[i] + x.0[i];
        }
        self
    }
    #[inline(always)]
    unsafe fn add_product(mut self, x: Self, y: Self) -> Self {
        for i in 0..N {
            self.0[i] = x.0[i].mul_add(y.0[i], self.0[i]);
        }
        self
    }
    #[inline(always)]
    unsafe fn sum_four(vectors: [Self; 4]) -> [T; 4] {
        let mut sums = [T::default(); 4];
        for (sum, vector) in sums.iter_mut().zip(vectors) {
            let mut lanes = vector.0;
            let mut n = N;
            while n > 1 {
                n /= 2;
                for i in 0..n {
                    lanes[i] = lanes[i] + lanes[i + n];
                }
            }
            *sum = lanes[0];
        }
        sums
    }
    #[inline(always)]
    unsafe fn turn(p: *const T, stride: isize) -> [Self; 4] {
        let mut turned = [Lanes([T::default(); N]); 4];
        for line in 0..N {
            for (i, vector) in turned.iter_mut().enumerate() {
                // SAFETY: the caller vouches for four elements in each of LANES lines.
                vector.0[line] = unsafe { *p.offset(line as isize * stride).add(i) };
            }
        }
        turned
    }
}

impl<T: MulAdd + PartialOrd, const N: usize> Compared for Lanes<T, N> {
    type Choice = [bool; N];

    #[inline(always)]
    unsafe fn above(self, x: Self) -> [bool; N] {
        #[allow(clippy::eq_op, reason = "what is no number is not equal to itself")]
        let above = |a: T, b: T| (a > b) | ((a != a) & (b == b));
        std::array::from_fn(|i| above(self.0[i], x.0[i]))
    }
    #[inline(always)]
    unsafe fn equal(self, x: Self) -> [bool; N] {
        std::array::from_fn(|i| self.0[i] == x.0[i])
    }
    #[inline(always)]
    unsafe fn or(self, choice: [bool; N], other: Self) -> Self {
        Lanes(std::array::from_fn(|i| if choice[i] { self.0[i] } else { other.0[i] }))
    }
}
