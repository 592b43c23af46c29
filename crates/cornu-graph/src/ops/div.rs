//! Division, element by element.

use super::*;

/// `y = a / b`; `da = dy / b`, `db = -dy y / b`. Integers are divided as numbers and the quotient is truncated. Users write the operator `/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Div;

impl Operation for Div {
    const NAME: &'static str = "div";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy / rule.x(1)), Some(-(rule.dy * rule.y / rule.x(1)))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Div)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, |a, b| a / b)
    }

    fn from_attributes(_: &Attributes) -> Result<Div, String> {
        Ok(Div)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("equal shapes", &[&[2, 3], &[2, 3]], (0.5, 2.0), |_, x| &x[0] / &x[1]),
            Sample::new("broadcast", &[&[2, 1], &[3]], (0.5, 2.0), |_, x| &x[0] / &x[1]),
        ]
    }
}
