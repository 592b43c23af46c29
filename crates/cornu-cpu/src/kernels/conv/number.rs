//! What convolutions are made of numbers of: products in vectors, and of bfloat16 in tiles.

use crate::kernels::lane::Lane;
use crate::kernels::matmul::{Element, Gathered, scratch_len};
use crate::kernels::tiles::gathered;
use crate::simd::Isa;
use half::bf16;

/// Numbers of a convolution's operands and result.
pub(super) trait Number: Copy + Default {
    /// What they are summed in.
    type Sum: Element;
    /// Sums that are whole, each rounded once.
    ///
    /// # Safety
    /// As for [`Gathered::run`]; `scratch` holds [`Number::scratch_bytes`].
    unsafe fn rounded(of: Gathered<'_, Self>, scratch: *mut u8, isa: Isa);
    /// Sums of a part, to which others may be added.
    ///
    /// # Safety
    /// As for [`Number::rounded`].
    unsafe fn summed(of: Gathered<'_, Self, Self::Sum>, scratch: *mut u8, isa: Isa);
    /// A whole sum.
    fn round(sum: Self::Sum) -> Self;
    /// Bytes of scratch memory that sums of so many lines over so many steps want, for rows of `width`.
    fn scratch_bytes(rounded: bool, lines: usize, steps: usize, width: usize) -> usize;
}

macro_rules! numbers_of_vectors {
    ($t:ty) => {
        impl Number for $t {
            type Sum = $t;
            unsafe fn rounded(of: Gathered<'_, $t>, scratch: *mut u8, isa: Isa) {
                // SAFETY: the caller's promises.
                unsafe { of.run(scratch.cast(), isa) }
            }
            unsafe fn summed(of: Gathered<'_, $t>, scratch: *mut u8, isa: Isa) {
                // SAFETY: the caller's promises.
                unsafe { of.run(scratch.cast(), isa) }
            }
            fn round(sum: $t) -> $t {
                sum
            }
            fn scratch_bytes(_: bool, lines: usize, steps: usize, width: usize) -> usize {
                scratch_len::<$t>(lines, steps, width) * size_of::<$t>()
            }
        }
    };
}

numbers_of_vectors!(f32);
numbers_of_vectors!(f64);

impl Number for bf16 {
    type Sum = f32;
    unsafe fn rounded(of: Gathered<'_, bf16>, scratch: *mut u8, _: Isa) {
        // SAFETY: the caller's promises; there are such convolutions only where there are tiles.
        unsafe { gathered::rounded(&of, scratch.cast()) }
    }
    unsafe fn summed(of: Gathered<'_, bf16, f32>, scratch: *mut u8, _: Isa) {
        // SAFETY: as above.
        unsafe { gathered::summed(&of, scratch.cast()) }
    }
    fn round(sum: f32) -> bf16 {
        sum.to_bf16()
    }
    fn scratch_bytes(rounded: bool, _: usize, steps: usize, width: usize) -> usize {
        size_of::<f32>()
            * match rounded {
                true => gathered::rounded_scratch_len(steps, width),
                false => gathered::summed_scratch_len(steps, width),
            }
    }
}
