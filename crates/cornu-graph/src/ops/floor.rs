//! The largest whole number that is not greater.

use super::*;

/// `y` is the largest whole number that is not greater than `x`. It is flat almost everywhere and has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Floor;

impl Tensor {
    /// The largest whole number that is not greater than each element.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let y = b.input("x", []).floor();
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(-1.5f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - -2.0).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn floor(&self) -> Tensor {
        self.unary(Floor)
    }
}

impl Operation for Floor {
    const NAME: &'static str = "floor";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Floor)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        map(inputs, f64::floor)
    }

    fn from_attributes(_: &Attributes) -> Result<Floor, String> {
        Ok(Floor)
    }

    fn samples() -> Vec<Sample> {
        vec![Sample::new("both signs", &[&[2, 3]], (-3.0, 4.0), |_, x| x[0].floor()).not_differentiable()]
    }
}
