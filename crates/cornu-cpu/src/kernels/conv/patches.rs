//! Patches: what a kernel sees from each of its places, copied into the lines of a matrix.

use crate::kernels::axis::WindowAxis;
use crate::simd::Job;
use std::ops::Range;

/// A matrix of which each element is one of an input's, or a zero of its padding.
///
/// A line is numbered by `outer` and the majors of the axes, an element in it by the minors and
/// `inner`. Along each axis, the element seen is at `major * major_step + minor * minor_step - low`,
/// where the input's own elements lie `spread` apart.
#[derive(Clone, Debug)]
pub(super) struct Patches {
    /// Extent and stride.
    pub(super) outer: (usize, isize),
    /// Extent and stride.
    pub(super) inner: (usize, isize),
    pub(super) axes: [WindowAxis; 3],
}

impl Patches {
    pub(super) fn lines(&self) -> usize {
        self.outer.0 * self.axes.iter().map(|axis| axis.majors).product::<usize>()
    }

    pub(super) fn width(&self) -> usize {
        self.inner.0 * self.axes.iter().map(|axis| axis.minors).product::<usize>()
    }

    /// Whether what a line sees along the last axis lies side by side.
    fn in_runs(&self) -> bool {
        let [.., axis] = &self.axes;
        let (n, stride) = self.inner;
        axis.spread == 1
            && (stride == 1 || n == 1)
            && (axis.minor_step as isize * axis.stride == n as isize || axis.minors == 1)
    }

    /// Whether lines should run down the matrix that is packed, because short runs of one line, but
    /// long ones of neighboring lines, lie side by side.
    pub(super) fn turned(&self) -> bool {
        let [.., axis] = &self.axes;
        let run = if self.in_runs() { self.inner.0 * axis.minors } else { self.inner.0 };
        let across = (axis.major_step as isize * axis.stride).unsigned_abs();
        (self.inner.1 != 1 || run < 8) && axis.majors >= 8 && across < self.inner.1.unsigned_abs().max(2)
    }
}

/// Packs lines of patches.
pub(super) struct Pack<'a, T> {
    pub(super) patches: &'a Patches,
    pub(super) x: *const T,
    pub(super) lines: Range<usize>,
    pub(super) to: *mut T,
    /// How far apart lines are in `to` or, where they are turned, their elements.
    pub(super) stride: usize,
    pub(super) turned: bool,
}

impl<T: Copy + Default> Job for Pack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Patches { outer, axes: [a, b, c], .. } = self.patches;
        let mut line = self.lines.start;
        while line < self.lines.end {
            let (rest, last) = (line / c.majors, line % c.majors);
            let (rest, second) = (rest / b.majors, rest % b.majors);
            let (outer_index, first) = (rest / a.majors, rest % a.majors);
            let run = (c.majors - last).min(self.lines.end - line);
            let at = line - self.lines.start;
            let mut minor = 0;
            for i in 0..a.minors {
                for j in 0..b.minors {
                    let start = match (a.at(first, i), b.at(second, j)) {
                        (Some(i), Some(j)) => Some(
                            outer_index as isize * outer.1 + i as isize * a.stride + j as isize * b.stride,
                        ),
                        _ => None,
                    };
                    // SAFETY: the caller vouches for the input and for room for all lines; `start` is
                    // inside the input along all axes but the last.
                    unsafe { self.run_of_lines(start, last..last + run, at, minor) };
                    minor += c.minors * self.patches.inner.0;
                }
            }
            line += run;
        }
    }
}

impl<T: Copy + Default> Pack<'_, T> {
    /// The part of neighboring lines, from the `at`th packed on, that minors along the last axis
    /// and `inner` make, from element `minor` on; `start` is where the input's other axes point, if
    /// they point into it.
    #[inline(always)]
    unsafe fn run_of_lines(&self, start: Option<isize>, majors: Range<usize>, at: usize, minor: usize) {
        let [.., axis] = &self.patches.axes;
        let (n, inner_stride) = self.patches.inner;
        // SAFETY: the caller's promises; places along the axis are checked one by one.
        unsafe {
            let Some(start) = start else {
                for i in 0..majors.len() {
                    for k in 0..axis.minors * n {
                        *self.place(at + i, minor + k) = T::default();
                    }
                }
                return;
            };
            let x = self.x.offset(start);
            if !self.turned && self.patches.in_runs() {
                for (i, major) in majors.enumerate() {
                    let to = self.place(at + i, minor);
                    let seen = axis.seen(major);
                    clear(to, seen.start * n);
                    if !seen.is_empty() {
                        let place = major * axis.major_step + seen.start * axis.minor_step;
                        let from = x.offset((place as i64 - axis.low) as isize * axis.stride);
                        copy_run(from, to.add(seen.start * n), seen.len() * n);
                    }
                    clear(to.add(seen.end * n), (axis.minors - seen.end) * n);
                }
                return;
            }
            for k in 0..axis.minors {
                let minor = minor + k * n;
                if self.turned && axis.spread == 1 {
                    self.columns(x, axis, majors.clone(), k, at, minor);
                    continue;
                }
                for (i, major) in majors.clone().enumerate() {
                    let Some(place) = axis.at(major, k) else {
                        for m in 0..n {
                            *self.place(at + i, minor + m) = T::default();
                        }
                        continue;
                    };
                    let from = x.offset(place as isize * axis.stride);
                    if inner_stride == 1 && !self.turned {
                        copy_run(from, self.place(at + i, minor), n);
                        continue;
                    }
                    for m in 0..n {
                        *self.place(at + i, minor + m) = *from.offset(m as isize * inner_stride);
                    }
                }
            }
        }
    }

    /// The same for one minor `k`, where lines are turned and the input is not spread.
    #[inline(always)]
    unsafe fn columns(
        &self,
        x: *const T,
        axis: &WindowAxis,
        majors: Range<usize>,
        k: usize,
        at: usize,
        minor: usize,
    ) {
        let (n, inner_stride) = self.patches.inner;
        // The majors that see something of minor `k` are the minors of the axis seen the other way.
        let other = WindowAxis {
            minors: majors.end,
            minor_step: axis.major_step,
            major_step: axis.minor_step,
            ..*axis
        };
        let seen = other.seen(k);
        let seen = seen.start.clamp(majors.start, majors.end)..seen.end.clamp(majors.start, majors.end);
        let step = axis.major_step as isize * axis.stride;
        for m in 0..n {
            // SAFETY: the caller's promises; `seen` stays inside the axis.
            unsafe {
                let to = self.place(at, minor + m);
                clear(to, seen.start - majors.start);
                if !seen.is_empty() {
                    let place = (seen.start * axis.major_step + k * axis.minor_step) as i64 - axis.low;
                    let from = x.offset(place as isize * axis.stride + m as isize * inner_stride);
                    let to = to.add(seen.start - majors.start);
                    if step == 1 {
                        copy_run(from, to, seen.len());
                    } else {
                        for i in 0..seen.len() {
                            *to.add(i) = *from.offset(i as isize * step);
                        }
                    }
                }
                clear(to.add(seen.end - majors.start), majors.end - seen.end);
            }
        }
    }

    #[inline(always)]
    unsafe fn place(&self, line: usize, element: usize) -> *mut T {
        let (i, j) = if self.turned { (element, line) } else { (line, element) };
        // SAFETY: the caller vouches for room for all lines.
        unsafe { self.to.add(i * self.stride + j) }
    }
}

/// Copies `n` elements that lie side by side. Runs are too short for a call.
#[inline(always)]
unsafe fn copy_run<T: Copy>(from: *const T, to: *mut T, n: usize) {
    // SAFETY: the caller vouches for `n` elements; the last block overlaps the one before.
    unsafe {
        let mut i = 0;
        if n >= 16 {
            while i + 16 <= n {
                to.add(i).cast::<[T; 16]>().write_unaligned(from.add(i).cast::<[T; 16]>().read_unaligned());
                i += 16;
            }
            if i < n {
                let i = n - 16;
                to.add(i).cast::<[T; 16]>().write_unaligned(from.add(i).cast::<[T; 16]>().read_unaligned());
            }
            return;
        }
        while i + 4 <= n {
            to.add(i).cast::<[T; 4]>().write_unaligned(from.add(i).cast::<[T; 4]>().read_unaligned());
            i += 4;
        }
        while i < n {
            *to.add(i) = *from.add(i);
            i += 1;
        }
    }
}

#[inline(always)]
unsafe fn clear<T: Copy + Default>(to: *mut T, n: usize) {
    for i in 0..n {
        // SAFETY: the caller vouches for `n` elements.
        unsafe { *to.add(i) = T::default() };
    }
}
