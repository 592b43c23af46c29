//! A value that is to be there only after another one.

use super::*;
use crate::Builder;

/// `y = x`, of any dtype, computed when `other` has been.
///
/// What is computed from `y` is computed again and later than what was from `x`: nothing of it has
/// to be kept in between. See [`Builder::segment`](crate::Builder::segment).
///
/// `dx = dy`; `other` has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct After;

impl Tensor {
    /// The same value, computed when `other` has been.
    ///
    /// ```
    /// # use cornu_graph::{Builder, evaluate, Array};
    /// let b = Builder::new();
    /// let x = b.input("x", []);
    /// let y = x.after(&x.exp()) * 3.0;
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::scalar(2f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((y - 6.0).abs() < 1e-6);
    /// ```
    #[track_caller]
    pub fn after(&self, other: &Tensor) -> Tensor {
        self.builder().push(After, &[self, other])
    }
}

impl Operation for After {
    const NAME: &'static str = "after";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        Ok(inputs[0].clone())
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy.clone()), None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.with_axis(0).after(&rule.inputs[1])
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        inputs[0].elements.clone()
    }

    fn from_attributes(_: &Attributes) -> Result<After, String> {
        Ok(After)
    }

    fn samples() -> Vec<Sample> {
        let call = |_: &Builder, x: &[Tensor]| x[0].after(&x[1].exp());
        vec![
            Sample::new("plain", &[&[2, 3], &[4]], (-1.0, 2.0), call),
            Sample::new("whole numbers", &[&[5], &[2]], (-1.0, 2.0), call).operand(0, DType::I32, (0.0, 9.0)),
        ]
    }
}
