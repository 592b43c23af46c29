//! Each element's own index along an axis.

use super::*;
use crate::Shape;

/// `y[.., i, ..] = i` along `axis`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Iota {
    /// Shape and dtype of the result.
    pub ty: Type,
    /// The axis that is counted.
    pub axis: usize,
}

impl Operation for Iota {
    const NAME: &'static str = "iota";
    const OPERANDS: RangeInclusive<usize> = 0..=0;

    fn infer(&self, _: &[&Type]) -> Result<Type, String> {
        match self.axis < self.ty.shape.rank() {
            true => Ok(self.ty.clone()),
            false => Err(format!("shape {} has no axis {}", self.ty.shape, self.axis)),
        }
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.inputs[0].clone()
    }

    fn eval(&self, _: &[&Value], output: &Type) -> Vec<f64> {
        (0..output.shape.size()).map(|flat| output.shape.unravel(flat)[self.axis] as f64).collect()
    }

    fn attributes(&self) -> Attributes {
        let attributes = Attributes::default().ints("shape", &self.ty.shape).dtype("dtype", self.ty.dtype);
        attributes.int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<Iota, String> {
        let ty = Type::new(Shape::from(a.get_ints("shape")?), a.get_dtype("dtype")?);
        Ok(Iota { ty, axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[3, 2]], (-1.0, 2.0), |b, x| &x[0] * b.iota([3, 2], 0, x[0].dtype())),
            Sample::new("columns", &[&[3, 2]], (-1.0, 2.0), |b, x| &x[0] * b.iota([3, 2], 1, x[0].dtype())),
        ]
    }
}
