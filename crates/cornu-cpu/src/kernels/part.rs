//! Parts of arrays whose place is computed: taken out, or put in.

use super::Addresses;
use super::lane::read;
use cornu_graph::DType;

/// A part of an array in row-major order, and the buffer that says where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) starts: usize,
    pub(crate) starts_dtype: DType,
    pub(crate) element: usize,
    pub(crate) whole: Vec<usize>,
    pub(crate) sizes: Vec<usize>,
}

impl Part {
    /// Calls `copy` for each run of bytes that is one in both: where it is in the whole, where in
    /// the part, and how long it is.
    ///
    /// # Safety
    /// The buffer of starts holds a number for each axis.
    unsafe fn runs(&self, addresses: Addresses, copy: impl Fn(usize, usize, usize)) {
        let rank = self.sizes.len();
        let size: usize = self.sizes.iter().product();
        if size == 0 {
            return;
        }
        let start = |axis: usize| {
            // SAFETY: the caller's promise.
            let start: f64 = unsafe { read(addresses.at(self.starts), self.starts_dtype, axis as isize) };
            (start.max(0.0) as usize).min(self.whole[axis] - self.sizes[axis])
        };
        let run = self.sizes.last().copied().unwrap_or(1);
        for i in 0..size / run {
            let (mut left, mut place, mut stride) = (i * run, 0, 1);
            for axis in (0..rank).rev() {
                place += (left % self.sizes[axis] + start(axis)) * stride;
                left /= self.sizes[axis];
                stride *= self.whole[axis];
            }
            copy(place * self.element, i * run * self.element, run * self.element);
        }
    }
}

/// Takes a part out.
#[derive(Clone, Debug)]
pub(crate) struct TakePart {
    pub(crate) part: Part,
    pub(crate) x: usize,
    pub(crate) output: usize,
}

impl TakePart {
    /// # Safety
    /// The buffers hold what the fields say.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        // SAFETY: the caller's promise; the part lies within the whole.
        unsafe {
            let (from, to) = (addresses.at(self.x), addresses.at(self.output));
            self.part.runs(addresses, |whole, part, bytes| {
                std::ptr::copy_nonoverlapping(from.add(whole), to.add(part), bytes)
            });
        }
    }
}

/// Copies an array and puts a part in.
#[derive(Clone, Debug)]
pub(crate) struct PutPart {
    pub(crate) part: Part,
    pub(crate) x: usize,
    pub(crate) update: usize,
    pub(crate) output: usize,
}

impl PutPart {
    /// # Safety
    /// The buffers hold what the fields say.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        let bytes = self.part.whole.iter().product::<usize>() * self.part.element;
        // SAFETY: the caller's promise; the part lies within the whole.
        unsafe {
            let (from, to) = (addresses.at(self.update), addresses.at(self.output));
            std::ptr::copy_nonoverlapping(addresses.at(self.x), to, bytes);
            self.part.runs(addresses, |whole, part, bytes| {
                std::ptr::copy_nonoverlapping(from.add(part), to.add(whole), bytes)
            });
        }
    }
}

/// Copies an array as it is.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) x: usize,
    pub(crate) output: usize,
    pub(crate) bytes: usize,
}

impl Whole {
    /// # Safety
    /// The buffers hold as many bytes.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        // SAFETY: the caller's promise; two buffers in use at one time do not overlap.
        unsafe { std::ptr::copy_nonoverlapping(addresses.at(self.x), addresses.at(self.output), self.bytes) };
    }
}
