//! A tensor with a part replaced whose place is computed.

use super::dynamic_slice::{batched_places, check_part, part_places, with_first};
use super::*;

/// `x` with the second operand, an update of as many axes, in place of the part that begins where
/// the third operand says, an index for each axis as `i32` or `i64`. Starts are clamped so that the
/// part lies within `x`.
///
/// `dx` is `dy` with zeros in that part, the update's gradient is that part of `dy`
/// ([`DynamicSlice`]); starts have no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicUpdateSlice;

impl Tensor {
    /// This tensor with `update` in place of the part that begins at `starts`, a vector of `i32` or
    /// `i64` with an index for each axis; starts are clamped so that the part lies within.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, DType, Type, evaluate};
    /// let b = Builder::new();
    /// let (x, update) = (b.input("x", [4]), b.input("update", [2]));
    /// let start = b.input_of("start", Type::new([1], DType::I32));
    /// let graph = b.build(&[("y", &x.dynamic_update_slice(&update, &start))], &[]).unwrap();
    /// let (x, update) = (Array::from_vec(vec![1f32, 2., 3., 4.]), Array::from_vec(vec![8f32, 9.]));
    /// let y = evaluate(&graph, &[x, update, Array::from_vec(vec![1])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [1., 8., 9., 4.]);
    /// ```
    #[track_caller]
    pub fn dynamic_update_slice(&self, update: &Tensor, starts: &Tensor) -> Tensor {
        self.builder().push(DynamicUpdateSlice, &[self, update, starts])
    }
}

impl Operation for DynamicUpdateSlice {
    const NAME: &'static str = "dynamic_update_slice";
    const OPERANDS: RangeInclusive<usize> = 3..=3;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (x, update) = (inputs[0], inputs[1]);
        if x.dtype != update.dtype {
            return Err(format!("operands are {} and {}; cast one of them", x.dtype, update.dtype));
        }
        check_part(x, &update.shape, inputs[2])?;
        Ok(x.clone())
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (update, starts) = (rule.x(1), rule.x(2));
        let dx = rule.dy.dynamic_update_slice(&update.full_like(0.0), starts);
        vec![Some(dx), Some(rule.dy.dynamic_slice(starts, &update.shape())), None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let (x, update, starts) = (rule.with_axis(0), rule.with_axis(1), &rule.inputs[2]);
        if !rule.batched[2] {
            return x.dynamic_update_slice(&update, &with_first(starts));
        }
        // No place is named twice: each update is added to zero, and taken where one was added.
        let size = x.shape().size();
        let places = batched_places(&x.shape(), &update.shape()[1..], starts);
        let (n, zeros) = (update.shape().size(), x.builder().zeros([size], x.dtype()));
        let places = places.reshape([n]);
        let added = zeros.scatter_add(&places, &update.reshape([n]), 0);
        let marked = x.builder().zeros([size], DType::F32);
        let marked = marked.scatter_add(&places, &x.builder().full([n], 1.0, DType::F32), 0);
        marked.greater(0.5).select(&added, x.reshape([size])).reshape(x.shape())
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let mut y = inputs[0].elements.clone();
        let places = part_places(&output.shape, &inputs[1].ty.shape, inputs[2]);
        for (place, update) in places.into_iter().zip(&inputs[1].elements) {
            y[place] = *update;
        }
        y
    }

    fn from_attributes(_: &Attributes) -> Result<DynamicUpdateSlice, String> {
        Ok(DynamicUpdateSlice)
    }

    fn samples() -> Vec<Sample> {
        let matrix = Sample::new("of a matrix", &[&[4, 5], &[2, 3], &[2]], (-1.0, 2.0), |_, x| {
            x[0].dynamic_update_slice(&x[1], &x[2])
        });
        let beyond = Sample::new("out of range", &[&[3, 4, 3], &[1, 2, 3], &[3]], (-1.0, 2.0), |_, x| {
            x[0].dynamic_update_slice(&x[1], &x[2])
        });
        vec![matrix.operand(2, DType::I32, (0.0, 3.0)), beyond.operand(2, DType::I64, (-3.0, 6.0))]
    }
}
