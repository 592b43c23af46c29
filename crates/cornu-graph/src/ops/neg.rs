//! Negation.

use super::*;

/// `y = -x`; `dx = -dy`. Users write the operator `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Neg;

impl Operation for Neg {
    const NAME: &'static str = "neg";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(-rule.dy)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Neg)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, |x| -x)
    }

    fn from_attributes(_: &Attributes) -> Result<Neg, String> {
        Ok(Neg)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("any", &[&[2, 3]], (-1.0, 2.0), |_, x| -&x[0])]
    }
}
