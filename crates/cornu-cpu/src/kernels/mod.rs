//! Kernels: the inner loops that plans are made of. What has none here runs in the reference's loop.

pub(crate) mod argmax;
pub(crate) mod axis;
pub(crate) mod conv;
pub(crate) mod dot;
pub(crate) mod fused;
pub(crate) mod gather;
pub(crate) mod lane;
pub mod matmul;
pub(crate) mod part;
pub(crate) mod reference;
pub(crate) mod tiles;
pub(crate) mod window;

use crate::layout::View;
use crate::widen::is_half;
use cornu_graph::DType;
use cornu_graph::ops::Op;

/// Where each buffer of a plan begins, for the run at hand.
#[derive(Clone, Copy)]
pub(crate) struct Addresses(pub(crate) *const *mut u8);

// SAFETY: it is a table of addresses; who reads and writes what behind them is the plan's care.
unsafe impl Send for Addresses {}
// SAFETY: as above; the table itself is not changed during a run.
unsafe impl Sync for Addresses {}

impl Addresses {
    /// Where `buffer` begins.
    ///
    /// # Safety
    /// The table has an entry of that number.
    #[inline(always)]
    pub(crate) unsafe fn at(self, buffer: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { *self.0.add(buffer) }
    }
}

/// How the `i`th operand of a kernel has to lie, if not as its view shows it: the view whose elements
/// are to be copied, in row-major order, before the kernel runs.
pub(crate) fn operand_order(op: &Op, dtype: DType, i: usize, operands: &[(usize, View)]) -> Option<View> {
    let view = &operands[i].1;
    match op {
        Op::Conv(conv) if conv::fits(conv, dtype) => conv::operand_order(conv, i, operands),
        Op::Dot(dot) if is_float(dtype) || is_half(dtype) => dot::operand_order(dot, i, view),
        // A step's part is read where it lies, if it lies in one piece.
        Op::Scan(scan) => {
            let is_sequence = (scan.n_carries..scan.n_carries + scan.n_sequences).contains(&i);
            (!view.is_in_one_piece(is_sequence as usize)).then(|| view.clone())
        }
        // These are loops of their own, or read through views.
        Op::Concat(_) | Op::Pad(_) => None,
        // One number everywhere need not be written everywhere first.
        Op::ScatterAdd(_) if i == 0 && is_float(dtype) && view.strides.iter().all(|&s| s == 0) => None,
        // What it waits for is not read.
        Op::After(_) if i == 1 => None,
        _ => (!view.is_contiguous()).then(|| view.clone()),
    }
}

/// Whether kernels compute in a dtype.
fn is_float(dtype: DType) -> bool {
    matches!(dtype, DType::F32 | DType::F64)
}
