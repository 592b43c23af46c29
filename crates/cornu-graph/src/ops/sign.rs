//! The sign.

use super::*;

/// `y` is -1, 0 or 1 with `x`'s sign (NaN for NaN). It is flat almost everywhere and has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sign;

impl Tensor {
    /// The sign of each element: -1, 0 or 1.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).sign();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(-1.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - -1.0).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn sign(&self) -> Tensor {
        self.unary(Sign)
    }
}

impl Operation for Sign {
    const NAME: &'static str = "sign";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Sign)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, |x| match x {
            x if x > 0.0 => 1.0,
            x if x < 0.0 => -1.0,
            x => x,
        })
    }

    fn from_attributes(_: &Attributes) -> Result<Sign, String> {
        Ok(Sign)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("both signs", &[&[2, 3]], (-1.0, 2.0), |_, x| x[0].sign()).not_differentiable(),
            Sample::new("integers with zeros", &[&[12]], (-2.0, 3.0), |_, x| x[0].sign()).operand(
                0,
                DType::I32,
                (-2.0, 3.0),
            ),
        ]
    }
}
