//! Where the least element is.

use super::argmax::{first_best, infer_place};
use super::*;

/// The index of the least element along `axis`, which goes, as `i64`: the first of several, the
/// first NaN where there is one. It has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArgMin {
    /// The axis that is searched.
    pub axis: usize,
}

impl Tensor {
    /// The index of the least element along `axis` (-1 is the last), which goes; the first of several.
    #[track_caller]
    pub fn argmin(&self, axis: isize) -> Tensor {
        self.along("argmin", axis, |axis| ArgMin { axis }.into())
    }
}

impl Operation for ArgMin {
    const NAME: &'static str = "argmin";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_place(self.axis, inputs[0])
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(ArgMin { axis: self.axis + 1 })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        first_best(self.axis, inputs[0], output, |a, b| a < b)
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<ArgMin, String> {
        Ok(ArgMin { axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("ties", &[&[4, 9]], (0.0, 3.0), |_, x| x[0].argmin(1));
        let samples = [
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].argmin(-1)),
            Sample::new("columns", &[&[5, 4]], (-1.0, 2.0), |_, x| x[0].argmin(0)),
            Sample::new("the middle", &[&[2, 5, 3]], (-1.0, 2.0), |_, x| x[0].argmin(1)),
            ties.operand(0, DType::I32, (0.0, 3.0)),
        ];
        samples.map(Sample::not_differentiable).to_vec()
    }
}
