//! Running sums.

use super::*;

/// `y[i] = x[0] + ... + x[i]` along `axis`, or from the other end where `reverse` holds; `dx` is
/// the running sum of `dy` from the opposite end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CumSum {
    /// The axis along which the sum runs.
    pub axis: usize,
    /// Whether it runs from the last element to the first.
    pub reverse: bool,
}

impl Tensor {
    /// The running sum along `axis` (-1 is the last), each element included in its own sum.
    #[track_caller]
    pub fn cumsum(&self, axis: isize) -> Tensor {
        self.along("cumsum", axis, |axis| CumSum { axis, reverse: false }.into())
    }

    /// The running sum along `axis` from the last element to the first.
    #[track_caller]
    pub fn cumsum_reversed(&self, axis: isize) -> Tensor {
        self.along("cumsum", axis, |axis| CumSum { axis, reverse: true }.into())
    }
}

impl Operation for CumSum {
    const NAME: &'static str = "cumsum";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        match self.axis < inputs[0].shape.rank() {
            true => Ok(inputs[0].clone()),
            false => Err(format!("shape {} has no axis {}", inputs[0].shape, self.axis)),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.dy.unary(CumSum { axis: self.axis, reverse: !self.reverse }))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(CumSum { axis: self.axis + 1, reverse: self.reverse })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let (n, stride) = (output.shape[self.axis], output.shape.strides()[self.axis]);
        let mut y = inputs[0].elements.clone();
        let places: Vec<usize> = match self.reverse {
            true => (0..y.len()).rev().collect(),
            false => (0..y.len()).collect(),
        };
        for flat in places {
            let i = flat / stride % n;
            match self.reverse {
                true if i + 1 < n => y[flat] += y[flat + stride],
                false if i > 0 => y[flat] += y[flat - stride],
                _ => {}
            }
        }
        y
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis).int("reverse", self.reverse)
    }

    fn from_attributes(a: &Attributes) -> Result<CumSum, String> {
        Ok(CumSum { axis: a.get_int("axis")?, reverse: a.get_int("reverse")? != 0 })
    }

    fn samples() -> Vec<Sample> {
        let integers = Sample::new("integers", &[&[7]], (-9.0, 9.0), |_, x| x[0].cumsum(0));
        vec![
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].cumsum(-1)),
            Sample::new("columns", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].cumsum(0)),
            Sample::new("the middle, reversed", &[&[2, 4, 3]], (-1.0, 2.0), |_, x| x[0].cumsum_reversed(1)),
            integers.operand(0, DType::I32, (-9.0, 9.0)),
        ]
    }
}
