//! Extents of tensors, and the one broadcast rule.

use smallvec::SmallVec;
use std::fmt;
use std::ops::Deref;

/// The extent of a tensor along each axis; `[]` is a scalar.
// Extents of few axes lie in the shape itself: compiling a model copies thousands of shapes.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape(SmallVec<[usize; 4]>);

impl Shape {
    /// A scalar's shape.
    pub const fn scalar() -> Shape {
        Shape(SmallVec::new_const())
    }

    /// Number of elements; 1 for a scalar.
    pub fn size(&self) -> usize {
        self.0.iter().product()
    }

    /// Number of elements, or `None` where it does not fit in memory's address range; an extent of
    /// zero does not make the others fit.
    pub fn checked_size(&self) -> Option<usize> {
        let span = self.0.iter().try_fold(1usize, |n, &extent| n.checked_mul(extent.max(1)))?;
        (span <= isize::MAX as usize / 8).then(|| self.size())
    }

    /// Number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The axis that `axis` means, where -1 is the last one.
    pub fn axis(&self, axis: isize) -> Option<usize> {
        let rank = self.0.len() as isize;
        let index = if axis < 0 { axis + rank } else { axis };
        (0..rank).contains(&index).then_some(index as usize)
    }

    /// How far apart neighbors along each axis lie in row-major order, in elements.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.0.len()];
        for axis in (1..self.0.len()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis];
        }
        strides
    }

    /// The position that the `flat`th element in row-major order has.
    pub fn unravel(&self, mut flat: usize) -> Vec<usize> {
        let mut index = vec![0; self.0.len()];
        for axis in (0..self.0.len()).rev() {
            index[axis] = flat % self.0[axis];
            flat /= self.0[axis];
        }
        index
    }

    /// The shape that two operands of an elementwise operation share, by NumPy's rule: shapes are
    /// aligned at their last axes, and an extent of 1 (or a missing axis) repeats.
    ///
    /// ```
    /// use cornu_graph::Shape;
    /// let shape = Shape::from([128, 10]).broadcast(&Shape::from([10])).unwrap();
    /// assert_eq!(shape, Shape::from([128, 10]));
    /// assert!(Shape::from([3]).broadcast(&Shape::from([4])).is_none());
    /// ```
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let extent = |shape: &Shape, axis: usize| {
            (axis + shape.rank()).checked_sub(rank).map_or(1, |axis| shape.0[axis])
        };
        (0..rank)
            .map(|axis| match (extent(self, axis), extent(other, axis)) {
                (a, b) if a == b => Some(a),
                (1, b) => Some(b),
                (a, 1) => Some(a),
                _ => None,
            })
            .collect::<Option<_>>()
            .map(Shape)
    }

    /// This shape without the given axes.
    pub fn without(&self, axes: &[usize]) -> Shape {
        self.0
            .iter()
            .enumerate()
            .filter(|(axis, _)| !axes.contains(axis))
            .map(|(_, &extent)| extent)
            .collect()
    }

    /// This shape with extent 1 at the given axes.
    pub fn with_ones(&self, axes: &[usize]) -> Shape {
        self.0
            .iter()
            .enumerate()
            .map(|(axis, &extent)| if axes.contains(&axis) { 1 } else { extent })
            .collect()
    }

    /// This shape with one more axis of extent `extent` before all others.
    pub fn with_leading(&self, extent: usize) -> Shape {
        std::iter::once(extent).chain(self.0.iter().copied()).collect()
    }
}

impl Clone for Shape {
    fn clone(&self) -> Shape {
        // All at once, not one extent after the other, as `SmallVec` copies what it knows less of.
        Shape(SmallVec::from_slice(&self.0))
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl From<&[usize]> for Shape {
    fn from(extents: &[usize]) -> Shape {
        Shape(SmallVec::from_slice(extents))
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(extents: [usize; N]) -> Shape {
        Shape(SmallVec::from_slice(&extents))
    }
}

impl From<Vec<usize>> for Shape {
    fn from(extents: Vec<usize>) -> Shape {
        Shape(SmallVec::from_vec(extents))
    }
}

impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Shape {
        shape.clone()
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(extents: I) -> Shape {
        Shape(extents.into_iter().collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (axis, extent) in self.0.iter().enumerate() {
            write!(f, "{}{extent}", if axis > 0 { ", " } else { "" })?;
        }
        f.write_str("]")
    }
}
