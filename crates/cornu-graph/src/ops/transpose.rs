//! Axes in another order.

use super::*;

/// `y`'s axis `i` is `x`'s axis `axes[i]`; `dx` is `dy` with the inverse order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Transpose {
    /// For each axis of the result, the axis of the operand.
    pub axes: Vec<usize>,
}

impl Tensor {
    /// This tensor with its axes in another order: axis `i` of the result is axis `axes[i]` of this.
    #[track_caller]
    pub fn transpose(&self, axes: &[usize]) -> Tensor {
        match axes.iter().enumerate().all(|(i, &axis)| i == axis) && axes.len() == self.rank() {
            true => self.clone(),
            false => self.unary(Transpose { axes: axes.to_vec() }),
        }
    }
}

impl Operation for Transpose {
    const NAME: &'static str = "transpose";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let shape = &inputs[0].shape;
        let mut sorted = self.axes.clone();
        sorted.sort_unstable();
        match sorted.into_iter().eq(0..shape.rank()) {
            true => Ok(Type::new(
                self.axes.iter().map(|&axis| shape[axis]).collect::<crate::Shape>(),
                inputs[0].dtype,
            )),
            false => Err(format!("{:?} is no order of the axes of shape {shape}", self.axes)),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let mut inverse = vec![0; self.axes.len()];
        for (i, &axis) in self.axes.iter().enumerate() {
            inverse[axis] = i;
        }
        vec![Some(rule.dy.transpose(&inverse))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let axes: Vec<usize> = std::iter::once(0).chain(self.axes.iter().map(|axis| axis + 1)).collect();
        rule.inputs[0].transpose(&axes)
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        (0..output.shape.size())
            .map(|flat| {
                let index = output.shape.unravel(flat);
                let mut own = vec![0; index.len()];
                for (&axis, &i) in self.axes.iter().zip(&index) {
                    own[axis] = i;
                }
                inputs[0].at(&own)
            })
            .collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("axes", &self.axes)
    }

    fn from_attributes(a: &Attributes) -> Result<Transpose, String> {
        Ok(Transpose { axes: a.get_ints("axes")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("two axes", &[&[2, 3], &[3, 2]], (-1.0, 2.0), |_, x| x[0].transpose(&[1, 0]) * &x[1]),
            Sample::new("a square", &[&[3, 3]], (-1.0, 2.0), |_, x| x[0].transpose(&[1, 0])),
            Sample::new("a cube", &[&[2, 2, 2]], (-1.0, 2.0), |_, x| x[0].transpose(&[2, 0, 1])),
            Sample::new("a cycle of three", &[&[2, 3, 4], &[4, 2, 3]], (-1.0, 2.0), |_, x| {
                x[0].transpose(&[2, 0, 1]) * &x[1]
            }),
        ]
    }
}
