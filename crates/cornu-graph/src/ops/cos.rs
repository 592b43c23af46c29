//! The cosine.

use super::*;

/// `y = cos(x)`; `dx = -dy sin(x)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cos;

impl Tensor {
    /// The cosine of each element, in radians.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).cos();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.877_582_561_9).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn cos(&self) -> Tensor {
        self.unary(Cos)
    }
}

impl Operation for Cos {
    const NAME: &'static str = "cos";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(-(rule.dy * rule.x(0).sin()))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Cos)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::cos)
    }

    fn from_attributes(_: &Attributes) -> Result<Cos, String> {
        Ok(Cos)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("any", &[&[2, 3]], (-2.0, 4.0), |_, x| x[0].cos())]
    }
}
