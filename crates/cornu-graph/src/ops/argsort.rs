//! The order that sorts elements.

use super::*;

/// The indices that put the elements along `axis` in ascending order, as `i64`; equal ones keep
/// their order, NaN comes last. It has no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArgSort {
    /// The axis that is sorted.
    pub axis: usize,
}

impl Tensor {
    /// The indices that put the elements along `axis` (-1 is the last) in ascending order, as `i64`;
    /// equal ones keep their order, NaN comes last.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, evaluate};
    /// let b = Builder::new();
    /// let order = b.input("x", [4]).argsort(0);
    /// let graph = b.build(&[("order", &order)], &[]).unwrap();
    /// let order = evaluate(&graph, &[Array::from_vec(vec![3f32, 1., 2., 1.])], &[]).unwrap();
    /// assert_eq!(order.outputs[0].to_f64(), [1., 3., 2., 0.]);
    /// ```
    #[track_caller]
    pub fn argsort(&self, axis: isize) -> Tensor {
        self.along("argsort", axis, |axis| ArgSort { axis }.into())
    }
}

impl Operation for ArgSort {
    const NAME: &'static str = "argsort";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        match self.axis < inputs[0].shape.rank() {
            true => Ok(Type::new(&inputs[0].shape, DType::I64)),
            false => Err(format!("shape {} has no axis {}", inputs[0].shape, self.axis)),
        }
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(ArgSort { axis: self.axis + 1 })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let (n, stride) = (output.shape[self.axis], output.shape.strides()[self.axis]);
        let x = &inputs[0].elements;
        let mut y = vec![0.0; x.len()];
        for first in (0..x.len()).filter(|flat| flat / stride % n == 0) {
            let at = |i: usize| x[first + i * stride];
            let mut order: Vec<usize> = (0..n).collect();
            order.sort_by(|&i, &j| {
                at(i).partial_cmp(&at(j)).unwrap_or_else(|| at(i).is_nan().cmp(&at(j).is_nan()))
            });
            for (i, from) in order.into_iter().enumerate() {
                y[first + i * stride] = from as f64;
            }
        }
        y
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<ArgSort, String> {
        Ok(ArgSort { axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        let ties = Sample::new("ties", &[&[4, 9]], (0.0, 3.0), |_, x| x[0].argsort(1));
        let samples = [
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].argsort(-1)),
            Sample::new("columns", &[&[5, 4]], (-1.0, 2.0), |_, x| x[0].argsort(0)),
            Sample::new("the middle", &[&[2, 5, 3]], (-1.0, 2.0), |_, x| x[0].argsort(1)),
            ties.operand(0, DType::I32, (0.0, 3.0)),
        ];
        samples.map(Sample::not_differentiable).to_vec()
    }
}
