//! A fixed array.

use super::*;
use crate::{Array, Shape};
use std::sync::Arc;

/// A fixed array. Elements are kept as the bits of doubles, so that equal constants are one node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constant {
    /// Shape and dtype.
    pub ty: Type,
    bits: Arc<[u64]>,
}

impl Constant {
    /// The constant that `array` holds.
    pub fn new(array: &Array) -> Constant {
        let bits = array.to_f64().into_iter().map(f64::to_bits).collect();
        Constant { ty: Type::new(array.shape(), array.dtype()), bits }
    }

    /// One number, as `dtype` can hold it.
    pub fn scalar(value: f64, dtype: DType) -> Constant {
        Constant { ty: Type::new(Shape::scalar(), dtype), bits: Arc::new([dtype.round(value).to_bits()]) }
    }

    /// The elements in row-major order.
    pub fn elements(&self) -> Vec<f64> {
        self.bits.iter().map(|&bits| f64::from_bits(bits)).collect()
    }

    /// The number, if there is just one.
    pub fn item(&self) -> Option<f64> {
        match self.bits[..] {
            [bits] => Some(f64::from_bits(bits)),
            _ => None,
        }
    }
}

impl Operation for Constant {
    const NAME: &'static str = "constant";
    const OPERANDS: RangeInclusive<usize> = 0..=0;

    fn infer(&self, _: &[&Type]) -> Result<Type, String> {
        match self.ty.shape.checked_size() == Some(self.bits.len()) {
            true => Ok(self.ty.clone()),
            false => Err(format!("{} numbers do not fill {}", self.bits.len(), self.ty)),
        }
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.inputs[0].clone()
    }

    fn eval(&self, _: &[&Value], _: &Type) -> Vec<f64> {
        self.elements()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
            .ints("shape", &self.ty.shape)
            .dtype("dtype", self.ty.dtype)
            .floats("values", self.elements())
    }

    fn from_attributes(a: &Attributes) -> Result<Constant, String> {
        let ty = Type::new(Shape::from(a.get_ints("shape")?), a.get_dtype("dtype")?);
        // Text may tell an `f32` by fewer digits than its double has.
        let round = |value| ty.dtype.round(value).to_bits();
        let bits = a.get_floats("values")?.into_iter().map(round).collect();
        Ok(Constant { ty, bits })
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("an array", &[&[3]], (-1.0, 2.0), |b, x| {
            &x[0] + b.constant(&Array::from_vec(vec![0.5f32, -1.5, 3.0]).cast(x[0].dtype()))
        })]
    }
}
