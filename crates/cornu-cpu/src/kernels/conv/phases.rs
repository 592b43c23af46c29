//! Convolutions of inputs whose elements lie apart, without the zeros between them.
//!
//! Places of the result that are as far apart as the input's elements see the same elements of the
//! kernel: together they are a phase, an ordinary convolution with these. The gradient of a
//! convolution with strides is of this kind.

use super::MAX_AXES;
use super::images::Images;
use crate::kernels::axis::WindowAxis;

/// Some places of a result, which see some elements of the kernel.
pub(super) struct Phase {
    pub(super) images: Images,
    /// The first place along each axis, and how far apart they are.
    pub(super) first: [usize; MAX_AXES],
    pub(super) apart: [usize; MAX_AXES],
    /// The first element of the kernel along each axis, and how far apart they are.
    pub(super) seen: [usize; MAX_AXES],
    pub(super) every: [usize; MAX_AXES],
}

/// The phases of a convolution; where the images' elements lie side by side there is one.
pub(super) fn phases(images: &Images) -> Vec<Phase> {
    let axes = &images.axes;
    let apart = axes.map(|axis| axis.spread / divisor(axis.major_step, axis.spread));
    let count = [0, 1, 2].map(|i| apart[i].min(axes[i].majors));
    let phase = |number: usize| {
        let first = [number / count[2] / count[1], number / count[2] % count[1], number % count[2]];
        let mut phase =
            Phase { images: images.clone(), first, apart, seen: [0; MAX_AXES], every: [1; MAX_AXES] };
        for i in 0..MAX_AXES {
            (phase.images.axes[i], phase.seen[i], phase.every[i]) = phase_of(&axes[i], first[i], apart[i]);
        }
        phase
    };
    (0..count.iter().product()).map(phase).collect()
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
        low: -(place(start).div_euclid(spread)),
        ..*axis
    };
    (own, start, every)
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}
