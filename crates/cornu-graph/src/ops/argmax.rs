//! Where the greatest element is.

use super::*;

/// The index of the greatest element along `axis`, which goes, as `i64`: the first of several, the
/// first NaN where there is one. It has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArgMax {
    /// The axis that is searched.
    pub axis: usize,
}

impl Tensor {
    /// The index of the greatest element along `axis` (-1 is the last), which goes; the first of several.
    #[track_caller]
    pub fn argmax(&self, axis: isize) -> Tensor {
        self.along("argmax", axis, |axis| ArgMax { axis }.into())
    }

    /// Applies the operation that `op` makes of the axis, counted from 0.
    #[track_caller]
    pub(crate) fn along(&self, name: &str, axis: isize, op: impl FnOnce(usize) -> Op) -> Tensor {
        if !self.is_valid() {
            return self.clone();
        }
        match self.shape().axis(axis) {
            Some(axis) => self.unary(op(axis)),
            None => self.builder().fail(format!("{name}: shape {} has no axis {axis}", self.shape())),
        }
    }
}

/// The type of an index along `axis`.
pub(super) fn infer_place(axis: usize, input: &Type) -> Result<Type, String> {
    match input.shape.get(axis) {
        Some(0) => Err(format!("shape {} has no elements along axis {axis}", input.shape)),
        Some(_) => Ok(Type::new(input.shape.without(&[axis]), DType::I64)),
        None => Err(format!("shape {} has no axis {axis}", input.shape)),
    }
}

/// The first index along `axis` whose element no other one beats.
pub(super) fn first_best(
    axis: usize,
    input: &Value,
    output: &Type,
    beats: impl Fn(f64, f64) -> bool,
) -> Vec<f64> {
    (0..output.shape.size())
        .map(|flat| {
            let mut index = output.shape.unravel(flat);
            index.insert(axis, 0);
            let mut best = (0, input.at(&index));
            for i in 1..input.ty.shape[axis] {
                index[axis] = i;
                let x = input.at(&index);
                if beats(x, best.1) || (x.is_nan() && !best.1.is_nan()) {
                    best = (i, x);
                }
            }
            best.0 as f64
        })
        .collect()
}

impl Operation for ArgMax {
    const NAME: &'static str = "argmax";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_place(self.axis, inputs[0])
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(ArgMax { axis: self.axis + 1 })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        first_best(self.axis, inputs[0], output, |a, b| a > b)
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<ArgMax, String> {
        Ok(ArgMax { axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("ties", &[&[4, 9]], (0.0, 3.0), |_, x| x[0].argmax(1));
        let samples = [
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].argmax(-1)),
            Sample::new("columns", &[&[5, 4]], (-1.0, 2.0), |_, x| x[0].argmax(0)),
            Sample::new("the middle", &[&[2, 5, 3]], (-1.0, 2.0), |_, x| x[0].argmax(1)),
            ties.operand(0, DType::I32, (0.0, 3.0)),
        ];
        samples.map(Sample::not_differentiable).to_vec()
    }
}
