//! Products of bfloat16 in a processor's tiles (AMX): registers of 16 rows of 64 bytes, of which one
//! instruction multiplies two and adds what comes to the sums of a third.
//!
//! Sums are made block by block, of 32 lines by 32 columns, over all steps at once. Both operands are
//! packed in pairs of steps before: the first line by line, the second as panels of 32 columns.

pub(crate) mod gathered;
pub(crate) mod product;
mod registers;

use crate::kernels::matmul::{Vector, VectorJob};
use crate::simd::Isa;

/// Lines and columns of a block of sums, and steps that a tile takes at a time.
const BLOCK: usize = 32;

/// Pairs of as many steps.
const PAIRS: usize = BLOCK / 2;

/// Elements that scratch memory is aligned to: 64 bytes.
const ALIGNMENT: usize = 16;

/// What runs beside tiles runs in the vectors of their processors, whatever other kernels are told to use:
/// they read numbers at any address.
const ISA: Isa = Isa::Amx;

/// Whether there are tiles on this instruction set, and the system lets the program use them.
pub(crate) fn available(isa: Isa) -> bool {
    isa.min(Isa::best()) == Isa::Amx && registers::allowed()
}

/// The `n` numbers from `from` on, `stride` apart, and zeros after them.
///
/// # Safety
/// They are there.
#[inline(always)]
unsafe fn numbers(from: *const u16, stride: isize, n: usize) -> [u16; BLOCK] {
    // SAFETY: the caller's promise; an array needs no more alignment than its numbers.
    unsafe {
        if stride == 1 && n == BLOCK {
            return from.cast::<[u16; BLOCK]>().read();
        }
        let mut numbers = [0; BLOCK];
        for (i, number) in numbers.iter_mut().enumerate().take(n) {
            *number = *from.offset(i as isize * stride);
        }
        numbers
    }
}

/// The transpose of a block of pairs: `lines` of `steps`, both multiples of 16.
struct Turn {
    from: *const u32,
    from_stride: usize,
    lines: usize,
    steps: usize,
    to: *mut u32,
    stride: usize,
}

/// A pair is moved as if it were a number of as many bits.
impl VectorJob<f32> for Turn {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = f32>>(self) {
        let Turn { from, from_stride, lines, steps, to, stride } = self;
        for line in (0..lines).step_by(V::LANES) {
            for step in (0..steps).step_by(4) {
                // SAFETY: whole blocks are there.
                unsafe {
                    let from = from.add(line * from_stride + step).cast::<f32>();
                    for (i, vector) in V::turn(from, from_stride as isize).into_iter().enumerate() {
                        vector.store(to.add((step + i) * stride + line).cast());
                    }
                }
            }
        }
    }
}
