//! Comparison: equal.

use super::*;
use crate::tensor::Operand;

/// `y = a == b`, as bools; false where either is NaN. It has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Equal;

impl Tensor {
    /// Where elements equal `other`'s.
    #[track_caller]
    pub fn equal(&self, other: impl Operand) -> Tensor {
        self.binary(Equal, &other.tensor(self))
    }

    /// Where elements differ from `other`'s.
    #[track_caller]
    pub fn not_equal(&self, other: impl Operand) -> Tensor {
        self.equal(other).not()
    }

    /// Where this is false; it is of bools.
    #[track_caller]
    pub fn not(&self) -> Tensor {
        if self.is_valid() && self.dtype() != DType::Bool {
            return self.builder().fail(format!("not: it takes bools, not {}; compare first", self.dtype()));
        }
        self.equal(0.0)
    }
}

impl Operation for Equal {
    const NAME: &'static str = "equal";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_to_bool(inputs)
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None, None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Equal)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, |a, b| (a == b) as u8 as f64)
    }

    fn from_attributes(_: &Attributes) -> Result<Equal, String> {
        Ok(Equal)
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("with equals", &[&[3, 4], &[4]], (0.0, 3.0), |_, x| x[0].equal(&x[1]));
        let ties = ties.operand(0, DType::I32, (0.0, 3.0)).operand(1, DType::I32, (0.0, 3.0));
        let other = Sample::new("not_equal", &[&[3, 4]], (0.0, 3.0), |_, x| x[0].not_equal(1.0));
        let other = other.operand(0, DType::I64, (0.0, 3.0));
        let floats = Sample::new("floats", &[&[3, 4], &[3, 1]], (-1.0, 2.0), |_, x| x[0].equal(&x[1]));
        [ties, other, floats].map(Sample::not_differentiable).to_vec()
    }
}
