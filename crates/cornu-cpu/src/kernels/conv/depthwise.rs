//! Convolutions of features by themselves: vectors run along the groups.

use super::Convolution;
use crate::kernels::matmul::{Element, MAX_LANES, Vector, VectorJob, enter};
use crate::layout::View;
use crate::simd::Isa;
use std::ops::Range;

/// How the kernel lies: its strides along the spatial axes and along features in and out.
#[derive(Clone, Debug)]
pub(super) struct Depthwise {
    axes: [isize; super::MAX_AXES],
    channels: isize,
    features: isize,
}

/// Floating-point operations that are worth a part of their own.
const PART_FLOPS: usize = 1 << 20;

impl Depthwise {
    pub(super) fn new(kernel: &View) -> Depthwise {
        let n = kernel.shape.len() - 2;
        let mut axes = [0; super::MAX_AXES];
        axes[super::MAX_AXES - n..].copy_from_slice(&kernel.strides[..n]);
        Depthwise { axes, channels: kernel.strides[n], features: kernel.strides[n + 1] }
    }

    /// Number of parts: of the result's places.
    pub(super) fn parts(&self, conv: &Convolution) -> usize {
        (conv.flops() / PART_FLOPS).clamp(1, conv.lines().clamp(1, 256))
    }

    /// # Safety
    /// As for [`Convolution::run`]; the pointers are to the first elements of the views.
    pub(super) unsafe fn run<T: Element>(
        &self,
        conv: &Convolution,
        part: usize,
        x: *const T,
        kernel: *const T,
        output: *mut T,
        isa: Isa,
    ) {
        let (lines, parts) = (conv.lines(), self.parts(conv));
        let lines = lines * part / parts..lines * (part + 1) / parts;
        // SAFETY: the caller's promises are passed on.
        unsafe { enter(isa, Run { depthwise: self, conv, lines, x, kernel, output }) };
    }
}

struct Run<'a, T> {
    depthwise: &'a Depthwise,
    conv: &'a Convolution,
    lines: Range<usize>,
    x: *const T,
    kernel: *const T,
    output: *mut T,
}

impl<T: Element> VectorJob<T> for Run<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = T>>(self) {
        let [a, b, c] = &self.conv.images.axes;
        for line in self.lines.clone() {
            let (rest, third) = (line / c.majors, line % c.majors);
            let (rest, second) = (rest / b.majors, rest % b.majors);
            let (example, first) = (rest / a.majors, rest % a.majors);
            for feature in 0..self.conv.features {
                let place = Place { line, example, at: [first, second, third], feature };
                let mut group = 0;
                while group < self.conv.groups {
                    let width = (self.conv.groups - group).min(MOST * V::LANES);
                    // SAFETY: as in `Depthwise::run`; so many groups are left.
                    unsafe {
                        match width.div_ceil(V::LANES) {
                            1 => self.block::<V, 1>(&place, group, width),
                            2 => self.block::<V, 2>(&place, group, width),
                            3 => self.block::<V, 3>(&place, group, width),
                            _ => self.block::<V, MOST>(&place, group, width),
                        }
                    }
                    group += width;
                }
            }
        }
    }
}

/// The most vectors that are summed side by side.
const MOST: usize = 4;

/// A place of the result, and a feature of each group.
struct Place {
    line: usize,
    example: usize,
    at: [usize; super::MAX_AXES],
    feature: usize,
}

impl<T: Element> Run<'_, T> {
    /// `width` groups, from `group` on, of one place of the result: C vectors, the last one partial.
    #[inline(always)]
    unsafe fn block<V: Vector<Element = T>, const C: usize>(
        &self,
        place: &Place,
        group: usize,
        width: usize,
    ) {
        let Convolution { images, group_strides: [x_group, kernel_group], groups, features, .. } = self.conv;
        let [a, b, c] = &images.axes;
        let strides = &self.depthwise.axes;
        let start = place.example as isize * images.outer.1 + group as isize * x_group;
        let kernel_start = place.feature as isize * self.depthwise.features + group as isize * kernel_group;
        // SAFETY: places are inside the input; the kernel and the result have these elements, and all
        // vectors but the last are whole.
        unsafe {
            let last = width - (C - 1) * V::LANES;
            let mut total = [V::zero(); C];
            for channel in 0..images.lanes.0 as isize {
                // Sums over one channel are added to the total of all, which keeps digits.
                let mut sums = [V::zero(); C];
                let start = start + channel * images.lanes.1;
                let kernel_start = kernel_start + channel * self.depthwise.channels;
                for i in a.minors_at(place.at[0]) {
                    let Some(first) = a.at(place.at[0], i) else { continue };
                    for j in b.minors_at(place.at[1]) {
                        let Some(second) = b.at(place.at[1], j) else { continue };
                        let start = start + first as isize * a.stride + second as isize * b.stride;
                        let kernel_start = kernel_start + i as isize * strides[0] + j as isize * strides[1];
                        for k in c.minors_at(place.at[2]) {
                            let Some(third) = c.at(place.at[2], k) else { continue };
                            let x = self.x.offset(start + third as isize * c.stride);
                            let kernel = self.kernel.offset(kernel_start + k as isize * strides[2]);
                            for (v, sum) in sums.iter_mut().enumerate() {
                                let n = if v + 1 == C { last } else { V::LANES };
                                let lane = (v * V::LANES) as isize;
                                let x = load::<V>(x.offset(lane * x_group), *x_group, n);
                                let kernel = load::<V>(kernel.offset(lane * kernel_group), *kernel_group, n);
                                *sum = sum.add_product(x, kernel);
                            }
                        }
                    }
                }
                for (total, sum) in total.iter_mut().zip(sums) {
                    *total = total.add(sum);
                }
            }
            let to = self.output.add((place.line * groups + group) * features + place.feature);
            for (v, total) in total.into_iter().enumerate() {
                let n = if v + 1 == C { last } else { V::LANES };
                store::<V>(total, to.add(v * V::LANES * features), *features, n);
            }
        }
    }
}

/// The first `n` lanes from elements that are `stride` apart.
#[inline(always)]
unsafe fn load<V: Vector>(from: *const V::Element, stride: isize, n: usize) -> V {
    // SAFETY: the caller vouches for `n` elements.
    unsafe {
        if stride == 1 {
            return if n == V::LANES { V::load(from) } else { V::load_partial(from, V::first(n)) };
        }
        let mut lanes = [V::Element::default(); MAX_LANES];
        for (i, lane) in lanes.iter_mut().enumerate().take(n) {
            *lane = *from.offset(i as isize * stride);
        }
        V::load(lanes.as_ptr())
    }
}

/// Puts the first `n` lanes where elements are `stride` apart.
#[inline(always)]
unsafe fn store<V: Vector>(x: V, to: *mut V::Element, stride: usize, n: usize) {
    // SAFETY: the caller vouches for `n` elements.
    unsafe {
        if stride == 1 {
            return x.store_partial(to, V::first(n));
        }
        let mut lanes = [V::Element::default(); MAX_LANES];
        x.store(lanes.as_mut_ptr());
        for (i, lane) in lanes.into_iter().enumerate().take(n) {
            *to.add(i * stride) = lane;
        }
    }
}
