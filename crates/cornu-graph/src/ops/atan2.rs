//! The angle of a point.

use super::*;
use crate::tensor::Operand;

/// The angle between the positive first axis and the point `(x, y)`, in `-pi..=pi`; operands are
/// `y` and `x`. `dy = d x / (x^2 + y^2)`, `dx = -d y / (x^2 + y^2)` for the result's gradient `d`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Atan2;

impl Tensor {
    /// The angle of the points `(x, self)`, in `-pi..=pi`; of `self / x` it is the arc tangent where
    /// `x` is positive.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let angle = b.input("y", []).atan2(-1.0);
    /// let graph = b.build(&[("angle", &angle)], &[]).unwrap();
    /// let angle = evaluate(&graph, &[Array::scalar(1f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((angle - 0.75 * std::f64::consts::PI).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn atan2(&self, x: impl Operand) -> Tensor {
        self.binary(Atan2, &x.tensor(self))
    }
}

impl Operation for Atan2 {
    const NAME: &'static str = "atan2";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same_float(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (y, x) = (rule.x(0), rule.x(1));
        let scaled = rule.dy / (x * x + y * y);
        vec![Some(&scaled * x), Some(-(&scaled * y))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Atan2)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, libm::atan2)
    }

    fn from_attributes(_: &Attributes) -> Result<Atan2, String> {
        Ok(Atan2)
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("right", &[&[2, 3], &[2, 3]], (0.5, 2.0), |_, x| x[0].atan2(&x[1])),
            Sample::new("left", &[&[2, 3], &[2, 3]], (-2.0, -0.5), |_, x| x[0].atan2(&x[1])),
        ]
    }
}
