//! The exponential.

use super::*;

/// `y = exp(x)`; `dx = dy y`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exp;

impl Tensor {
    /// The exponential of each element.
    #[track_caller]
    pub fn exp(&self) -> Tensor {
        self.unary(Exp)
    }
}

impl Operation for Exp {
    const NAME: &'static str = "exp";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * rule.y)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Exp)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::exp)
    }

    fn from_attributes(_: &Attributes) -> Result<Exp, String> {
        Ok(Exp)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("any", &[&[2, 3]], (-2.0, 1.0), |_, x| x[0].exp())]
    }
}
