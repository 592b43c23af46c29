//! Random numbers, a function of (seed, stream, step).

use super::*;
use crate::{Shape, philox};

/// Uniform random numbers in `[0, 1)` as `f32` with 24 random bits.
///
/// Operands: seed and step, both `i64` scalars. Element `4 i + j` is word `j` of block `i` of
/// Philox 4x32-10 (see [`philox::block`]): no state, so the same operands give the same numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uniform {
    /// Shape of the result.
    pub shape: Shape,
    /// Which use of randomness this is.
    pub stream: u64,
}

impl Operation for Uniform {
    const NAME: &'static str = "uniform";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        match inputs {
            [seed, step] if [seed, step].iter().all(|ty| ty.dtype == DType::I64 && ty.shape.is_empty()) => {
                Ok(Type::new(&self.shape, DType::F32))
            }
            _ => Err("seed and step are i64 scalars".into()),
        }
    }

    fn grad(&self, _: &Grad) -> Vec<Option<Tensor>> {
        vec![None, None]
    }

    /// Draws independent numbers for each example, for the first example's seed and step.
    fn batch(&self, rule: &Batch) -> Tensor {
        let first = |i: usize| match rule.batched[i] {
            true => rule.inputs[i].slice_axis(0, 0, 1).reshape(Shape::scalar()),
            false => rule.inputs[i].clone(),
        };
        let builder = rule.inputs[0].builder();
        builder.uniform(self.shape.with_leading(rule.size), self.stream, &first(0), &first(1))
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let (seed, step) = (inputs[0].elements[0] as i64, inputs[1].elements[0] as i64);
        (0..output.shape.size())
            .map(|i| philox::unit(philox::block(seed, self.stream, step, (i / 4) as u32)[i % 4]) as f64)
            .collect()
    }

    fn attributes(&self) -> Attributes {
        // The 64 bits of the stream as those of a signed number, so that all are printed.
        Attributes::default().ints("shape", &self.shape).int("stream", self.stream as i64)
    }

    fn from_attributes(a: &Attributes) -> Result<Uniform, String> {
        Ok(Uniform { shape: Shape::from(a.get_ints("shape")?), stream: a.get_signed("stream")? as u64 })
    }

    fn samples() -> Vec<Sample> {
        let draw = Sample::new("13 numbers", &[&[], &[], &[13]], (-1.0, 2.0), |b, x| {
            b.uniform([13], 3, &x[0], &x[1]).cast(x[2].dtype()) * &x[2]
        });
        vec![draw.operand(0, DType::I64, (0.0, 9.0)).operand(1, DType::I64, (0.0, 9.0)).not_batchable()]
    }
}
