//! The tiles themselves: whether a program may use them, and what they do.

pub(super) use own::{Registers, allowed, interleave};

use half::bf16;

/// A block of sums: how much of it is wanted, and where in the result.
#[cfg_attr(not(all(target_arch = "x86_64", target_os = "linux")), allow(dead_code, reason = "tiles read it"))]
pub(super) struct Block {
    pub(super) sums: *const f32,
    pub(super) lines: usize,
    pub(super) columns: usize,
    pub(super) c: *mut bf16,
}

/// Some steps of 32 lines: 16 pairs of them for each tile, of lines that are `stride` bytes apart.
#[cfg_attr(not(all(target_arch = "x86_64", target_os = "linux")), allow(dead_code, reason = "tiles read it"))]
#[derive(Clone, Copy)]
pub(super) struct Steps {
    pub(super) lines: *const u8,
    pub(super) stride: isize,
    pub(super) tiles: usize,
}

impl Steps {
    /// Packed lines of so many pairs, and no others.
    pub(super) fn packed(lines: *const u32, pairs: usize) -> [Steps; 2] {
        let all = Steps { lines: lines.cast(), stride: 4 * pairs as isize, tiles: pairs / super::PAIRS };
        [all, Steps { tiles: 0, ..all }]
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod own {
    use super::{Block, Steps};
    use crate::kernels::tiles::{BLOCK, PAIRS};
    use std::arch::asm;
    use std::arch::x86_64::*;
    use std::marker::PhantomData;
    use std::sync::OnceLock;

    /// Whether the system lets this program use tiles, which it is asked for once: they make what is
    /// kept of a thread larger by 8 KiB.
    pub(in crate::kernels::tiles) fn allowed() -> bool {
        const ARCH_PRCTL: i64 = 158;
        const ARCH_REQ_XCOMP_PERM: i64 = 0x1023;
        const XFEATURE_XTILEDATA: i64 = 18;
        static ALLOWED: OnceLock<bool> = OnceLock::new();
        *ALLOWED.get_or_init(|| {
            let answer: i64;
            // SAFETY: the call changes nothing but what this program may do.
            unsafe {
                asm!(
                    "syscall",
                    inlateout("rax") ARCH_PRCTL => answer,
                    in("rdi") ARCH_REQ_XCOMP_PERM,
                    in("rsi") XFEATURE_XTILEDATA,
                    out("rcx") _,
                    out("r11") _,
                    options(nostack),
                );
            }
            answer == 0
        })
    }

    /// What the instruction that shapes tiles reads: here eight, all of 16 rows of 64 bytes.
    #[repr(C, align(64))]
    struct Shapes {
        palette: u8,
        start: u8,
        reserved: [u8; 14],
        row_bytes: [u16; 16],
        rows: [u8; 16],
    }

    static SHAPES: Shapes = {
        let (mut row_bytes, mut rows) = ([0; 16], [0; 16]);
        let mut i = 0;
        while i < 8 {
            (row_bytes[i], rows[i]) = (64, 16);
            i += 1;
        }
        Shapes { palette: 1, start: 0, reserved: [0; 14], row_bytes, rows }
    };

    /// This thread's tiles, for as long as it needs them.
    pub(in crate::kernels::tiles) struct Registers {
        // They are the thread's own.
        not_send: PhantomData<*const ()>,
    }

    impl Registers {
        /// # Safety
        /// The processor has tiles, and they are [`allowed`].
        pub(in crate::kernels::tiles) unsafe fn new() -> Registers {
            // SAFETY: the caller's promise.
            unsafe { asm!("ldtilecfg [{}]", in(reg) &SHAPES, options(nostack, readonly)) };
            Registers { not_send: PhantomData }
        }

        /// Sets the 32 lines of 32 numbers at `sums` to the products of 32 lines of pairs and a panel of 32
        /// columns; of the lines or columns the second half only if more than 16 are wanted. Of the lines,
        /// most steps are in one place and the rest in another.
        ///
        /// # Safety
        /// All of them are there, and at least 16 steps.
        pub(in crate::kernels::tiles) unsafe fn multiply(
            &self,
            [most, rest]: [Steps; 2],
            panel: *const u32,
            sums: *mut f32,
            [lines, columns]: [usize; 2],
        ) {
            let steps = if most.tiles == 0 { [rest, most] } else { [most, rest] };
            // SAFETY: the caller's promise.
            unsafe {
                match (lines > PAIRS, columns > PAIRS) {
                    (true, true) => whole(steps, panel, sums),
                    (true, false) => left(steps, panel, sums),
                    (false, true) => upper(steps, panel, sums),
                    (false, false) => corner(steps, panel, sums),
                }
            }
        }
    }

    /// A function that multiplies a block, or a part of it, with what it does at each step.
    macro_rules! multiplies {
        ($name:ident: $([$clear:literal])* $($step:literal)* => $([$store:literal])*) => {
            unsafe fn $name([first, then]: [Steps; 2], panel: *const u32, sums: *mut f32) {
                // SAFETY: `multiply` says what is there; the tiles that are written are named.
                unsafe {
                    asm!(
                        $($clear,)*
                        "2:",
                        $($step,)*
                        "add {upper}, 64",
                        "add {lower}, 64",
                        "add {panel}, 2048",
                        "dec {tiles}",
                        "jnz 2b",
                        "test {then_tiles}, {then_tiles}",
                        "jz 3f",
                        "mov {upper}, {then_upper}",
                        "mov {lower}, {then_lower}",
                        "mov {stride}, {then_stride}",
                        "mov {tiles}, {then_tiles}",
                        "xor {then_tiles:e}, {then_tiles:e}",
                        "jmp 2b",
                        "3:",
                        $($store,)*
                        upper = inout(reg) first.lines => _,
                        lower = inout(reg) first.lines.wrapping_offset(16 * first.stride) => _,
                        stride = inout(reg) first.stride => _,
                        tiles = inout(reg) first.tiles => _,
                        then_upper = in(reg) then.lines,
                        then_lower = in(reg) then.lines.wrapping_offset(16 * then.stride),
                        then_stride = in(reg) then.stride,
                        then_tiles = inout(reg) then.tiles => _,
                        panel = inout(reg) panel => _,
                        row = in(reg) 128isize,
                        sums = in(reg) sums,
                        out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                        out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                        options(nostack),
                    );
                }
            }
        };
    }

    multiplies! { whole:
        ["tilezero tmm0"] ["tilezero tmm1"] ["tilezero tmm2"] ["tilezero tmm3"]
        "tileloadd tmm4, [{upper} + {stride}*1]"
        "tileloadd tmm6, [{panel} + {row}*1]"
        "tileloadd tmm7, [{panel} + {row}*1 + 64]"
        "tdpbf16ps tmm0, tmm4, tmm6"
        "tileloadd tmm5, [{lower} + {stride}*1]"
        "tdpbf16ps tmm1, tmm4, tmm7"
        "tdpbf16ps tmm2, tmm5, tmm6"
        "tdpbf16ps tmm3, tmm5, tmm7"
        =>
        ["tilestored [{sums} + {row}*1], tmm0"]
        ["tilestored [{sums} + {row}*1 + 64], tmm1"]
        ["tilestored [{sums} + {row}*1 + 2048], tmm2"]
        ["tilestored [{sums} + {row}*1 + 2112], tmm3"]
    }

    multiplies! { left:
        ["tilezero tmm0"] ["tilezero tmm2"]
        "tileloadd tmm6, [{panel} + {row}*1]"
        "tileloadd tmm4, [{upper} + {stride}*1]"
        "tdpbf16ps tmm0, tmm4, tmm6"
        "tileloadd tmm5, [{lower} + {stride}*1]"
        "tdpbf16ps tmm2, tmm5, tmm6"
        =>
        ["tilestored [{sums} + {row}*1], tmm0"]
        ["tilestored [{sums} + {row}*1 + 2048], tmm2"]
    }

    multiplies! { upper:
        ["tilezero tmm0"] ["tilezero tmm1"]
        "tileloadd tmm4, [{upper} + {stride}*1]"
        "tileloadd tmm6, [{panel} + {row}*1]"
        "tdpbf16ps tmm0, tmm4, tmm6"
        "tileloadd tmm7, [{panel} + {row}*1 + 64]"
        "tdpbf16ps tmm1, tmm4, tmm7"
        =>
        ["tilestored [{sums} + {row}*1], tmm0"]
        ["tilestored [{sums} + {row}*1 + 64], tmm1"]
    }

    multiplies! { corner:
        ["tilezero tmm0"]
        "tileloadd tmm4, [{upper} + {stride}*1]"
        "tileloadd tmm6, [{panel} + {row}*1]"
        "tdpbf16ps tmm0, tmm4, tmm6"
        =>
        ["tilestored [{sums} + {row}*1], tmm0"]
    }

    impl Registers {
        /// Rounds a block of sums; `row` says where each line's row begins in the result.
        ///
        /// # Safety
        /// The block is there, and so are the rows, which nobody else touches.
        pub(in crate::kernels::tiles) unsafe fn round(&self, block: &Block, row: impl Fn(usize) -> isize) {
            // SAFETY: a processor with tiles has these instructions, and the caller's promise.
            unsafe { round(block, row) }
        }
    }

    /// Puts 16 numbers of two steps beside each other.
    ///
    /// # Safety
    /// The processor has AVX-512; the numbers are there, and there is room for them.
    #[inline(always)]
    pub(in crate::kernels::tiles) unsafe fn interleave(first: *const u16, second: *const u16, to: *mut u32) {
        // SAFETY: the caller's promise.
        unsafe {
            let wide = |from: *const u16| _mm512_cvtepu16_epi32(_mm256_loadu_epi16(from.cast()));
            let pairs = _mm512_or_si512(wide(first), _mm512_slli_epi32::<16>(wide(second)));
            _mm512_storeu_si512(to.cast(), pairs);
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
    unsafe fn round(block: &Block, row: impl Fn(usize) -> isize) {
        let Block { sums, lines, columns, c } = *block;
        for line in 0..lines {
            for column in (0..columns).step_by(PAIRS) {
                // SAFETY: a block of sums has whole vectors; of the row, the columns wanted are written.
                unsafe {
                    let sums = _mm512_loadu_ps(sums.add(line * BLOCK + column));
                    let rounded = std::mem::transmute::<__m256bh, __m256i>(_mm512_cvtneps_pbh(sums));
                    let wanted = (0xffff_u32 >> (PAIRS - PAIRS.min(columns - column))) as u16;
                    _mm256_mask_storeu_epi16(c.offset(row(line)).add(column).cast(), wanted, rounded);
                }
            }
        }
    }

    impl Drop for Registers {
        fn drop(&mut self) {
            // SAFETY: the tiles are this thread's, and hold nothing that is needed.
            unsafe { asm!("tilerelease", options(nomem, nostack)) };
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod own {
    use super::{Block, Steps};

    /// No system but Linux, and no other processor, has them yet.
    pub(in crate::kernels::tiles) fn allowed() -> bool {
        false
    }

    /// Tiles, where there are any: nothing here is ever called.
    pub(in crate::kernels::tiles) struct Registers {}

    impl Registers {
        /// # Safety
        /// Never called.
        pub(in crate::kernels::tiles) unsafe fn new() -> Registers {
            unreachable!("tiles are allowed nowhere")
        }

        /// # Safety
        /// Never called.
        pub(in crate::kernels::tiles) unsafe fn multiply(
            &self,
            _: [Steps; 2],
            _: *const u32,
            _: *mut f32,
            _: [usize; 2],
        ) {
            unreachable!("tiles are allowed nowhere")
        }

        /// # Safety
        /// Never called.
        pub(in crate::kernels::tiles) unsafe fn round(&self, _: &Block, _: impl Fn(usize) -> isize) {
            unreachable!("tiles are allowed nowhere")
        }
    }

    /// # Safety
    /// Never called.
    pub(in crate::kernels::tiles) unsafe fn interleave(_: *const u16, _: *const u16, _: *mut u32) {
        unreachable!("tiles are allowed nowhere")
    }
}
