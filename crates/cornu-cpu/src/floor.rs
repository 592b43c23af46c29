//! What the machine can do at best: the floor under any plan's time.

use crate::kernels::matmul::Product;
use crate::simd::Isa;
use std::hint::black_box;
use std::time::Instant;

/// What one core of the machine can do at best, as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Floating-point operations a second: a matrix product of 256 x 256 x 256 in `f32`.
    pub flops_per_second: f64,
    /// Bytes a second: the sum of an array that is larger than the caches.
    pub bytes_per_second: f64,
}

impl Floor {
    /// Measures the machine; takes about a tenth of a second.
    pub fn measure() -> Floor {
        let n = 256;
        let stride = n as isize;
        let strides = [stride, 1];
        let product = Product {
            m: n,
            n,
            k: n,
            a_strides: strides,
            b_strides: strides,
            c_row_stride: stride,
            accumulate: false,
        };
        let (a, b) = (vec![0.5f32; n * n], vec![0.25f32; n * n]);
        let mut c = vec![0f32; n * n];
        let mut scratch = vec![0f32; product.scratch_len()];
        let multiply = best(60, || {
            for part in 0..product.parts() {
                // SAFETY: the three arrays have n x n elements, as the strides say.
                unsafe {
                    product.run_part(
                        Isa::current(),
                        part,
                        a.as_ptr(),
                        b.as_ptr(),
                        c.as_mut_ptr(),
                        &mut scratch,
                    );
                }
            }
            black_box(&c);
        });
        let long = vec![1u64; 8 << 20];
        let read = best(5, || {
            black_box(black_box(&long).iter().fold(0u64, |sum, x| sum.wrapping_add(*x)));
        });
        Floor {
            flops_per_second: product.flops() as f64 / multiply,
            bytes_per_second: (long.len() * 8) as f64 / read,
        }
    }

    /// The seconds under which no plan of so many operations and bytes can stay.
    pub fn seconds(&self, flops: usize, bytes: usize) -> f64 {
        (flops as f64 / self.flops_per_second).max(bytes as f64 / self.bytes_per_second)
    }
}

/// The shortest of several runs, in seconds.
fn best(rounds: usize, mut work: impl FnMut()) -> f64 {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}
