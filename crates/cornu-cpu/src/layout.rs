//! Views: which elements of a buffer a tensor's elements are.
//!
//! Broadcasts, transposes, slices, reversals and most reshapes move nothing: they are other ways
//! to walk through the same memory, and whoever reads them walks that way.

use cornu_graph::ops::{Broadcast, Op};
use cornu_graph::{Node, Shape};

/// Where the elements of a tensor lie in a buffer, in elements.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) shape: Vec<usize>,
    pub(crate) strides: Vec<isize>,
    pub(crate) offset: isize,
}

impl View {
    /// All of a buffer, in row-major order.
    pub(crate) fn contiguous(shape: &Shape) -> View {
        let strides = shape.strides().into_iter().map(|stride| stride as isize).collect();
        View { shape: shape.to_vec(), strides, offset: 0 }
    }

    /// Whether the elements are all of a buffer from its start, in row-major order.
    pub(crate) fn is_contiguous(&self) -> bool {
        self.offset == 0 && self.is_in_one_piece(0)
    }

    /// Whether, for each position along the axes before axis `first`, the elements lie one behind
    /// the other.
    pub(crate) fn is_in_one_piece(&self, first: usize) -> bool {
        let mut expected = 1;
        for (&extent, &stride) in self.shape[first..].iter().zip(&self.strides[first..]).rev() {
            if extent != 1 && stride != expected {
                return false;
            }
            expected *= extent as isize;
        }
        true
    }

    /// Number of elements.
    pub(crate) fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// This view as `node`, which rearranges it, shows it; `None` where the elements would have to
    /// move, or where the operation is no rearrangement.
    pub(crate) fn through(&self, node: &Node) -> Option<View> {
        let mut view = match &node.op {
            Op::Broadcast(broadcast) => return Some(self.repeated(broadcast)),
            Op::Reshape(reshape) => return self.reshaped(&reshape.shape),
            Op::StopGradient(_) | Op::Transpose(_) | Op::Slice(_) | Op::Reverse(_) => self.clone(),
            _ => return None,
        };
        match &node.op {
            Op::Transpose(transpose) => {
                view.shape = transpose.axes.iter().map(|&axis| self.shape[axis]).collect();
                view.strides = transpose.axes.iter().map(|&axis| self.strides[axis]).collect();
            }
            Op::Slice(slice) => {
                view.shape = node.ty.shape.to_vec();
                for axis in 0..view.shape.len() {
                    view.offset += slice.starts[axis] as isize * self.strides[axis];
                    view.strides[axis] *= slice.steps[axis] as isize;
                }
            }
            Op::Reverse(reverse) => {
                for &axis in &reverse.axes {
                    view.offset += (self.shape[axis] as isize - 1).max(0) * self.strides[axis];
                    view.strides[axis] = -self.strides[axis];
                }
            }
            _ => {}
        }
        Some(view)
    }

    fn repeated(&self, broadcast: &Broadcast) -> View {
        let missing = broadcast.shape.rank() - self.shape.len();
        let strides = (0..broadcast.shape.rank())
            .map(|axis| match axis.checked_sub(missing) {
                Some(own) if self.shape[own] == broadcast.shape[axis] => self.strides[own],
                _ => 0,
            })
            .collect();
        View { shape: broadcast.shape.to_vec(), strides, offset: self.offset }
    }

    /// The same elements in another shape, if strides can say so: each run of old axes that lie
    /// one behind the other is split anew.
    fn reshaped(&self, shape: &Shape) -> Option<View> {
        if self.size() == 0 {
            return Some(View { offset: 0, ..View::contiguous(shape) });
        }
        let runs = collapse(&self.shape, &[&self.strides]);
        let mut strides = vec![0isize; shape.rank()];
        let mut axis = shape.rank();
        for (extent, run_strides) in runs.iter().rev() {
            let (mut left, mut stride) = (*extent, run_strides[0]);
            while left > 1 {
                axis = axis.checked_sub(1)?;
                if left % shape[axis] != 0 {
                    return None;
                }
                strides[axis] = if shape[axis] == 1 { 0 } else { stride };
                stride *= shape[axis] as isize;
                left /= shape[axis];
            }
        }
        Some(View { shape: shape.to_vec(), strides, offset: self.offset })
    }
}

/// Joins neighboring axes that, in every one of several walks over the same extents, lie one
/// behind the other; axes of extent 1 go. Gives each remaining axis's extent and strides.
pub(crate) fn collapse(extents: &[usize], walks: &[&Vec<isize>]) -> Vec<(usize, Vec<isize>)> {
    let mut runs: Vec<(usize, Vec<isize>)> = Vec::new();
    for axis in 0..extents.len() {
        if extents[axis] == 1 {
            continue;
        }
        let strides: Vec<isize> = walks.iter().map(|walk| walk[axis]).collect();
        match runs.last_mut() {
            Some((extent, outer))
                if outer.iter().zip(&strides).all(|(&o, &s)| o == s * extents[axis] as isize) =>
            {
                *extent *= extents[axis];
                *outer = strides;
            }
            _ => runs.push((extents[axis], strides)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshapes_that_move_nothing() {
        let view = View::contiguous(&Shape::from([2, 3, 4]));
        assert_eq!(view.reshaped(&Shape::from([6, 4])).unwrap().strides, [4, 1]);
        assert!(view.reshaped(&Shape::from([1, 24, 1])).unwrap().is_contiguous());
        let transposed = View { shape: vec![3, 2], strides: vec![1, 3], offset: 0 };
        assert_eq!(transposed.reshaped(&Shape::from([6])), None);
        assert_eq!(transposed.reshaped(&Shape::from([3, 1, 2])).unwrap().strides, [1, 0, 3]);
        let repeated = View { shape: vec![4, 6], strides: vec![0, 1], offset: 5 };
        assert_eq!(repeated.reshaped(&Shape::from([2, 2, 3, 2])).unwrap().strides, [0, 0, 2, 1]);
    }
}
