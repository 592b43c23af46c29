//! Convolutions of features by themselves: vectors run along the groups.

use super::Convolution;
use crate::kernels::matmul::Element;
use crate::layout::View;
use crate::simd::{Isa, Job};
use std::ops::Range;

/// How the kernel lies: its strides along the spatial axes and along the features in.
#[derive(Clone, Debug)]
pub(super) struct Depthwise {
    axes: [isize; super::MAX_AXES],
    channels: isize,
}

/// Floating-point operations that are worth a part of their own.
const PART_FLOPS: usize = 1 << 20;

impl Depthwise {
    pub(super) fn new(kernel: &View) -> Depthwise {
        let n = kernel.shape.len() - 2;
        let mut axes = [0; super::MAX_AXES];
        axes[super::MAX_AXES - n..].copy_from_slice(&kernel.strides[..n]);
        Depthwise { axes, channels: kernel.strides[n] }
    }

    /// Number of parts: of the result's places.
    pub(super) fn parts(&self, conv: &Convolution) -> usize {
        (conv.flops() / PART_FLOPS).clamp(1, conv.patches.lines().clamp(1, 256))
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
        let (lines, parts) = (conv.patches.lines(), self.parts(conv));
        let lines = lines * part / parts..lines * (part + 1) / parts;
        isa.run(Run { depthwise: self, conv, lines, x, kernel, output });
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

impl<T: Element> Job for Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [a, b, c] = &self.conv.patches.axes;
        for line in self.lines.clone() {
            let (rest, third) = (line / c.majors, line % c.majors);
            let (rest, second) = (rest / b.majors, rest % b.majors);
            let place = [rest % a.majors, second, third];
            for feature in 0..self.conv.features {
                let mut group = 0;
                while group < self.conv.groups {
                    let example = rest / a.majors;
                    // SAFETY: as in `Depthwise::run`; so many groups are left.
                    group += unsafe {
                        match self.conv.groups - group {
                            64.. => self.block::<64>(line, example, place, feature, group),
                            32.. => self.block::<32>(line, example, place, feature, group),
                            16.. => self.block::<16>(line, example, place, feature, group),
                            4.. => self.block::<4>(line, example, place, feature, group),
                            _ => self.block::<1>(line, example, place, feature, group),
                        }
                    };
                }
            }
        }
    }
}

impl<T: Element> Run<'_, T> {
    /// N groups, from `group` on, of one place of the result; gives N.
    #[inline(always)]
    unsafe fn block<const N: usize>(
        &self,
        line: usize,
        example: usize,
        place: [usize; 3],
        feature: usize,
        group: usize,
    ) -> usize {
        let Convolution { patches, group_strides: [x_group, kernel_group], groups, features, .. } = self.conv;
        let [a, b, c] = &patches.axes;
        let strides = &self.depthwise.axes;
        let start = example as isize * patches.outer.1 + group as isize * x_group;
        let kernel_start = feature as isize * self.conv.kernel_strides[1] + group as isize * kernel_group;
        let mut total = [T::default(); N];
        for channel in 0..patches.inner.0 as isize {
            // Sums over one channel are added to the total of all, which keeps digits.
            let mut sums = [T::default(); N];
            let start = start + channel * patches.inner.1;
            let kernel_start = kernel_start + channel * self.depthwise.channels;
            for i in a.minors_at(place[0]) {
                let Some(first) = a.at(place[0], i) else { continue };
                for j in b.minors_at(place[1]) {
                    let Some(second) = b.at(place[1], j) else { continue };
                    let start = start + first as isize * a.stride + second as isize * b.stride;
                    let kernel_start = kernel_start + i as isize * strides[0] + j as isize * strides[1];
                    for k in c.minors_at(place[2]) {
                        let Some(third) = c.at(place[2], k) else { continue };
                        // SAFETY: the place is inside the input, and the kernel has these elements.
                        unsafe {
                            let x = self.x.offset(start + third as isize * c.stride);
                            let kernel = self.kernel.offset(kernel_start + k as isize * strides[2]);
                            if *x_group == 1 && *kernel_group == 1 {
                                for (i, sum) in sums.iter_mut().enumerate() {
                                    *sum = *sum + *x.add(i) * *kernel.add(i);
                                }
                            } else {
                                for (i, sum) in sums.iter_mut().enumerate() {
                                    let i = i as isize;
                                    *sum = *sum + *x.offset(i * x_group) * *kernel.offset(i * kernel_group);
                                }
                            }
                        }
                    }
                }
            }
            for (total, sum) in total.iter_mut().zip(sums) {
                *total = *total + sum;
            }
        }
        let to = (line * groups + group) * features + feature;
        for (i, total) in total.into_iter().enumerate() {
            // SAFETY: the result has these elements.
            unsafe { *self.output.add(to + i * features) = total };
        }
        N
    }
}
