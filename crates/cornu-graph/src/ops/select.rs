//! Choice, element by element.

use super::*;
use crate::tensor::Operand;

/// `y = a` where the condition holds, else `b`; each gets `dy` where it was chosen, else zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Select;

impl Tensor {
    /// `a` where this tensor of bools is true, `b` elsewhere; at least one of the two is a tensor.
    /// The three are broadcast to a common shape.
    #[track_caller]
    pub fn select(&self, a: &Tensor, b: impl Operand) -> Tensor {
        let b = b.tensor(a);
        if let Some(invalid) = [self, a, &b].into_iter().find(|tensor| !tensor.is_valid()) {
            return invalid.clone();
        }
        let shape = self.shape().broadcast(&a.shape()).and_then(|shape| shape.broadcast(&b.shape()));
        let Some(shape) = shape else {
            let (c, a, b) = (self.shape(), a.shape(), b.shape());
            return self.builder().fail(format!("select: shapes {c}, {a} and {b} do not broadcast"));
        };
        let operands = [self, a, &b].map(|t| t.broadcast_to(&shape));
        self.builder().push(Select, &[&operands[0], &operands[1], &operands[2]])
    }
}

impl Operation for Select {
    const NAME: &'static str = "select";
    const OPERANDS: RangeInclusive<usize> = 3..=3;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        if inputs[0].dtype != DType::Bool {
            return Err(format!("the condition is {}, not bool", inputs[0].dtype));
        }
        if inputs[0].shape != inputs[1].shape {
            return Err(format!(
                "the condition has shape {}, the choices {}",
                inputs[0].shape, inputs[1].shape
            ));
        }
        same(&inputs[1..])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let zero = rule.dy.full_like(0.0);
        vec![None, Some(rule.x(0).select(rule.dy, &zero)), Some(rule.x(0).select(&zero, rule.dy))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Select)
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let [c, a, b] = inputs else { return Vec::new() };
        (0..output.shape.size())
            .map(|i| if c.elements[i] != 0.0 { a.elements[i] } else { b.elements[i] })
            .collect()
    }

    fn from_attributes(_: &Attributes) -> Result<Select, String> {
        Ok(Select)
    }

    fn samples() -> Vec<Sample> {
        let shapes: &[&[usize]] = &[&[3, 4], &[3, 4], &[3, 4]];
        let plain = Sample::new("any", shapes, (-1.0, 2.0), |_, x| x[0].select(&x[1], &x[2]));
        let number =
            Sample::new("a number", &[&[3, 1], &[4]], (-1.0, 2.0), |_, x| x[0].select(&(&x[1] * &x[1]), 0.5));
        vec![plain.operand(0, DType::Bool, (0.0, 2.0)), number.operand(0, DType::Bool, (0.0, 2.0))]
    }
}
