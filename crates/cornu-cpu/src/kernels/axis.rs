//! One axis along which windows move.

use std::ops::Range;

/// Places that are seen along one axis: each is `major * major_step + minor * minor_step - low`, where
/// the axis's own elements lie `spread` apart. Majors are windows and minors what is in them, or the
/// other way round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WindowAxis {
    pub(crate) majors: usize,
    pub(crate) major_step: usize,
    pub(crate) minors: usize,
    pub(crate) minor_step: usize,
    pub(crate) spread: usize,
    pub(crate) low: i64,
    pub(crate) extent: usize,
    pub(crate) stride: isize,
}

impl WindowAxis {
    /// An axis of which one element is seen.
    pub(crate) const NONE: WindowAxis = WindowAxis {
        majors: 1,
        major_step: 1,
        minors: 1,
        minor_step: 1,
        spread: 1,
        low: 0,
        extent: 1,
        stride: 0,
    };

    /// The element seen, if it is no padding.
    #[inline(always)]
    pub(crate) fn at(&self, major: usize, minor: usize) -> Option<usize> {
        let place = (major * self.major_step + minor * self.minor_step) as i64 - self.low;
        if self.spread == 1 {
            return (place >= 0 && place < self.extent as i64).then_some(place as usize);
        }
        let spread = self.spread as i64;
        let inside = place >= 0 && place % spread == 0 && place / spread < self.extent as i64;
        inside.then_some((place / spread) as usize)
    }

    /// The minors from which something is seen at `major`; only where the input is not spread.
    #[inline(always)]
    pub(crate) fn seen(&self, major: usize) -> Range<usize> {
        let (place, step) = ((major * self.major_step) as i64 - self.low, self.minor_step as i64);
        // The first and one more than the last `n` of which `0 <= place + n step < extent`.
        let first = if place >= 0 { 0 } else { (step - 1 - place) / step };
        let room = self.extent as i64 - place;
        let end = if room <= 0 { 0 } else { (room + step - 1) / step };
        let end = (end.max(0) as usize).min(self.minors);
        (first as usize).min(end)..end
    }

    /// The minors that may see something at `major`.
    #[inline(always)]
    pub(crate) fn minors_at(&self, major: usize) -> Range<usize> {
        if self.spread == 1 { self.seen(major) } else { 0..self.minors }
    }
}
