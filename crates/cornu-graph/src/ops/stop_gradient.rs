//! The same value, taken as a constant by back-propagation.

use super::*;

/// `y = x`, of any dtype; no gradient passes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StopGradient;

impl Tensor {
    /// The same value, taken as a constant by back-propagation.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).stop_gradient();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.5).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn stop_gradient(&self) -> Tensor {
        self.unary(StopGradient)
    }
}

impl Operation for StopGradient {
    const NAME: &'static str = "stop_gradient";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(StopGradient)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, |x| x)
    }

    fn from_attributes(_: &Attributes) -> Result<StopGradient, String> {
        Ok(StopGradient)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("any", &[&[2, 3]], (-1.0, 2.0), |_, x| x[0].stop_gradient()).not_differentiable(),
            Sample::new("bools", &[&[2, 3]], (0.0, 2.0), |_, x| x[0].stop_gradient()).operand(
                0,
                DType::Bool,
                (0.0, 2.0),
            ),
        ]
    }
}
