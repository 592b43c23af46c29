//! The logarithm of one and a bit.

use super::*;

/// `y = log(1 + x)`, exact where `x` is small; `dx = dy / (x + 1)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Log1p;

impl Tensor {
    /// The natural logarithm of one plus each element, exact where the element is small.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).log1p();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 0.405_465_108_1).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn log1p(&self) -> Tensor {
        self.unary(Log1p)
    }
}

impl Operation for Log1p {
    const NAME: &'static str = "log1p";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy / (rule.x(0) + 1.0))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Log1p)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::log1p)
    }

    fn from_attributes(_: &Attributes) -> Result<Log1p, String> {
        Ok(Log1p)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("any", &[&[2, 3]], (-0.5, 2.0), |_, x| x[0].log1p()),
            Sample::new("small", &[&[2, 3]], (-0.001, 0.002), |_, x| x[0].log1p()),
        ]
    }
}
