//! The exponential less one.

use super::*;

/// `y = exp(x) - 1`, exact where `x` is small; `dx = dy (y + 1)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expm1;

impl Tensor {
    /// The exponential of each element less one, exact where the element is small.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).expm1();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.648_721_270_7).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn expm1(&self) -> Tensor {
        self.unary(Expm1)
    }
}

impl Operation for Expm1 {
    const NAME: &'static str = "expm1";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * (rule.y + 1.0))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Expm1)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::expm1)
    }

    fn from_attributes(_: &Attributes) -> Result<Expm1, String> {
        Ok(Expm1)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("any", &[&[2, 3]], (-2.0, 1.0), |_, x| x[0].expm1()),
            Sample::new("small", &[&[2, 3]], (-0.001, 0.002), |_, x| x[0].expm1()),
        ]
    }
}
