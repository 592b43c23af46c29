//! The tiles themselves: whether a program may use them, and what they do.

pub(super) use own::{Registers, allowed};

/// Some steps of 32 lines: 16 pairs of them for each tile, of lines that are `stride` bytes apart.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    pub(super) lines: *const u8,
    pub(super) stride: isize,
    pub(super) tiles: usize,
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod own {
    use super::Steps;
    use std::arch::asm;
    use std::marker::PhantomData;
    use std::sync::OnceLock;

    /// Whether the system lets this program use tiles, which it is asked for once: they make what is
    /// kept of a thread larger by 8 KiB.
    pub(in super::super) fn allowed() -> bool {
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
    pub(in super::super) struct Registers {
        // They are the thread's own.
        not_send: PhantomData<*const ()>,
    }

    impl Registers {
        /// # Safety
        /// The processor has tiles, and they are [`allowed`].
        pub(in super::super) unsafe fn new() -> Registers {
            // SAFETY: the caller's promise.
            unsafe { asm!("ldtilecfg [{}]", in(reg) &SHAPES, options(nostack, readonly)) };
            Registers { not_send: PhantomData }
        }

        /// Sets the 32 lines of 32 numbers at `sums` to the products of 32 lines of pairs and a panel of 32
        /// columns. Of the lines, most steps are in one place and the rest in another.
        ///
        /// # Safety
        /// All of them are there, and at least 16 steps.
        pub(in super::super) unsafe fn multiply(
            &self,
            [most, rest]: [Steps; 2],
            panel: *const u32,
            sums: *mut f32,
        ) {
            let [first, then] = if most.tiles == 0 { [rest, most] } else { [most, rest] };
            // SAFETY: the caller's promise; the tiles that are written are named.
            unsafe {
                asm!(
                    "tilezero tmm0",
                    "tilezero tmm1",
                    "tilezero tmm2",
                    "tilezero tmm3",
                    "2:",
                    "tileloadd tmm4, [{upper} + {stride}*1]",
                    "tileloadd tmm6, [{panel} + {row}*1]",
                    "tileloadd tmm7, [{panel} + {row}*1 + 64]",
                    "tdpbf16ps tmm0, tmm4, tmm6",
                    "tileloadd tmm5, [{lower} + {stride}*1]",
                    "tdpbf16ps tmm1, tmm4, tmm7",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tdpbf16ps tmm3, tmm5, tmm7",
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
                    "tilestored [{sums} + {row}*1], tmm0",
                    "tilestored [{sums} + {row}*1 + 64], tmm1",
                    "tilestored [{sums} + {row}*1 + 2048], tmm2",
                    "tilestored [{sums} + {row}*1 + 2112], tmm3",
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
    use super::Steps;
    /// No system but Linux, and no other processor, has them yet.
    pub(in super::super) fn allowed() -> bool {
        false
    }

    /// Tiles, where there are any.
    pub(in super::super) struct Registers {}

    impl Registers {
        /// # Safety
        /// There are none: it is never called.
        pub(in super::super) unsafe fn new() -> Registers {
            Registers {}
        }

        /// # Safety
        /// It is never called.
        pub(in super::super) unsafe fn multiply(&self, _: [Steps; 2], _: *const u32, _: *mut f32) {}
    }
}
