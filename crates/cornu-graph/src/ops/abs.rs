//! The absolute value.

use super::*;

/// `y = |x|`; `dx = dy sign(x)`, so zero at zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Abs;

impl Tensor {
    /// The absolute value of each element.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).abs();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(-1.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 1.5).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn abs(&self) -> Tensor {
        self.unary(Abs)
    }
}

impl Operation for Abs {
    const NAME: &'static str = "abs";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * rule.x(0).sign())]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Abs)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, f64::abs)
    }

    fn from_attributes(_: &Attributes) -> Result<Abs, String> {
        Ok(Abs)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("both signs", &[&[2, 3]], (-1.0, 2.0), |_, x| x[0].abs()),
            Sample::new("integers", &[&[7]], (-9.0, 9.0), |_, x| x[0].abs()).operand(
                0,
                DType::I32,
                (-9.0, 9.0),
            ),
        ]
    }
}
