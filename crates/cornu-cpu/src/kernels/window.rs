//! What windows see: sums, greatest elements, and what lies at their places.

use super::Addresses;
use super::axis::WindowAxis;
use super::lane::Lane;
use super::matmul::{Compared, ComparedJob, Ordered, enter_compared};
use crate::simd::Isa;
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

    /// What the result may be cut into: windows or, where these share elements that they add to, the axes
    /// before.
    fn units(&self) -> usize {
        if self.kind == Kind::Scatter { self.outer } else { self.windows() }
    }

    /// Number of parts.
    pub(crate) fn parts(&self) -> usize {
        (self.flops() / PART).clamp(1, self.units().clamp(1, 256))
    }

    /// The units of a part.
    pub(crate) fn part(&self, part: usize) -> Range<usize> {
        let (units, parts) = (self.units(), self.parts());
        units * part / parts..units * (part + 1) / parts
    }

    /// The units of some of `rows` equal pieces, which divide the axes before.
    pub(crate) fn of_rows(&self, range: Range<usize>, rows: usize) -> Range<usize> {
        let each = self.units() / rows.max(1);
        range.start * each..range.end * each
    }

    /// Elements of the axes before, of which each window sees one.
    pub(crate) fn outer(&self) -> usize {
        self.outer
    }

    /// What is read, and the number of elements.
    pub(crate) fn operands(&self) -> [(usize, usize); 2] {
        let x = self.outer * self.extent();
        let other = if self.kind == Kind::Scatter { self.windows() * self.inner } else { x };
        [(self.x, x), (self.other, other)]
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
        let (part, each) = (self.part(part), self.size() / self.units().max(1));
        part.start * each..part.end * each
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
    /// The buffers hold what the fields say for these units; nobody else touches their result.
    pub(crate) unsafe fn run(&self, units: Range<usize>, addresses: Addresses, isa: Isa) {
        let part = Part { windows: self, units, addresses };
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.dtype {
                DType::F64 => enter_compared::<f64>(isa, part),
                _ => enter_compared::<f32>(isa, part),
            }
        }
    }
}

struct Part<'a> {
    windows: &'a Windows,
    units: Range<usize>,
    addresses: Addresses,
}

impl<T: Lane + Ordered> ComparedJob<T> for Part<'_> {
    #[inline(always)]
    unsafe fn run<V: Compared<Element = T>>(self) {
        let Part { windows, units, addresses } = self;
        // SAFETY: `Windows::run`'s caller vouches for the buffers.
        unsafe {
            Buffers {
                windows,
                x: addresses.at(windows.x).cast_const().cast::<T>(),
                other: addresses.at(windows.other).cast_const().cast::<T>(),
                output: addresses.at(windows.output).cast::<T>(),
            }
            .run::<V>(units);
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

/// The elements that a window sees: the number of each, and where it is. (No closure is called with them: it
/// might fall out of the function that carries the instruction set.)
struct Seen {
    number: u32,
    offset: isize,
    /// Elements that are left along each axis, of so many, and from one to the next.
    left: [usize; MAX_AXES],
    counts: [usize; MAX_AXES],
    steps: [isize; MAX_AXES],
}

impl Iterator for Seen {
    type Item = (u32, isize);

    #[inline(always)]
    fn next(&mut self) -> Option<(u32, isize)> {
        if self.left[0] == 0 {
            return None;
        }
        let seen = (self.number, self.offset);
        self.number += 1;
        for i in (0..MAX_AXES).rev() {
            self.left[i] -= 1;
            self.offset += self.steps[i];
            if i == 0 || self.left[i] > 0 {
                break;
            }
            self.offset -= self.steps[i] * self.counts[i] as isize;
            self.left[i] = self.counts[i];
        }
        Some(seen)
    }
}

impl<T: Lane + Ordered> Buffers<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Compared<Element = T>>(&self, units: Range<usize>) {
        let Windows { kind, outer, axes, inner, .. } = self.windows;
        let (each, size) = (self.windows.windows() / (*outer).max(1), self.windows.extent());
        let range = match kind {
            Kind::Scatter => {
                let unseen = if self.windows.cover() { 0..0 } else { units.start * size..units.end * size };
                // SAFETY: the result of these units; zero is all zero bits.
                unsafe { self.output.add(unseen.start).write_bytes(0, unseen.len()) };
                units.start * each..units.end * each
            }
            _ => units,
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
            let mut lane = 0;
            while lane < *inner {
                // SAFETY: so many lanes are left.
                lane += unsafe {
                    match (inner - lane).div_ceil(V::LANES) {
                        1 => self.block::<V, 1>(&place, lane),
                        2 | 3 => self.block::<V, 2>(&place, lane),
                        _ => self.block::<V, 4>(&place, lane),
                    }
                };
            }
        }
    }

    /// The elements that a window sees, in order.
    #[inline(always)]
    fn seen(&self, place: &Place) -> Seen {
        let mut seen = Seen {
            number: 0,
            offset: place.start,
            left: [0; MAX_AXES],
            counts: [0; MAX_AXES],
            steps: [0; MAX_AXES],
        };
        for (i, axis) in self.windows.axes.iter().enumerate() {
            let own = if self.windows.inside[i] { 0..axis.minors } else { axis.seen(place.at[i]) };
            let first = (place.at[i] * axis.major_step + own.start * axis.minor_step) as i64 - axis.low;
            seen.offset += first as isize * axis.stride;
            seen.steps[i] = axis.minor_step as isize * axis.stride;
            seen.counts[i] = own.len();
        }
        if !seen.counts.contains(&0) {
            seen.left = seen.counts;
        }
        seen
    }

    /// The lanes of one window from `lane` on that make C vectors; returns how many.
    #[inline(always)]
    unsafe fn block<V: Compared<Element = T>, const C: usize>(&self, place: &Place, lane: usize) -> usize {
        let Windows { kind, inner, apart, .. } = self.windows;
        let n = (inner - lane).min(C * V::LANES);
        let own = place.window * inner + lane;
        // SAFETY: the caller vouches for these lanes of what windows see and of their own.
        unsafe {
            let last = V::first(n - (C - 1) * V::LANES);
            let x = self.x.add(lane);
            let mut lanes = [V::zero(); C];
            match kind {
                Kind::Sum => {
                    for (_, at) in self.seen(place) {
                        let values = load::<V, C>(x.offset(at), last);
                        for (sum, x) in lanes.iter_mut().zip(values) {
                            *sum = V::add(*sum, x);
                        }
                    }
                }
                Kind::Max => {
                    lanes = [V::splat(&T::of(f64::NEG_INFINITY)); C];
                    for (_, at) in self.seen(place) {
                        let values = load::<V, C>(x.offset(at), last);
                        for (best, x) in lanes.iter_mut().zip(values) {
                            *best = V::or(x, V::above(x, *best), *best);
                        }
                    }
                }
                Kind::Select => {
                    let numbers = self.greatest::<V, C>(place, x, last);
                    for (number, at) in self.seen(place) {
                        let number = V::splat(&T::of_f32(number as f32));
                        let values = load::<V, C>(self.other.add(lane).offset(at), last);
                        for ((found, own), value) in lanes.iter_mut().zip(numbers).zip(values) {
                            *found = V::or(value, V::equal(own, number), *found);
                        }
                    }
                }
                Kind::Scatter => {
                    let numbers = self.greatest::<V, C>(place, x, last);
                    let dy = load::<V, C>(self.other.add(own), last);
                    for (number, at) in self.seen(place) {
                        let number = V::splat(&T::of_f32(number as f32));
                        let to = self.output.add(lane).offset(at);
                        let mut sums = lanes;
                        if !apart {
                            sums = load::<V, C>(to, last);
                        }
                        for ((sum, own), dy) in sums.iter_mut().zip(numbers).zip(dy) {
                            let put = if *apart { dy } else { V::add(*sum, dy) };
                            *sum = V::or(put, V::equal(own, number), *sum);
                        }
                        store(sums, to, last);
                    }
                    return n;
                }
            }
            store(lanes, self.output.add(own), last);
        }
        n
    }

    /// For each lane, the number of the first of the greatest elements that a window sees.
    #[inline(always)]
    unsafe fn greatest<V: Compared<Element = T>, const C: usize>(
        &self,
        place: &Place,
        x: *const T,
        last: V::Mask,
    ) -> [V; C] {
        // SAFETY: the caller vouches for the lanes of what windows see.
        unsafe {
            let (mut best, mut numbers) = ([V::splat(&T::of(f64::NEG_INFINITY)); C], [V::zero(); C]);
            for (number, at) in self.seen(place) {
                let number = V::splat(&T::of_f32(number as f32));
                let values = load::<V, C>(x.offset(at), last);
                for ((best, own), x) in best.iter_mut().zip(&mut numbers).zip(values) {
                    let better = V::above(x, *best);
                    *best = V::or(x, better, *best);
                    *own = V::or(number, better, *own);
                }
            }
            numbers
        }
    }
}

/// C vectors that lie side by side.
#[inline(always)]
unsafe fn load<V: Compared, const C: usize>(from: *const V::Element, last: V::Mask) -> [V; C] {
    // SAFETY: the caller vouches for C vectors, of the last of them for what is in its mask.
    unsafe {
        let mut vectors = [V::zero(); C];
        for (i, vector) in vectors.iter_mut().enumerate() {
            let from = from.add(i * V::LANES);
            *vector = if i == C - 1 { V::load_partial(from, last) } else { V::load(from) };
        }
        vectors
    }
}

/// Writes C vectors side by side.
#[inline(always)]
unsafe fn store<V: Compared, const C: usize>(vectors: [V; C], to: *mut V::Element, last: V::Mask) {
    // SAFETY: as for `load`.
    unsafe {
        for (i, vector) in vectors.into_iter().enumerate() {
            let to = to.add(i * V::LANES);
            if i == C - 1 { vector.store_partial(to, last) } else { vector.store(to) }
        }
    }
}
