//! Repetition along axes: the only operation that repeats elements.

use super::*;
use crate::Shape;

/// Repeats the operand along axes where its extent is 1 or that it lacks, by NumPy's rule; `dx` is
/// `dy` summed along them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Broadcast {
    /// The shape of the result.
    pub shape: Shape,
}

impl Broadcast {
    /// The axes of the result along which `input` is repeated.
    pub fn repeated(&self, input: &Shape) -> Vec<usize> {
        let missing = self.shape.rank() - input.rank();
        let repeats =
            |axis: &usize| *axis < missing || (input[axis - missing] == 1 && self.shape[*axis] != 1);
        (0..self.shape.rank()).filter(repeats).collect()
    }
}

impl Tensor {
    /// This tensor repeated to fill `shape`, by NumPy's rule.
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Into<Shape>) -> Tensor {
        self.broadcast_at(&shape.into(), std::panic::Location::caller())
    }
}

impl Operation for Broadcast {
    const NAME: &'static str = "broadcast";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        match inputs[0].shape.broadcast(&self.shape).as_ref() == Some(&self.shape) {
            true => Ok(Type::new(&self.shape, inputs[0].dtype)),
            false => Err(format!("shape {} cannot be repeated to fill {}", inputs[0].shape, self.shape)),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let shape = rule.x(0).shape();
        let axes: Vec<isize> = self.repeated(&shape).into_iter().map(|axis| axis as isize).collect();
        vec![Some(rule.dy.sum(&axes).reshape(shape))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        // The example's missing axes come between the leading axis and its own.
        let own = rule.inputs[0].shape();
        let missing = self.shape.rank() + 1 - own.rank();
        let aligned: Shape = own[..1]
            .iter()
            .copied()
            .chain(std::iter::repeat_n(1, missing))
            .chain(own[1..].iter().copied())
            .collect();
        rule.inputs[0].reshape(aligned).broadcast_to(self.shape.with_leading(rule.size))
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let shape = &inputs[0].ty.shape;
        let missing = output.shape.rank() - shape.rank();
        (0..output.shape.size())
            .map(|flat| {
                let index = output.shape.unravel(flat);
                let own: Vec<usize> = shape
                    .iter()
                    .enumerate()
                    .map(|(axis, &n)| if n == 1 { 0 } else { index[axis + missing] })
                    .collect();
                inputs[0].at(&own)
            })
            .collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("shape", &self.shape)
    }

    fn from_attributes(a: &Attributes) -> Result<Broadcast, String> {
        Ok(Broadcast { shape: Shape::from(a.get_ints("shape")?) })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[3]], (-1.0, 2.0), |b, x| {
                x[0].broadcast_to([2, 3]) * b.iota([2, 3], 0, x[0].dtype())
            }),
            Sample::new("columns", &[&[2, 1]], (-1.0, 2.0), |b, x| {
                x[0].broadcast_to([2, 3]) * b.iota([2, 3], 1, x[0].dtype())
            }),
            Sample::new("middle", &[&[2, 1, 3]], (-1.0, 2.0), |_, x| x[0].broadcast_to([4, 2, 5, 3])),
            Sample::new("a scalar", &[&[]], (0.5, 2.0), |_, x| x[0].broadcast_to([2, 3]).exp()),
        ]
    }
}
