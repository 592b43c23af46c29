//! Convolutions of inputs whose elements lie apart, without the zeros between them.
//!
//! Places of the result that are as far apart as the input's elements see the same elements of the
//! kernel: together they are a phase, an ordinary convolution with these. The gradient of a
//! convolution with strides is of this kind.

use super::patches::{Pack, Patches};
use super::{Convolution, MAX_AXES};
use crate::kernels::axis::WindowAxis;
use crate::kernels::matmul::{Element, Product};
use crate::layout::View;
use crate::simd::Isa;
use std::ops::Range;

#[derive(Clone, Debug)]
pub(super) struct Phases {
    phases: Vec<Phase>,
    /// Places of the result along each axis, and how far apart those of a phase are.
    extents: [usize; MAX_AXES],
    apart: [usize; MAX_AXES],
    /// From row to row of the kernel.
    channels: isize,
}

#[derive(Clone, Debug)]
struct Phase {
    patches: Patches,
    turned: bool,
    /// The first place along each axis.
    first: [usize; MAX_AXES],
    /// Where the kernel's first element is, and from each to the next along each axis.
    kernel: isize,
    kernel_steps: [isize; MAX_AXES],
    /// Lines of a tile.
    tile: usize,
}

/// Along one axis, what the places from `first` on, `apart` from each other, see; the kernel's first
/// element that they see, and how far from it the next is.
fn phase_of(axis: &WindowAxis, first: usize, apart: usize) -> (WindowAxis, usize, usize) {
    let every = axis.spread / divisor(axis.minor_step, axis.spread);
    let place = |minor: usize| (first * axis.major_step + minor * axis.minor_step) as i64 - axis.low;
    let spread = axis.spread as i64;
    let seen = (0..every.min(axis.minors)).find(|&minor| place(minor) % spread == 0);
    let (start, minors) = match seen {
        Some(start) => (start, (axis.minors - start).div_ceil(every)),
        None => (0, 0),
    };
    let own = WindowAxis {
        majors: (axis.majors - first).div_ceil(apart),
        major_step: apart * axis.major_step / axis.spread,
        minors,
        minor_step: every * axis.minor_step / axis.spread,
        spread: 1,
        low: -(place(start) / spread),
        ..*axis
    };
    (own, start, every)
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl Phases {
    /// The phases of a convolution of these patches.
    pub(super) fn new(patches: &Patches, kernel: &View) -> Phases {
        let (axes, n) = (&patches.axes, kernel.shape.len() - 2);
        let mut strides = [0; MAX_AXES];
        strides[MAX_AXES - n..].copy_from_slice(&kernel.strides[..n]);
        let apart = axes.map(|axis| axis.spread / divisor(axis.major_step, axis.spread));
        let count = [0, 1, 2].map(|i| apart[i].min(axes[i].majors));
        let mut phases = Vec::new();
        for number in 0..count.iter().product() {
            let first = [number / count[2] / count[1], number / count[2] % count[1], number % count[2]];
            let mut phase = Phase {
                patches: patches.clone(),
                turned: false,
                first,
                kernel: 0,
                kernel_steps: [0; MAX_AXES],
                tile: 0,
            };
            for i in 0..MAX_AXES {
                let (axis, start, every) = phase_of(&axes[i], first[i], apart[i]);
                phase.patches.axes[i] = axis;
                phase.kernel += start as isize * strides[i];
                phase.kernel_steps[i] = every as isize * strides[i];
            }
            phase.turned = phase.patches.turned();
            let lines = phase.patches.lines().max(1).next_multiple_of(12);
            phase.tile = super::lines_of_a_tile(phase.patches.width(), 144).min(lines);
            phases.push(phase);
        }
        Phases { phases, extents: axes.map(|axis| axis.majors), apart, channels: kernel.strides[n] }
    }

    /// Elements of all lines.
    pub(super) fn size(&self) -> usize {
        self.phases.iter().map(|phase| phase.patches.lines() * phase.patches.width()).sum()
    }

    pub(super) fn parts(&self, groups: usize) -> usize {
        groups * self.phases.iter().map(Phase::tiles).sum::<usize>()
    }

    /// Elements of scratch memory that a part needs.
    pub(super) fn scratch_len(&self, conv: &Convolution) -> usize {
        let of = |phase: &Phase| {
            let lines = [phase.tile, phase.patches.lines() % phase.tile];
            let products = lines.map(|lines| self.product(phase, conv, lines).scratch_len());
            phase.tile_len() + phase.tile * conv.features + products[0].max(products[1])
        };
        self.phases.iter().map(of).max().unwrap_or(0)
    }

    /// The product of so many lines of a tile with one element of the kernel, into rows of features.
    fn product(&self, phase: &Phase, conv: &Convolution, lines: usize) -> Product {
        let stride = phase.stride() as isize;
        Product {
            m: lines,
            n: conv.features,
            k: phase.patches.inner.0,
            a_strides: if phase.turned { [1, stride] } else { [stride, 1] },
            b_strides: [self.channels, conv.kernel_strides[1]],
            c_row_stride: conv.features as isize,
            accumulate: true,
        }
    }

    /// # Safety
    /// As for [`Convolution::run`]; the pointers are to the first elements of the views, and `scratch`
    /// holds [`Phases::scratch_len`].
    #[allow(clippy::too_many_arguments)]
    pub(super) unsafe fn run<T: Element>(
        &self,
        conv: &Convolution,
        part: usize,
        x: *const T,
        kernel: *const T,
        output: *mut T,
        scratch: *mut T,
        isa: Isa,
    ) {
        let group = part % conv.groups;
        let mut tile = part / conv.groups;
        for phase in &self.phases {
            if tile >= phase.tiles() {
                tile -= phase.tiles();
                continue;
            }
            let start = tile * phase.tile;
            let lines = start..(start + phase.tile).min(phase.patches.lines());
            // SAFETY: the caller's promises are passed on; scratch memory holds a tile, its sums and
            // what a product takes, in this order.
            unsafe {
                let x = x.offset(group as isize * conv.group_strides[0]);
                let kernel = kernel.offset(group as isize * conv.group_strides[1] + phase.kernel);
                let sums = scratch.add(phase.tile_len());
                self.multiply(phase, conv, x, kernel, lines.clone(), scratch, isa);
                self.write(phase, conv, group, lines, sums, output);
            }
            return;
        }
    }

    /// Sums of products of so many lines with all elements of the kernel that they see.
    #[allow(clippy::too_many_arguments)]
    unsafe fn multiply<T: Element>(
        &self,
        phase: &Phase,
        conv: &Convolution,
        x: *const T,
        kernel: *const T,
        lines: Range<usize>,
        scratch: *mut T,
        isa: Isa,
    ) {
        let (n, stride, turned) = (lines.len(), phase.stride(), phase.turned);
        let patches = &phase.patches;
        isa.run(Pack { patches, x, lines, to: scratch, stride, turned });
        let product = self.product(phase, conv, n);
        let [a, b, c] = [0, 1, 2].map(|i| (phase.patches.axes[i].minors, phase.kernel_steps[i]));
        // SAFETY: as in `run`.
        unsafe {
            let sums = scratch.add(phase.tile_len());
            for i in 0..n * conv.features {
                *sums.add(i) = T::default();
            }
            let rest = sums.add(phase.tile * conv.features);
            let rest = std::slice::from_raw_parts_mut(rest, product.scratch_len());
            for seen in 0..a.0 * b.0 * c.0 {
                let (i, j, k) = (seen / c.0 / b.0, seen / c.0 % b.0, seen % c.0);
                let offset = i as isize * a.1 + j as isize * b.1 + k as isize * c.1;
                let element = seen * patches.inner.0;
                let from = scratch.add(if turned { element * stride } else { element }).cast_const();
                for part in 0..product.parts() {
                    product.run_part(isa, part, from, kernel.offset(offset), sums, rest);
                }
            }
        }
    }

    /// Puts the sums of so many lines where their places are.
    unsafe fn write<T: Element>(
        &self,
        phase: &Phase,
        conv: &Convolution,
        group: usize,
        lines: Range<usize>,
        sums: *const T,
        output: *mut T,
    ) {
        let majors = phase.patches.axes.map(|axis| axis.majors);
        for (row, line) in lines.enumerate() {
            let (rest, third) = (line / majors[2], line % majors[2]);
            let (rest, second) = (rest / majors[1], rest % majors[1]);
            let (example, first) = (rest / majors[0], rest % majors[0]);
            let place = [first, second, third];
            let place = [0, 1, 2].map(|i| phase.first[i] + place[i] * self.apart[i]);
            let [_, b, c] = self.extents;
            let row_of_output = ((example * self.extents[0] + place[0]) * b + place[1]) * c + place[2];
            let to = (row_of_output * conv.groups + group) * conv.features;
            // SAFETY: as in `run`.
            unsafe {
                std::ptr::copy_nonoverlapping(sums.add(row * conv.features), output.add(to), conv.features)
            };
        }
    }
}

impl Phase {
    fn tiles(&self) -> usize {
        self.patches.lines().div_ceil(self.tile)
    }

    fn stride(&self) -> usize {
        super::stride(if self.turned { self.tile } else { self.patches.width() })
    }

    /// Elements of a packed tile.
    fn tile_len(&self) -> usize {
        self.stride() * if self.turned { self.patches.width() } else { self.tile }
    }
}
