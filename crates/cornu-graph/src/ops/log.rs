//! The natural logarithm.

use super::*;

/// `y = log(x)`, -inf at zero and NaN below; `dx = dy / x`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Log;

impl Tensor {
    /// The natural logarithm of each element.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).log();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(0.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - -0.693_147_180_6).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn log(&self) -> Tensor {
        self.unary(Log)
    }
}

impl Operation for Log {
    const NAME: &'static str = "log";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy / rule.x(0))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Log)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, libm::log)
    }

    fn from_attributes(_: &Attributes) -> Result<Log, String> {
        Ok(Log)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("positive", &[&[2, 3]], (0.2, 3.0), |_, x| x[0].log())]
    }
}
