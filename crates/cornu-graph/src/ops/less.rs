//! Comparison: less than.

use super::*;
use crate::tensor::Operand;

/// `y = a < b`, as bools. It has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Less;

impl Tensor {
    /// Where elements are less than `other`.
    #[track_caller]
    pub fn less(&self, other: impl Operand) -> Tensor {
        self.binary(Less, &other.tensor(self))
    }

    /// Where elements are greater than `other`.
    #[track_caller]
    pub fn greater(&self, other: impl Operand) -> Tensor {
        other.tensor(self).binary(Less, self)
    }
}

impl Operation for Less {
    const NAME: &'static str = "less";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_to_bool(inputs)
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None, None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Less)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, |a, b| (a < b) as u8 as f64)
    }

    fn from_attributes(_: &Attributes) -> Result<Less, String> {
        Ok(Less)
    }

    fn samples() -> Vec<Sample> {
        let less = Sample::new("any", &[&[3, 4], &[3, 4]], (-1.0, 2.0), |_, x| x[0].less(&x[1]));
        let equal = Sample::new("with equals", &[&[3, 4], &[4]], (0.0, 3.0), |_, x| x[0].less(&x[1]));
        let greater = Sample::new("greater", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].greater(0.25));
        let equal = equal.operand(0, DType::I32, (0.0, 3.0)).operand(1, DType::I32, (0.0, 3.0));
        [less, equal, greater].map(Sample::not_differentiable).to_vec()
    }
}
