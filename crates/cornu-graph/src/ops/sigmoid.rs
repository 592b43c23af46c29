//! The logistic function.

use super::*;

/// `y = 1 / (1 + exp(-x))`; `dx = dy y (1 - y)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sigmoid;

impl Tensor {
    /// The logistic function of each element. Its operand is noted as the logits of its result, so that
    /// a loss on the result stays stable; see [`Builder::note_logits`](crate::Builder::note_logits).
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).sigmoid();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.622_459_331_2).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn sigmoid(&self) -> Tensor {
        let y = self.unary(Sigmoid);
        self.builder().note_logits(&y, crate::Squash::Sigmoid, self);
        y
    }
}

impl Operation for Sigmoid {
    const NAME: &'static str = "sigmoid";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy * rule.y * (1.0 - rule.y))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Sigmoid)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        // Either form alone would lose the small side's digits.
        map(inputs, |x| match x >= 0.0 {
            true => 1.0 / (1.0 + libm::exp(-x)),
            false => libm::exp(x) / (1.0 + libm::exp(x)),
        })
    }

    fn from_attributes(_: &Attributes) -> Result<Sigmoid, String> {
        Ok(Sigmoid)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("any", &[&[2, 3]], (-2.0, 1.0), |_, x| x[0].sigmoid()),
            Sample::new("far out", &[&[2, 3]], (-30.0, 20.0), |_, x| x[0].sigmoid()).not_differentiable(),
        ]
    }
}
