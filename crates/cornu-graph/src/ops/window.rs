//! Windows that move over a tensor: where they are, and what they see.

use super::*;
use crate::Shape;

/// A window over all axes of a tensor, and how it moves.
///
/// Along each axis it sees `size` elements that are `dilation` apart; from one window to the next
/// it moves by `stride`. The tensor has `low` elements of padding before its first element and
/// `high` after its last; negative padding leaves elements out. Windows that would reach over the
/// end are not there.
///
/// ```
/// use cornu_graph::{Builder, ops::Window};
/// let x = Builder::new().input("x", [8, 28, 28, 3]);
/// let window = Window::new(&[1, 2, 2, 1]).strides(&[1, 2, 2, 1]);
/// assert_eq!(x.window_max(window).shape()[..], [8, 14, 14, 3]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// How many elements it sees along each axis.
    pub size: Vec<usize>,
    /// How far it moves from one window to the next along each axis.
    pub stride: Vec<usize>,
    /// How far apart the elements that it sees are along each axis.
    pub dilation: Vec<usize>,
    /// Elements of padding before the first element along each axis.
    pub low: Vec<i64>,
    /// Elements of padding after the last element along each axis.
    pub high: Vec<i64>,
}

impl Window {
    /// A window of this size along each axis, which moves by 1, without dilation and padding.
    pub fn new(size: &[usize]) -> Window {
        let n = size.len();
        Window {
            size: size.to_vec(),
            stride: vec![1; n],
            dilation: vec![1; n],
            low: vec![0; n],
            high: vec![0; n],
        }
    }

    /// The same, moving this far along each axis.
    pub fn strides(mut self, stride: &[usize]) -> Window {
        self.stride = stride.to_vec();
        self
    }

    /// The same, with the elements that it sees this far apart along each axis.
    pub fn dilations(mut self, dilation: &[usize]) -> Window {
        self.dilation = dilation.to_vec();
        self
    }

    /// The same, with padding before and after along each axis.
    pub fn padding(mut self, padding: &[(i64, i64)]) -> Window {
        (self.low, self.high) = padding.iter().copied().unzip();
        self
    }

    /// The walk along `axis` of a tensor that has `extent` elements there.
    fn walk(&self, axis: usize, extent: usize) -> Walk {
        Walk {
            extent,
            spread: 1,
            size: self.size[axis],
            stride: self.stride[axis],
            dilation: self.dilation[axis],
            low: self.low[axis],
            high: self.high[axis],
        }
    }

    /// The type of a result with an element for each window over `x`.
    pub(super) fn infer(&self, x: &Type) -> Result<Type, String> {
        let rank = x.shape.rank();
        let lengths =
            [self.size.len(), self.stride.len(), self.dilation.len(), self.low.len(), self.high.len()];
        if let Some(n) = lengths.into_iter().find(|&n| n != rank) {
            return Err(format!("shape {} needs a window of {rank} axes, got {n}", x.shape));
        }
        let extents = x.shape.iter().enumerate().map(|(axis, &extent)| {
            let windows = self.walk(axis, extent).windows();
            windows.map_err(|message| format!("along axis {axis} of shape {}, {message}", x.shape))
        });
        Ok(Type::new(extents.collect::<Result<Vec<usize>, String>>()?, x.dtype))
    }

    /// The same over a tensor with one more leading axis, of which each window sees one element.
    pub(super) fn with_leading(&self) -> Window {
        let with = |first: usize, rest: &[usize]| [&[first], rest].concat();
        let padded = |rest: &[i64]| [&[0], rest].concat();
        Window {
            size: with(1, &self.size),
            stride: with(1, &self.stride),
            dilation: with(1, &self.dilation),
            low: padded(&self.low),
            high: padded(&self.high),
        }
    }

    /// Calls `see(i, j)` for each window `i` over a tensor of shape `x` and each element `j` that it
    /// sees, padding left out; both are counted in row-major order, and so are the windows' elements.
    pub(super) fn each(&self, x: &Shape, windows: &Shape, mut see: impl FnMut(usize, usize)) {
        let (inside, strides) = (Shape::from(&self.size[..]), x.strides());
        for i in 0..windows.size() {
            let window = windows.unravel(i);
            for k in 0..inside.size() {
                let place = |(axis, &k): (usize, &usize)| {
                    Some(self.walk(axis, x[axis]).at(window[axis], k)? * strides[axis])
                };
                if let Some(j) = inside.unravel(k).iter().enumerate().map(place).sum::<Option<usize>>() {
                    see(i, j);
                }
            }
        }
    }

    /// For each window over `x`, where the first of the greatest elements that it sees is; NaN is
    /// greater than any number. There is none where a window sees nothing but padding.
    pub(super) fn greatest(&self, x: &Value, windows: &Shape) -> Vec<Option<usize>> {
        let mut found: Vec<Option<usize>> = vec![None; windows.size()];
        self.each(&x.ty.shape, windows, |i, j| {
            let new = x.elements[j];
            let better = found[i].is_none_or(|best| {
                let old = x.elements[best];
                new > old || (new.is_nan() && !old.is_nan())
            });
            if better {
                found[i] = Some(j);
            }
        });
        found
    }

    /// The fields, for printing.
    pub(super) fn attributes(&self) -> Attributes {
        Attributes::default()
            .ints("size", &self.size)
            .ints("stride", &self.stride)
            .ints("dilation", &self.dilation)
            .signed_ints("low", &self.low)
            .signed_ints("high", &self.high)
    }

    /// The window with these fields, for parsing.
    pub(super) fn from_attributes(a: &Attributes) -> Result<Window, String> {
        Ok(Window {
            size: a.get_ints("size")?,
            stride: a.get_ints("stride")?,
            dilation: a.get_ints("dilation")?,
            low: a.get_signed_ints("low")?,
            high: a.get_signed_ints("high")?,
        })
    }
}

/// A window's way along one axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// Elements along the axis.
    pub(super) extent: usize,
    /// How far apart these lie, with nothing but zeros between them.
    pub(super) spread: usize,
    /// Elements that a window sees.
    pub(super) size: usize,
    /// From one window to the next.
    pub(super) stride: usize,
    /// From one element that a window sees to the next.
    pub(super) dilation: usize,
    /// Padding before.
    pub(super) low: i64,
    /// Padding after.
    pub(super) high: i64,
}

/// Longer axes than this are refused, so that sums and products of positions stay exact.
const LONGEST: usize = 1 << 30;

impl Walk {
    /// How many windows there are, or what is wrong.
    pub(super) fn windows(&self) -> Result<usize, String> {
        if self.size == 0 || self.stride == 0 || self.dilation == 0 || self.spread == 0 {
            let Walk { size, stride, dilation, .. } = self;
            let what = format!("size {size}, stride {stride} and dilation {dilation}");
            return Err(format!("{what} have to be at least 1"));
        }
        let padding = self.low.unsigned_abs().max(self.high.unsigned_abs()) as usize;
        let longest = [self.extent, self.spread, self.size, self.stride, self.dilation, padding];
        if longest.into_iter().any(|n| n > LONGEST) {
            return Err(format!("extents and padding may be {LONGEST} at most"));
        }
        let room = self.low + length(self.extent, self.spread) + self.high;
        let windows = (room - length(self.size, self.dilation)).div_euclid(self.stride as i64) + 1;
        Ok(windows.max(0) as usize)
    }

    /// Which element window `i` sees at its place `k`, if it is no padding.
    pub(super) fn at(&self, i: usize, k: usize) -> Option<usize> {
        let place = (i * self.stride + k * self.dilation) as i64 - self.low;
        let spread = self.spread as i64;
        let inside = place >= 0 && place % spread == 0 && place / spread < self.extent as i64;
        inside.then_some((place / spread) as usize)
    }
}

/// How long `n` elements are of which each is `apart` from the next.
pub(super) fn length(n: usize, apart: usize) -> i64 {
    if n == 0 { 0 } else { (n as i64 - 1) * apart as i64 + 1 }
}
