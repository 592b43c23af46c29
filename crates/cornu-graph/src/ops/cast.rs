//! Change of dtype.

use super::*;

/// The same numbers as another dtype, as [`DType::round`] converts them; `dx` is `dy` cast back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cast {
    /// The new dtype.
    pub dtype: DType,
}

impl Tensor {
    /// The same numbers as another dtype.
    #[track_caller]
    pub fn cast(&self, dtype: DType) -> Tensor {
        match self.is_valid() && self.dtype() == dtype {
            true => self.clone(),
            false => self.unary(Cast { dtype }),
        }
    }
}

impl Operation for Cast {
    const NAME: &'static str = "cast";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        Ok(Type::new(&inputs[0].shape, self.dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let from = rule.x(0).dtype();
        vec![(from.is_float() && self.dtype.is_float()).then(|| rule.dy.cast(from))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(self.clone())
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        // Between floats the reference keeps full precision, as all its float work does.
        match output.dtype.is_float() {
            true => inputs[0].elements.clone(),
            false => map(inputs, |x| output.dtype.round(x)),
        }
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().dtype("dtype", self.dtype)
    }

    fn from_attributes(a: &Attributes) -> Result<Cast, String> {
        Ok(Cast { dtype: a.get_dtype("dtype")? })
    }

    fn samples() -> Vec<Sample> {
        let widen = Sample::new("f32 to f64 and back", &[&[2, 3]], (-1.0, 2.0), |_, x| {
            let wide = x[0].cast(DType::F64);
            (&wide * &wide).cast(DType::F32)
        });
        let count = Sample::new("i32 to f32", &[&[5]], (-9.0, 9.0), |_, x| x[0].cast(DType::F32) * 0.5);
        let truncate = Sample::new("f32 to i32", &[&[5]], (-9.0, 9.0), |_, x| x[0].cast(DType::I32))
            .not_differentiable();
        let truth = Sample::new("bool to f32", &[&[5]], (0.0, 2.0), |_, x| x[0].cast(DType::F32));
        vec![
            widen,
            count.operand(0, DType::I32, (-9.0, 9.0)),
            truncate,
            truth.operand(0, DType::Bool, (0.0, 2.0)),
        ]
    }
}
