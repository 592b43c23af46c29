//! The square root.

use super::*;

/// `y = sqrt(x)`, NaN below zero; `dx = dy / (2 y)`, which is infinite at zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sqrt;

impl Tensor {
    /// The square root of each element.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).sqrt();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(2.25f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 1.5).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn sqrt(&self) -> Tensor {
        self.unary(Sqrt)
    }
}

impl Operation for Sqrt {
    const NAME: &'static str = "sqrt";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * 0.5 / rule.y)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Sqrt)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, f64::sqrt)
    }

    fn from_attributes(_: &Attributes) -> Result<Sqrt, String> {
        Ok(Sqrt)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("positive", &[&[2, 3]], (0.2, 3.0), |_, x| x[0].sqrt())]
    }
}
