//! Subtraction.

use super::*;

/// `y = a - b`; `da = dy`, `db = -dy`. Users write the operator `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sub;

impl Operation for Sub {
    const NAME: &'static str = "sub";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy.clone()), Some(-rule.dy)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Sub)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, |a, b| a - b)
    }

    fn from_attributes(_: &Attributes) -> Result<Sub, String> {
        Ok(Sub)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("equal shapes", &[&[2, 3], &[2, 3]], (-1.0, 2.0), |_, x| &x[0] - &x[1]),
            Sample::new("broadcast", &[&[2, 1], &[3]], (-1.0, 2.0), |_, x| &x[0] - &x[1]),
        ]
    }
}
