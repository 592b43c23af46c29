//! The least element along axes.

use super::reduce_max::shares;
use super::sum::{fold, infer_reduction, shifted};
use super::*;

/// The least element along `axes`, which go; NaN where any is NaN. The least gets `dy`; where
/// several are, they share it equally.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReduceMin {
    /// The axes that are searched, in ascending order.
    pub axes: Vec<usize>,
}

impl Tensor {
    /// The least element along `axes` (-1 is the last), which go; for bools, whether all is true.
    #[track_caller]
    pub fn reduce_min(&self, axes: &[isize]) -> Tensor {
        self.reduce("reduce_min", axes, |axes| ReduceMin { axes }.into())
    }

    /// The least element along `axes`, which stay with extent 1.
    #[track_caller]
    pub fn reduce_min_keep(&self, axes: &[isize]) -> Tensor {
        self.keep(axes, self.reduce_min(axes))
    }
}

impl Operation for ReduceMin {
    const NAME: &'static str = "reduce_min";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_reduction(&self.axes, inputs[0])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(shares(rule, &self.axes))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(ReduceMin { axes: shifted(&self.axes) })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let start = highest(output.dtype);
        fold(&self.axes, inputs[0], output, start, |best, x| if x < best || x.is_nan() { x } else { best })
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("axes", &self.axes)
    }

    fn from_attributes(a: &Attributes) -> Result<ReduceMin, String> {
        Ok(ReduceMin { axes: a.get_ints("axes")? })
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("ties", &[&[3, 8]], (0.0, 3.0), |_, x| x[0].reduce_min(&[1]));
        let bools = Sample::new("bools", &[&[5, 2]], (0.0, 2.0), |_, x| x[0].reduce_min(&[1]));
        vec![
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].reduce_min(&[-1])),
            Sample::new("columns, kept", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].reduce_min_keep(&[0])),
            Sample::new("outer and inner", &[&[2, 3, 4]], (-1.0, 2.0), |_, x| x[0].reduce_min(&[0, 2])),
            Sample::new("all", &[&[33]], (-1.0, 2.0), |_, x| x[0].reduce_min(&[0])),
            ties.operand(0, DType::I32, (0.0, 3.0)),
            bools.operand(0, DType::Bool, (0.0, 2.0)),
        ]
    }
}

/// What a minimum of nothing is: the highest number of the dtype.
fn highest(dtype: DType) -> f64 {
    dtype.round(f64::INFINITY)
}
