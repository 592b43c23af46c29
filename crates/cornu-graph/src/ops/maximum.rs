//! The greater of two numbers.

use super::*;
use crate::tensor::Operand;

/// `y` is the greater of `a` and `b`, which is "or" for bools and NaN where either is NaN; the greater one
/// gets `dy`, and where they are equal each gets half.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Maximum;

impl Tensor {
    /// The greater of each element and `other`'s.
    #[track_caller]
    pub fn maximum(&self, other: impl Operand) -> Tensor {
        self.binary(Maximum, &other.tensor(self))
    }

    /// Where this or `other` or both are true; both are bools.
    #[track_caller]
    pub fn or(&self, other: &Tensor) -> Tensor {
        if self.is_valid() && self.dtype() != DType::Bool {
            return self.builder().fail(format!("or: it takes bools, not {}; compare first", self.dtype()));
        }
        self.binary(Maximum, other)
    }
}

impl Operation for Maximum {
    const NAME: &'static str = "maximum";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (a, b, dy) = (rule.x(0), rule.x(1), rule.dy);
        let tie = a.equal(b).select(&(dy * 0.5), 0.0);
        vec![Some(a.greater(b).select(dy, &tie)), Some(b.greater(a).select(dy, &tie))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Maximum)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, |a, b| if a > b || a.is_nan() { a } else { b })
    }

    fn from_attributes(_: &Attributes) -> Result<Maximum, String> {
        Ok(Maximum)
    }

    fn samples() -> Vec<Sample> {
        let bools = Sample::new("bools", &[&[3, 4], &[3, 4]], (0.0, 2.0), |_, x| x[0].or(&x[1]));
        let ties =
            Sample::new("integers with ties", &[&[3, 4], &[4]], (0.0, 3.0), |_, x| x[0].maximum(&x[1]));
        vec![
            Sample::new("equal shapes", &[&[3, 4], &[3, 4]], (-1.0, 2.0), |_, x| x[0].maximum(&x[1])),
            Sample::new("broadcast", &[&[3, 1], &[4]], (-1.0, 2.0), |_, x| x[0].maximum(&x[1])),
            Sample::new("a number", &[&[7]], (-1.0, 2.0), |_, x| x[0].maximum(0.25)),
            bools.operand(0, DType::Bool, (0.0, 2.0)).operand(1, DType::Bool, (0.0, 2.0)),
            ties.operand(0, DType::I32, (0.0, 3.0)).operand(1, DType::I32, (0.0, 3.0)),
        ]
    }
}
