//! Tensors one after the other.

use super::*;

/// The operands one after the other along `axis`; each gets its part of `dy`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Concat {
    /// The axis along which they are joined; the others' extents are equal.
    pub axis: usize,
}

/// The tensors one after the other along `axis` (-1 is the last).
///
/// ```
/// # use cornu_graph::{Builder, concat};
/// let b = Builder::new();
/// let (x, y) = (b.input("x", [2, 3]), b.input("y", [2, 4]));
/// assert_eq!(concat(&[&x, &y], -1).shape()[1], 7);
/// ```
#[track_caller]
pub fn concat(tensors: &[&Tensor], axis: isize) -> Tensor {
    let Some(first) = tensors.first() else {
        // There is no graph to note the mistake in; whatever uses the result is refused.
        return crate::Builder::new().fail("concat: there are no tensors to join");
    };
    if let Some(invalid) = tensors.iter().find(|tensor| !tensor.is_valid()) {
        return (*invalid).clone();
    }
    match first.shape().axis(axis) {
        Some(axis) => first.builder().push(Concat { axis }, tensors),
        None => first.builder().fail(format!("concat: shape {} has no axis {axis}", first.shape())),
    }
}

impl Operation for Concat {
    const NAME: &'static str = "concat";
    const OPERANDS: RangeInclusive<usize> = 1..=usize::MAX;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let first = inputs[0];
        let Some(&extent) = first.shape.get(self.axis) else {
            return Err(format!("shape {} has no axis {}", first.shape, self.axis));
        };
        let mut total = extent;
        for other in &inputs[1..] {
            if other.dtype != first.dtype {
                return Err(format!("operands are {} and {}; cast one of them", first.dtype, other.dtype));
            }
            let fits = other.shape.rank() == first.shape.rank()
                && (0..first.shape.rank())
                    .all(|axis| axis == self.axis || other.shape[axis] == first.shape[axis]);
            if !fits {
                return Err(format!(
                    "shapes {} and {} differ in more than axis {}",
                    first.shape, other.shape, self.axis
                ));
            }
            total = total.checked_add(other.shape[self.axis]).ok_or("the result would not fit in memory")?;
        }
        let mut extents = first.shape.to_vec();
        extents[self.axis] = total;
        Ok(Type::new(extents, first.dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let mut start = 0;
        let part = |x: &Tensor| {
            let stop = start + x.shape()[self.axis];
            let part = rule.dy.slice_axis(self.axis as isize, start, stop);
            start = stop;
            Some(part)
        };
        rule.inputs.iter().map(part).collect()
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Concat { axis: self.axis + 1 })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let rows: usize = output.shape[..self.axis].iter().product();
        let mut y = Vec::with_capacity(output.shape.size());
        for row in 0..rows {
            for input in inputs {
                let width: usize = input.ty.shape[self.axis..].iter().product();
                y.extend_from_slice(&input.elements[row * width..(row + 1) * width]);
            }
        }
        y
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<Concat, String> {
        Ok(Concat { axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[2, 3], &[4, 3]], (-1.0, 2.0), |_, x| concat(&[&x[0], &x[1]], 0)),
            Sample::new("columns", &[&[2, 3], &[2, 1], &[2, 3]], (-1.0, 2.0), |_, x| {
                concat(&[&x[0], &x[1], &x[2]], -1)
            }),
            Sample::new("equal shapes", &[&[2, 2], &[2, 2]], (-1.0, 2.0), |_, x| concat(&[&x[0], &x[1]], 1)),
            Sample::new("one with itself", &[&[2, 3]], (-1.0, 2.0), |_, x| concat(&[&x[0], &x[0]], 0)),
        ]
    }
}
