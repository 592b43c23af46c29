//! Indices of the largest or smallest elements along an axis.

use super::Addresses;
use super::fused::Lanes;
use super::lane::{Lane, Stored, Truth, with_stored};
use cornu_graph::DType;
use half::{bf16, f16};

/// For each of `outer x inner` lines of `n` elements, the index of the first extreme one.
#[derive(Clone, Debug)]
pub(crate) struct ArgExtreme {
    pub(crate) input: usize,
    pub(crate) dtype: DType,
    pub(crate) lanes: Lanes,
    pub(crate) output: usize,
    pub(crate) outer: usize,
    pub(crate) n: usize,
    pub(crate) inner: usize,
    pub(crate) largest: bool,
}

impl ArgExtreme {
    /// # Safety
    /// The buffers hold what the fields say.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.lanes {
                Lanes::F32 => with_stored!(self.dtype, S => self.run_in::<f32, S>(addresses)),
                Lanes::F64 => with_stored!(self.dtype, S => self.run_in::<f64, S>(addresses)),
            }
        }
    }

    unsafe fn run_in<T: Lane, S: Stored>(&self, addresses: Addresses) {
        let &ArgExtreme { outer, n, inner, largest, .. } = self;
        // SAFETY: as in `run`: the buffers hold outer x n x inner elements, and outer x inner results.
        let (from, to) = unsafe {
            let from = std::slice::from_raw_parts(addresses.at(self.input).cast::<S>(), outer * n * inner);
            (from, std::slice::from_raw_parts_mut(addresses.at(self.output).cast::<i64>(), outer * inner))
        };
        for (line, index) in to.iter_mut().enumerate() {
            let start = line / inner * n * inner + line % inner;
            let mut best: T = from[start].load();
            *index = 0;
            for k in 1..n {
                let x: T = from[start + k * inner].load();
                let more = if largest { x > best } else { x < best };
                // The first NaN is as extreme as can be.
                if more || (x.partial_cmp(&x).is_none() && best.partial_cmp(&best).is_some()) {
                    (best, *index) = (x, k as i64);
                }
            }
        }
    }
}
