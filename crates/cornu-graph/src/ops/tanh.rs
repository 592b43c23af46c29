//! The hyperbolic tangent.

use super::*;

/// `y = tanh(x)`; `dx = dy (1 - y y)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tanh;

impl Tensor {
    /// The hyperbolic tangent of each element.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).tanh();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.462_117_157_3).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn tanh(&self) -> Tensor {
        self.unary(Tanh)
    }
}

impl Operation for Tanh {
    const NAME: &'static str = "tanh";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * (1.0 - rule.y * rule.y))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Tanh)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::tanh)
    }

    fn from_attributes(_: &Attributes) -> Result<Tanh, String> {
        Ok(Tanh)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("any", &[&[2, 3]], (-2.0, 1.0), |_, x| x[0].tanh())]
    }
}
