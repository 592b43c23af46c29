//! What windows see: sums, greatest elements, and what lies at their places.

use super::Addresses;
use super::axis::WindowAxis;
use super::lane::Lane;
use crate::simd::{Isa, Job};
use cornu_graph::DType;
use cornu_graph::ops::{Op, Window};
use std::ops::Range;

/// Windows over buffers that lie in row-major order.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    kind: Kind,
    dtype: DType,
    x: usize,
    /// What is selected from or scattered, where something is.
    other: usize,
    pub(crate) output: usize,
    /// Axes before, of which each window sees one element.
    outer: usize,
    axes: [WindowAxis; MAX_AXES],
    /// Axes after: vectors run along them.
    inner: usize,
    /// Whether no element is seen from two windows.
    apart: bool,
    /// Along which axes windows see no padding.
    inside: [bool; MAX_AXES],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Sum,
    Max,
    Select,
    Scatter,
}

/// Axes that windows see several elements of, and those between them.
const MAX_AXES: usize = 3;

/// Lanes of a window that are done at a time.
const LANES: usize = 64;

/// Elements seen that are worth a part of their own.
const PART: usize = 1 << 17;

impl Windows {
    /// The windows of an operation on an operand of shape `x`, if there is a loop for them.
    pub(crate) fn new(
        op: &Op,
        dtype: DType,
        x: &[usize],
        inputs: &[usize],
        output: usize,
    ) -> Option<Windows> {
        let (kind, window) = match op {
            Op::WindowSum(op) => (Kind::Sum, &op.window),
            Op::WindowMax(op) => (Kind::Max, &op.window),
            Op::WindowSelect(op) => (Kind::Select, &op.window),
            Op::WindowScatter(op) => (Kind::Scatter, &op.window),
            _ => return None,
        };
        let rank = x.len();
        let still = |axis: &usize| {
            let Window { size, stride, low, high, .. } = window;
            (size[*axis], stride[*axis], low[*axis], high[*axis]) == (1, 1, 0, 0)
        };
        let before = (0..rank).take_while(still).count();
        let after = (before..rank).rev().take_while(still).count();
        let seen = before..rank - after;
        if seen.len() > MAX_AXES || !matches!(dtype, DType::F32 | DType::F64) {
            return None;
        }
        let mut axes = [WindowAxis::NONE; MAX_AXES];
        let inner: usize = x[rank - after..].iter().product();
        let mut stride = inner;
        for (i, axis) in seen.rev().enumerate() {
            let span = (window.size[axis] as i64 - 1) * window.dilation[axis] as i64 + 1;
            let room = window.low[axis] + x[axis] as i64 + window.high[axis] - span;
            axes[MAX_AXES - 1 - i] = WindowAxis {
                majors: (room.div_euclid(window.stride[axis] as i64) + 1).max(0) as usize,
                major_step: window.stride[axis],
                minors: window.size[axis],
                minor_step: window.dilation[axis],
                spread: 1,
                low: window.low[axis],
                extent: x[axis],
                stride: stride as isize,
            };
            stride *= x[axis];
        }
        let (outer, other) = (x[..before].iter().product(), inputs.get(1).copied().unwrap_or(inputs[0]));
        let apart = |axis: &WindowAxis| {
            axis.majors == 1 || axis.major_step > axis.minors.saturating_sub(1) * axis.minor_step
        };
        let apart = axes.iter().all(apart);
        let inside = axes.map(|axis| {
            let reach = axis.majors.saturating_sub(1) * axis.major_step
                + axis.minors.saturating_sub(1) * axis.minor_step;
            axis.low <= 0 && reach as i64 - axis.low < axis.extent as i64
        });
        Some(Windows { kind, dtype, x: inputs[0], other, output, outer, axes, inner, apart, inside })
    }

    /// Elements that all windows see, padding included.
    pub(crate) fn flops(&self) -> usize {
        self.windows() * self.inner * self.axes.iter().map(|axis| axis.minors).product::<usize>()
    }

    /// Number of windows, of `inner` elements each.
    fn windows(&self) -> usize {
        self.outer * self.axes.iter().map(|axis| axis.majors).product::<usize>()
    }

    /// Number of parts: of the windows or, where these share elements that they add to, of the axes
    /// before.
    pub(crate) fn parts(&self) -> usize {
        let most = if self.kind == Kind::Scatter { self.outer } else { self.windows() };
        (self.flops() / PART).clamp(1, most.clamp(1, 256))
    }

    /// Number of elements of the result.
    pub(crate) fn size(&self) -> usize {
        match self.kind {
            Kind::Scatter => self.outer * self.extent(),
            _ => self.windows() * self.inner,
        }
    }

    /// Elements that lie behind one element of the axes before.
    fn extent(&self) -> usize {
        self.axes.iter().map(|axis| axis.extent).product::<usize>() * self.inner
    }

    /// The elements of the result that a part makes.
    pub(crate) fn piece(&self, part: usize) -> Range<usize> {
        let (share, each) = match self.kind {
            Kind::Scatter => (self.share(part, self.outer), self.extent()),
            _ => (self.share(part, self.windows()), self.inner),
        };
        share.start * each..share.end * each
    }

    fn share(&self, part: usize, n: usize) -> Range<usize> {
        let parts = self.parts();
        n * part / parts..n * (part + 1) / parts
    }

    /// Whether windows that are apart leave no element out.
    fn cover(&self) -> bool {
        let covers = |axis: &WindowAxis| {
            let step = if axis.majors == 1 { axis.minors } else { axis.major_step };
            (axis.low, axis.minor_step, step) == (0, 1, axis.minors)
                && axis.majors * axis.minors == axis.extent
        };
        self.apart && self.axes.iter().all(covers)
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses, isa: Isa) {
        let part = Part { windows: self, part, addresses };
        match self.dtype {
            DType::F64 => isa.run(Run(part, 0f64)),
            _ => isa.run(Run(part, 0f32)),
        }
    }
}

struct Part<'a> {
    windows: &'a Windows,
    part: usize,
    addresses: Addresses,
}

/// A part, for elements of the type of the second field.
struct Run<'a, T>(Part<'a>, T);

impl<T: Lane> Job for Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Part { windows, part, addresses } = self.0;
        // SAFETY: `Windows::run`'s caller vouches for the buffers.
        unsafe {
            Buffers {
                windows,
                x: addresses.at(windows.x).cast_const().cast::<T>(),
                other: addresses.at(windows.other).cast_const().cast::<T>(),
                output: addresses.at(windows.output).cast::<T>(),
            }
            .run(part);
        }
    }
}

struct Buffers<'a, T> {
    windows: &'a Windows,
    x: *const T,
    other: *const T,
    output: *mut T,
}

/// One window: its number among those of one element of the axes before, and where that element is.
struct Place {
    window: usize,
    at: [usize; MAX_AXES],
    start: isize,
}

impl<T: Lane> Buffers<'_, T> {
    #[inline(always)]
    unsafe fn run(&self, part: usize) {
        let Windows { kind, outer, axes, inner, .. } = self.windows;
        let (each, size) = (self.windows.windows() / (*outer).max(1), self.windows.extent());
        let range = match kind {
            Kind::Scatter => {
                let own = self.windows.share(part, *outer);
                let unseen = if self.windows.cover() { 0..0 } else { own.start * size..own.end * size };
                for i in unseen {
                    // SAFETY: this part's share of the result.
                    unsafe { *self.output.add(i) = T::default() };
                }
                own.start * each..own.end * each
            }
            _ => self.windows.share(part, self.windows.windows()),
        };
        let majors = axes.map(|axis| axis.majors);
        let (rest, third) = (range.start / majors[2].max(1), range.start % majors[2].max(1));
        let (rest, second) = (rest / majors[1].max(1), rest % majors[1].max(1));
        let (mut outer, mut at) = (rest / majors[0].max(1), [rest % majors[0].max(1), second, third]);
        for window in range {
            let place = Place { window, at, start: (outer * size) as isize };
            // The next window's.
            at[2] += 1;
            for axis in (1..MAX_AXES).rev() {
                if at[axis] == majors[axis] {
                    at[axis] = 0;
                    at[axis - 1] += 1;
                }
            }
            if at[0] == majors[0] {
                at[0] = 0;
                outer += 1;
            }
            for lane in (0..*inner).step_by(LANES) {
                // SAFETY: so many lanes are left.
                unsafe { self.block(&place, lane, LANES.min(inner - lane)) };
            }
        }
    }

    /// Calls `see` with the elements' number and place for each that a window sees.
    #[inline(always)]
    fn each(&self, place: &Place, mut see: impl FnMut(u32, isize)) {
        let [a, b, c] = &self.windows.axes;
        let start = |axis: &WindowAxis, major: usize, minor: usize| {
            ((major * axis.major_step + minor * axis.minor_step) as i64 - axis.low) as isize * axis.stride
        };
        let seen: [Range<usize>; MAX_AXES] = [0, 1, 2].map(|i| {
            let axis = &self.windows.axes[i];
            if self.windows.inside[i] { 0..axis.minors } else { axis.seen(place.at[i]) }
        });
        let mut number = 0;
        for i in seen[0].clone() {
            let first = place.start + start(a, place.at[0], i);
            for j in seen[1].clone() {
                let second = first + start(b, place.at[1], j);
                for k in seen[2].clone() {
                    see(number, second + start(c, place.at[2], k));
                    number += 1;
                }
            }
        }
    }

    /// `n` lanes of one window, from `lane` on. (Their number is no constant: loops that the compiler
    /// unrolls wholly are not made vectors of.)
    #[inline(always)]
    unsafe fn block(&self, place: &Place, lane: usize, n: usize) {
        let own = place.window * self.windows.inner + lane;
        // SAFETY: the caller vouches for n lanes of what windows see and of their own.
        unsafe {
            let x = self.x.add(lane);
            let load = |from: *const T| std::slice::from_raw_parts(from, n);
            let mut lanes = [T::default(); LANES];
            let lanes = &mut lanes[..n];
            match self.windows.kind {
                Kind::Sum => self.each(place, |_, at| {
                    lanes.iter_mut().zip(load(x.offset(at))).for_each(|(sum, x)| *sum = sum.add(*x));
                }),
                Kind::Max => {
                    lanes.fill(T::of(f64::NEG_INFINITY));
                    self.each(place, |_, at| {
                        for (best, &x) in lanes.iter_mut().zip(load(x.offset(at))) {
                            *best = if (x > *best) | is_nan(x) { x } else { *best };
                        }
                    });
                }
                Kind::Select => {
                    let numbers = self.greatest(place, x, n);
                    self.each(place, |number, at| {
                        let number = T::of_f32(number as f32);
                        let values = load(self.other.add(lane).offset(at));
                        for ((found, &own), &value) in lanes.iter_mut().zip(&numbers[..n]).zip(values) {
                            *found = if own == number { value } else { *found };
                        }
                    });
                }
                Kind::Scatter => {
                    let numbers = self.greatest(place, x, n);
                    let dy = load(self.other.add(own));
                    let apart = self.windows.apart;
                    self.each(place, |number, at| {
                        let number = T::of_f32(number as f32);
                        let to = std::slice::from_raw_parts_mut(self.output.add(lane).offset(at), n);
                        let own = numbers[..n].iter().zip(dy);
                        if apart {
                            for (to, (&own, &dy)) in to.iter_mut().zip(own) {
                                *to = if own == number { dy } else { T::default() };
                            }
                        } else {
                            for (to, (&own, &dy)) in to.iter_mut().zip(own) {
                                *to = if own == number { to.add(dy) } else { *to };
                            }
                        }
                    });
                    return;
                }
            }
            std::slice::from_raw_parts_mut(self.output.add(own), n).copy_from_slice(lanes);
        }
    }

    /// For each lane, the number of the first of the greatest elements that a window sees.
    #[inline(always)]
    unsafe fn greatest(&self, place: &Place, x: *const T, n: usize) -> [T; LANES] {
        let (mut best, mut numbers) = ([T::default(); LANES], [T::default(); LANES]);
        self.each(place, |number, at| {
            // SAFETY: the caller vouches for n lanes of what windows see.
            let values = unsafe { std::slice::from_raw_parts(x.offset(at), n) };
            if number == 0 {
                best[..n].copy_from_slice(values);
                return;
            }
            let number = T::of_f32(number as f32);
            for ((best, own), &x) in best.iter_mut().zip(&mut numbers).zip(values) {
                // What is no number is greater than all that are.
                let better = (x > *best) | (is_nan(x) & !is_nan(*best));
                *best = if better { x } else { *best };
                *own = if better { number } else { *own };
            }
        });
        numbers
    }
}

#[inline(always)]
fn is_nan<T: Lane>(x: T) -> bool {
    #[allow(clippy::eq_op, reason = "what is no number is not equal to itself")]
    {
        x != x
    }
}
