//! A value that persists between runs and that updates may change.

use super::*;
use crate::Shape;

/// The `index`th parameter of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parameter {
    /// Its place among the parameters.
    pub index: usize,
    /// Shape and dtype.
    pub ty: Type,
}

impl Operation for Parameter {
    const NAME: &'static str = "parameter";
    const OPERANDS: RangeInclusive<usize> = 0..=0;

    fn infer(&self, _: &[&Type]) -> Result<Type, String> {
        Ok(self.ty.clone())
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.inputs[0].clone()
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        inputs[0].elements.clone()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
            .int("index", self.index)
            .ints("shape", &self.ty.shape)
            .dtype("dtype", self.ty.dtype)
    }

    fn from_attributes(a: &Attributes) -> Result<Parameter, String> {
        let ty = Type::new(Shape::from(a.get_ints("shape")?), a.get_dtype("dtype")?);
        Ok(Parameter { index: a.get_int("index")?, ty })
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("itself", &[&[2, 3]], (-1.0, 2.0), |_, x| x[0].clone())]
    }
}
