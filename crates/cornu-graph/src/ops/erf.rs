//! The error function.

use super::*;

/// `y = 2 / sqrt(pi)` times the integral of `exp(-t t)` from 0 to `x`; `dx = dy 2 / sqrt(pi) exp(-x x)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Erf;

impl Tensor {
    /// The error function of each element.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).erf();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.520_499_877_8).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn erf(&self) -> Tensor {
        self.unary(Erf)
    }
}

impl Operation for Erf {
    const NAME: &'static str = "erf";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * (-(rule.x(0) * rule.x(0))).exp() * std::f64::consts::FRAC_2_SQRT_PI)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Erf)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::erf)
    }

    fn from_attributes(_: &Attributes) -> Result<Erf, String> {
        Ok(Erf)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("any", &[&[2, 3]], (-2.0, 1.0), |_, x| x[0].erf())]
    }
}
