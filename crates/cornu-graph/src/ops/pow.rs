//! Powers.

use super::*;
use crate::tensor::Operand;

/// `y = a^b`; `da = dy b a^(b-1)`, `db = dy y log(a)`.
///
/// Where `b` is zero, `da` is zero whatever `a` is; where `a` is not positive, `db` is zero, as `y`
/// is defined at single exponents only there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pow;

impl Tensor {
    /// Each element raised to the power of `exponent`.
    #[track_caller]
    pub fn pow(&self, exponent: impl Operand) -> Tensor {
        self.binary(Pow, &exponent.tensor(self))
    }
}

impl Operation for Pow {
    const NAME: &'static str = "pow";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        same(inputs)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (a, b, dy) = (rule.x(0), rule.x(1), rule.dy);
        // At b = 0 the plain formula would be zero times infinity where a is zero.
        let lower = b.equal(0.0).select(&b.full_like(1.0), b - 1.0);
        let positive = a.greater(0.0);
        let log = positive.select(a, 1.0).log();
        vec![Some(dy * b * a.pow(&lower)), Some(positive.select(&(dy * rule.y * log), 0.0))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Pow)
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        zip(inputs, libm::pow)
    }

    fn from_attributes(_: &Attributes) -> Result<Pow, String> {
        Ok(Pow)
    }

    fn samples() -> Vec<Sample> {
        let integers = Sample::new("integers", &[&[2, 3], &[3]], (0.0, 4.0), |_, x| x[0].pow(&x[1]));
        vec![
            Sample::new("equal shapes", &[&[2, 3], &[2, 3]], (0.5, 2.0), |_, x| x[0].pow(&x[1])),
            Sample::new("broadcast", &[&[2, 1], &[3]], (0.5, 2.0), |_, x| x[0].pow(&x[1] - 1.5)),
            Sample::new("a cube of both signs", &[&[5]], (-1.0, 2.0), |_, x| x[0].pow(3.0)),
            integers.operand(0, DType::I32, (-3.0, 4.0)).operand(1, DType::I32, (0.0, 4.0)),
        ]
    }
}
