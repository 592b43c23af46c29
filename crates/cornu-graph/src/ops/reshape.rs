//! The same elements in another shape.

use super::*;
use crate::Shape;

/// The same elements, in row-major order, in another shape; `dx` is `dy` in the operand's shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reshape {
    /// The shape of the result.
    pub shape: Shape,
}

impl Tensor {
    /// The same elements, in row-major order, in another shape of the same size.
    #[track_caller]
    pub fn reshape(&self, shape: impl Into<Shape>) -> Tensor {
        let shape = shape.into();
        match self.with_node(|node| node.ty.shape == shape).unwrap_or(false) {
            true => self.clone(),
            false => self.unary(Reshape { shape }),
        }
    }

    /// This tensor with one more axis of extent 1 before the axis `axis` of the result.
    #[track_caller]
    pub fn expand_dims(&self, axis: isize) -> Tensor {
        if !self.is_valid() {
            return self.clone();
        }
        let mut extents = self.shape().to_vec();
        let rank = extents.len() as isize + 1;
        let at = if axis < 0 { axis + rank } else { axis };
        if !(0..rank).contains(&at) {
            return self.builder().fail(format!("expand_dims: a result of {rank} axes has no axis {axis}"));
        }
        extents.insert(at as usize, 1);
        self.reshape(extents)
    }
}

impl Operation for Reshape {
    const NAME: &'static str = "reshape";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        match self.shape.checked_size() == Some(inputs[0].shape.size()) {
            true => Ok(Type::new(&self.shape, inputs[0].dtype)),
            false => Err(format!("shape {} has not as many elements as {}", self.shape, inputs[0].shape)),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy.reshape(rule.x(0).shape()))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.inputs[0].reshape(self.shape.with_leading(rule.size))
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        inputs[0].elements.clone()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("shape", &self.shape)
    }

    fn from_attributes(a: &Attributes) -> Result<Reshape, String> {
        Ok(Reshape { shape: Shape::from(a.get_ints("shape")?) })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("flatten", &[&[2, 3]], (-1.0, 2.0), |b, x| {
                x[0].reshape([6]) * b.iota([6], 0, x[0].dtype())
            }),
            Sample::new("of a transpose", &[&[2, 3], &[2, 3]], (-1.0, 2.0), |_, x| {
                x[0].transpose(&[1, 0]).reshape([2, 3]) * &x[1]
            }),
        ]
    }
}
