//! Elements in the opposite order.

use super::sum::{infer_reduction, shifted};
use super::*;

/// The elements in the opposite order along `axes`; `dx` is `dy` likewise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reverse {
    /// The axes that are turned around, in ascending order.
    pub axes: Vec<usize>,
}

impl Tensor {
    /// The elements in the opposite order along `axes` (-1 is the last).
    #[track_caller]
    pub fn reverse(&self, axes: &[isize]) -> Tensor {
        self.reduce("reverse", axes, |axes| Reverse { axes }.into())
    }
}

impl Operation for Reverse {
    const NAME: &'static str = "reverse";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_reduction(&self.axes, inputs[0]).map(|_| inputs[0].clone())
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy.unary(self.clone()))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Reverse { axes: shifted(&self.axes) })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        (0..output.shape.size())
            .map(|flat| {
                let mut index = output.shape.unravel(flat);
                for &axis in &self.axes {
                    index[axis] = output.shape[axis] - 1 - index[axis];
                }
                inputs[0].at(&index)
            })
            .collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("axes", &self.axes)
    }

    fn from_attributes(a: &Attributes) -> Result<Reverse, String> {
        Ok(Reverse { axes: a.get_ints("axes")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].reverse(&[0])),
            Sample::new("columns", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].reverse(&[-1])),
            Sample::new("outer and inner", &[&[2, 3, 4]], (-1.0, 2.0), |_, x| x[0].reverse(&[0, 2])),
        ]
    }
}
