//! The greatest element along axes.

use super::sum::{fold, infer_reduction, shifted, spread};
use super::*;

/// The greatest element along `axes`, which go; NaN where any is NaN. The greatest gets `dy`; where
/// several are, they share it equally.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReduceMax {
    /// The axes that are searched, in ascending order.
    pub axes: Vec<usize>,
}

impl Tensor {
    /// The greatest element along `axes` (-1 is the last), which go; for bools, whether any is true.
    #[track_caller]
    pub fn reduce_max(&self, axes: &[isize]) -> Tensor {
        self.reduce("reduce_max", axes, |axes| ReduceMax { axes }.into())
    }

    /// The greatest element along `axes`, which stay with extent 1.
    #[track_caller]
    pub fn reduce_max_keep(&self, axes: &[isize]) -> Tensor {
        self.keep(axes, self.reduce_max(axes))
    }
}

/// `dy` for the elements of `x` that equal `y`, its reduction, in equal shares.
pub(super) fn shares(rule: &Grad, axes: &[usize]) -> Tensor {
    let x = rule.x(0);
    let chosen = x.equal(spread(rule.y, axes, x));
    let signed: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
    let count = chosen.cast(x.dtype()).sum(&signed);
    chosen.select(&spread(&(rule.dy / count), axes, x), 0.0)
}

impl Operation for ReduceMax {
    const NAME: &'static str = "reduce_max";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_reduction(&self.axes, inputs[0])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(shares(rule, &self.axes))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(ReduceMax { axes: shifted(&self.axes) })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let start = lowest(output.dtype);
        fold(&self.axes, inputs[0], output, start, |best, x| if x > best || x.is_nan() { x } else { best })
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("axes", &self.axes)
    }

    fn from_attributes(a: &Attributes) -> Result<ReduceMax, String> {
        Ok(ReduceMax { axes: a.get_ints("axes")? })
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("ties", &[&[3, 8]], (0.0, 3.0), |_, x| x[0].reduce_max(&[1]));
        let bools = Sample::new("bools", &[&[5, 2]], (0.0, 2.0), |_, x| x[0].reduce_max(&[1]));
        vec![
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].reduce_max(&[-1])),
            Sample::new("columns, kept", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].reduce_max_keep(&[0])),
            Sample::new("outer and inner", &[&[2, 3, 4]], (-1.0, 2.0), |_, x| x[0].reduce_max(&[0, 2])),
            Sample::new("all", &[&[33]], (-1.0, 2.0), |_, x| x[0].reduce_max(&[0])),
            ties.operand(0, DType::I32, (0.0, 3.0)),
            bools.operand(0, DType::Bool, (0.0, 2.0)),
        ]
    }
}

/// What a maximum of nothing is: the lowest number of the dtype.
pub(super) fn lowest(dtype: DType) -> f64 {
    match dtype {
        DType::Bool => 0.0,
        dtype => dtype.round(f64::NEG_INFINITY),
    }
}
