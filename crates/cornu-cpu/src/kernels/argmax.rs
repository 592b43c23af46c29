//! Indices of the largest or smallest elements along an axis.

use super::Addresses;
use super::fused::{Lane, Lanes, read};
use cornu_graph::DType;

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
                Lanes::F32 => self.run_in::<f32>(addresses),
                Lanes::F64 => self.run_in::<f64>(addresses),
            }
        }
    }

    unsafe fn run_in<T: Lane>(&self, addresses: Addresses) {
        // SAFETY: as in `run`; every index is below outer x n x inner.
        unsafe {
            let from = addresses.at(self.input);
            let to: *mut i64 = addresses.at(self.output).cast();
            for outer in 0..self.outer {
                for inner in 0..self.inner {
                    let at = |k: usize| -> T {
                        read(from, self.dtype, ((outer * self.n + k) * self.inner + inner) as isize)
                    };
                    let (mut best, mut index) = (at(0), 0);
                    for k in 1..self.n {
                        let x = at(k);
                        // The first NaN is as extreme as can be.
                        let nan = x.partial_cmp(&x).is_none() && best.partial_cmp(&best).is_some();
                        if nan || (self.largest && x > best) || (!self.largest && x < best) {
                            (best, index) = (x, k as i64);
                        }
                    }
                    *to.add(outer * self.inner + inner) = index;
                }
            }
        }
    }
}
