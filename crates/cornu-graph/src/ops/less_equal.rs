//! Comparison: less than or equal.

use super::*;
use crate::tensor::Operand;

/// `y = a <= b`, as bools; false where either is NaN. It has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LessEqual;

impl Tensor {
    /// Where elements are less than or equal to `other`'s.
    #[track_caller]
    pub fn less_equal(&self, other: impl Operand) -> Tensor {
        self.binary(LessEqual, &other.tensor(self))
    }

    /// Where elements are greater than or equal to `other`'s.
    #[track_caller]
    pub fn greater_equal(&self, other: impl Operand) -> Tensor {
        other.tensor(self).binary(LessEqual, self)
    }
}

impl Operation for LessEqual {
    const NAME: &'static str = "less_equal";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_to_bool(inputs)
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None, None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(LessEqual)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, |a, b| (a <= b) as u8 as f64)
    }

    fn from_attributes(_: &Attributes) -> Result<LessEqual, String> {
        Ok(LessEqual)
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("with equals", &[&[3, 4], &[4]], (0.0, 3.0), |_, x| x[0].less_equal(&x[1]));
        let ties = ties.operand(0, DType::I32, (0.0, 3.0)).operand(1, DType::I32, (0.0, 3.0));
        let other = Sample::new("greater_equal", &[&[3, 4]], (0.0, 3.0), |_, x| x[0].greater_equal(1.0));
        let other = other.operand(0, DType::I64, (0.0, 3.0));
        let floats = Sample::new("floats", &[&[3, 4], &[3, 1]], (-1.0, 2.0), |_, x| x[0].less_equal(&x[1]));
        [ties, other, floats].map(Sample::not_differentiable).to_vec()
    }
}
