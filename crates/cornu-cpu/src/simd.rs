//! Which vector instructions the processor has, chosen once at run time.
//!
//! Kernels are written as plain loops inside a [`Job`] and compiled once for each
//! instruction set; [`Isa::run`] picks the copy that fits the processor. A job's arithmetic
//! is the same in every copy (`mul_add` where a fused operation is meant), so that the copies
//! agree bit for bit.

use std::sync::atomic::{AtomicU8, Ordering};

/// An instruction set that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Isa {
    /// Whatever the target always has: SSE2 on x86-64, NEON on aarch64.
    Portable = 1,
    /// AVX2 and FMA.
    Avx2 = 2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512 = 3,
    /// The same with BF16, and with tiles of bfloat16 (AMX): for products of bfloat16 alone.
    Amx = 4,
}

/// Work that is compiled once for each instruction set.
///
/// `run` and all it calls must be `#[inline(always)]`, or the call falls out of the function
/// that carries the instruction set.
pub trait Job {
    /// What the work returns.
    type Output;
    /// Does the work.
    fn run(self) -> Self::Output;
}

static FORCED: AtomicU8 = AtomicU8::new(0);

impl Isa {
    /// The best instruction set this processor has.
    #[inline]
    pub fn best() -> Isa {
        static BEST: AtomicU8 = AtomicU8::new(0);
        match BEST.load(Ordering::Relaxed) {
            0 => {
                let best = Isa::detect();
                BEST.store(best as u8, Ordering::Relaxed);
                best
            }
            4 => Isa::Amx,
            3 => Isa::Avx512,
            2 => Isa::Avx2,
            _ => Isa::Portable,
        }
    }

    fn detect() -> Isa {
        #[cfg(target_arch = "x86_64")]
        {
            if std::is_x86_feature_detected!("avx512f")
                && std::is_x86_feature_detected!("avx512bw")
                && std::is_x86_feature_detected!("avx512dq")
                && std::is_x86_feature_detected!("avx512vl")
                && std::is_x86_feature_detected!("fma")
            {
                return if has_tiles() { Isa::Amx } else { Isa::Avx512 };
            }
            if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
                return Isa::Avx2;
            }
        }
        Isa::Portable
    }

    /// The instruction set that kernels use: the best one, or the one set by [`Isa::force`].
    #[inline]
    pub fn current() -> Isa {
        match FORCED.load(Ordering::Relaxed) {
            1 => Isa::Portable,
            2 => Isa::Avx2,
            3 => Isa::Avx512,
            4 => Isa::Amx,
            _ => {
                let isa = Isa::best();
                FORCED.store(isa as u8, Ordering::Relaxed);
                isa
            }
        }
    }

    /// Makes every kernel use `self` from now on, or the best available if the processor
    /// lacks it; for tests and measurements.
    pub fn force(self) {
        FORCED.store(self.min(Isa::best()) as u8, Ordering::Relaxed);
    }

    /// All instruction sets that this processor has, the portable one first.
    pub fn available() -> Vec<Isa> {
        let all = [Isa::Portable, Isa::Avx2, Isa::Avx512, Isa::Amx];
        all.into_iter().filter(|isa| *isa <= Isa::best()).collect()
    }

    /// Runs `job` in the copy compiled for this instruction set.
    ///
    /// An instruction set that the processor lacks falls back to the portable copy.
    #[inline]
    pub fn run<J: Job>(self, job: J) -> J::Output {
        #[cfg(target_arch = "x86_64")]
        {
            if self >= Isa::Avx512 && Isa::best() >= Isa::Avx512 {
                // SAFETY: `best` has just found every feature that `avx512` is compiled with.
                return unsafe { avx512(job) };
            }
            if self >= Isa::Avx2 && Isa::best() >= Isa::Avx2 {
                // SAFETY: `best` has just found every feature that `avx2` is compiled with.
                return unsafe { avx2(job) };
            }
        }
        job.run()
    }
}

/// Whether the processor has tiles that multiply bfloat16 (the library has no name for them yet).
#[cfg(target_arch = "x86_64")]
fn has_tiles() -> bool {
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    let both = AMX_BF16 | AMX_TILE;
    // SAFETY: a processor with AVX-512 has the instruction and this leaf. (Later compilers know it is safe.)
    #[allow(unused_unsafe)]
    let features = unsafe { std::arch::x86_64::__cpuid_count(7, 0) };
    cfg!(target_os = "linux") && std::is_x86_feature_detected!("avx512bf16") && features.edx & both == both
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

/// Bytes that come from memory together.
pub(crate) const LINE: usize = 64;

/// Asks for the line of memory that holds an address, without waiting for it; any address will do.
#[inline(always)]
pub(crate) fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction, which reads nothing that a program could see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as on x86-64.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, readonly, preserves_flags))
    };
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

/// While it lives, this thread's arithmetic takes subnormal numbers for zero, on x86-64 and
/// aarch64 alike.
///
/// Subnormal numbers cost many cycles each, and training is full of them: the moving averages
/// of weights that no longer change shrink for ever, and the squares of small gradients are
/// smaller still. Zero is as good. Plans run under it, on every thread, so results are the same
/// everywhere.
#[derive(Debug)]
pub struct FlushSubnormals {
    before: u64,
    // The control register is the thread's own.
    not_send: std::marker::PhantomData<*const ()>,
}

impl FlushSubnormals {
    /// Takes subnormals for zero from now on, until it is dropped.
    #[inline]
    #[allow(clippy::new_without_default)]
    pub fn new() -> FlushSubnormals {
        let before = control();
        // Writing the register waits for all work before: not where it says so already.
        if before & FLUSH != FLUSH {
            set_control(before | FLUSH);
        }
        FlushSubnormals { before, not_send: std::marker::PhantomData }
    }
}

impl Drop for FlushSubnormals {
    #[inline]
    fn drop(&mut self) {
        if self.before & FLUSH != FLUSH {
            set_control(self.before);
        }
    }
}

/// The bits that take subnormals for zero: results and operands.
#[cfg(target_arch = "x86_64")]
const FLUSH: u64 = 0x8040;
#[cfg(target_arch = "aarch64")]
const FLUSH: u64 = 1 << 24;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const FLUSH: u64 = 0;

/// The register that controls floating-point arithmetic.
#[inline]
fn control() -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        let mut value = 0u32;
        // SAFETY: it stores the register's four bytes to `value`.
        unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &mut value, options(nostack)) };
        value as u64
    }
    #[cfg(target_arch = "aarch64")]
    {
        let value: u64;
        // SAFETY: it reads the register.
        unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack)) };
        value
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    0
}

#[inline]
fn set_control(value: u64) {
    #[cfg(target_arch = "x86_64")]
    {
        let value = value as u32;
        // SAFETY: the value is the register's own but for the two bits on subnormals; nothing but
        // kernels' arithmetic, whose meaning is said to flush them, runs until it is set back.
        unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &value, options(nostack)) };
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as on x86-64, with the one bit that aarch64 has for it.
    unsafe {
        std::arch::asm!("msr fpcr, {}", in(reg) value, options(nostack))
    };
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn subnormals_are_zero_while_asked_for() {
        let tiny = f32::MIN_POSITIVE;
        assert!(black_box(tiny) * black_box(0.5) > 0.0);
        {
            let _flush = FlushSubnormals::new();
            assert_eq!(black_box(tiny) * black_box(0.5), 0.0);
            assert_eq!(black_box(f32::from_bits(77)) * black_box(1e10), 0.0);
        }
        assert!(black_box(tiny) * black_box(0.5) > 0.0);
    }
}
