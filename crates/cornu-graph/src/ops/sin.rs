//! The sine.

use super::*;

/// `y = sin(x)`; `dx = dy cos(x)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sin;

impl Tensor {
    /// The sine of each element, in radians.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).sin();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.479_425_538_6).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn sin(&self) -> Tensor {
        self.unary(Sin)
    }
}

impl Operation for Sin {
    const NAME: &'static str = "sin";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * rule.x(0).cos())]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Sin)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::sin)
    }

    fn from_attributes(_: &Attributes) -> Result<Sin, String> {
        Ok(Sin)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("any", &[&[2, 3]], (-2.0, 4.0), |_, x| x[0].sin())]
    }
}
