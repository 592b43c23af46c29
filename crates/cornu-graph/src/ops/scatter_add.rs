//! Additions at given indices along an axis.

use super::gather::{infer_gathered, joined, moved, places};
use super::*;
use crate::Shape;

/// `x` with `updates[p, i, q]` added at `[p, indices[i], q]`, for all of them; where an index occurs
/// more than once, all its updates are added, in order. Indices out of range are clamped to it.
///
/// Operands: `x`; indices that are `i32` or `i64`; updates of the shape that [`Gather`] would give.
/// `dx = dy`; the gradient of the updates is `dy` gathered at the indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScatterAdd {
    /// The axis of `x` that is indexed.
    pub axis: usize,
}

impl Tensor {
    /// This tensor with `updates` added at `indices` (of `i32` or `i64`) along `axis` (-1 is the
    /// last). Indices out of range are clamped to it.
    #[track_caller]
    pub fn scatter_add(&self, indices: &Tensor, updates: &Tensor, axis: isize) -> Tensor {
        match self.shape().axis(axis) {
            _ if !self.is_valid() => self.clone(),
            Some(axis) => self.builder().push(ScatterAdd { axis }, &[self, indices, updates]),
            None => self.builder().fail(format!("scatter_add: shape {} has no axis {axis}", self.shape())),
        }
    }
}

impl Operation for ScatterAdd {
    const NAME: &'static str = "scatter_add";
    const OPERANDS: RangeInclusive<usize> = 3..=3;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (x, updates) = (inputs[0], inputs[2]);
        let gathered = infer_gathered(self.axis, x, inputs[1])?;
        match gathered == *updates {
            true => Ok(x.clone()),
            false => Err(format!("updates are {updates}, but {x} indexed by {} takes {gathered}", inputs[1])),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy.clone()), None, Some(rule.dy.gather(rule.x(1), self.axis as isize))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let (x, indices, updates) = (rule.with_axis(0), &rule.inputs[1], rule.with_axis(2));
        if !rule.batched[1] {
            return x.scatter_add(indices, &updates, self.axis as isize + 1);
        }
        // [size, p, n, q] to [size n, p, q], where each example has rows of its own.
        let to_front = moved(x.rank(), self.axis + 1..self.axis + 2, 1);
        let front = x.transpose(&to_front);
        let extents = front.shape();
        let rows: Shape =
            std::iter::once(rule.size * extents[1]).chain(extents[2..].iter().copied()).collect();
        // [size, p, i, q] to [size, i, p, q].
        let end = self.axis + indices.rank();
        let updates = updates.transpose(&moved(updates.rank(), self.axis + 1..end, 1));
        let y = front.reshape(rows).scatter_add(&joined(indices, extents[1]), &updates, 0);
        y.reshape(extents).transpose(&moved(x.rank(), 1..2, self.axis + 1))
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        let mut y = inputs[0].elements.clone();
        let places = places(self.axis, &inputs[0].ty.shape, inputs[1]);
        for (place, update) in places.into_iter().zip(&inputs[2].elements) {
            y[place] += update;
        }
        y
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<ScatterAdd, String> {
        Ok(ScatterAdd { axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        let rows = Sample::new("rows", &[&[5, 3], &[7], &[7, 3]], (-1.0, 2.0), |_, x| {
            x[0].scatter_add(&x[1], &x[2], 0)
        });
        let columns = Sample::new("columns", &[&[2, 4], &[3], &[2, 3]], (-1.0, 2.0), |_, x| {
            x[0].scatter_add(&x[1], &x[2], -1)
        });
        let shapes: &[&[usize]] = &[&[2, 5, 3], &[2, 4], &[2, 2, 4, 3]];
        let middle = Sample::new("the middle, by a matrix", shapes, (-1.0, 2.0), |_, x| {
            x[0].scatter_add(&x[1], &x[2], 1)
        });
        let beyond = Sample::new("out of range", &[&[4], &[9], &[9]], (-1.0, 2.0), |_, x| {
            x[0].scatter_add(&x[1], &x[2], 0)
        });
        vec![
            rows.operand(1, DType::I32, (0.0, 5.0)),
            columns.operand(1, DType::I64, (0.0, 4.0)),
            middle.operand(1, DType::I32, (0.0, 5.0)),
            beyond.operand(1, DType::I32, (-3.0, 7.0)),
        ]
    }
}
