//! Part of a tensor whose place is computed.

use super::*;
use crate::Shape;

/// `y[i] = x[starts + i]`: a part of extents `sizes` that begins where the second operand says, an
/// index for each axis as `i32` or `i64`. Starts are clamped so that the part lies within `x`.
///
/// `dx` is `dy` in its place among zeros, [`DynamicUpdateSlice`]; starts have no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicSlice {
    /// The extent of the part along each axis.
    pub sizes: Vec<usize>,
}

impl Tensor {
    /// The part of extents `sizes` that begins at `starts`, a vector of `i32` or `i64` with an index
    /// for each axis; starts are clamped so that the part lies within.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, DType, Type, evaluate};
    /// let b = Builder::new();
    /// let x = b.input("x", [5]);
    /// let start = b.input_of("start", Type::new([1], DType::I32));
    /// let graph = b.build(&[("y", &x.dynamic_slice(&start, &[2]))], &[]).unwrap();
    /// let x = Array::from_vec(vec![1f32, 2., 3., 4., 5.]);
    /// let y = evaluate(&graph, &[x, Array::from_vec(vec![2])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [3., 4.]);
    /// ```
    #[track_caller]
    pub fn dynamic_slice(&self, starts: &Tensor, sizes: &[usize]) -> Tensor {
        self.builder().push(DynamicSlice { sizes: sizes.to_vec() }, &[self, starts])
    }
}

/// Whether a part of extents `sizes` fits into `x` and `starts` can say where.
pub(super) fn check_part(x: &Type, sizes: &[usize], starts: &Type) -> Result<(), String> {
    if !matches!(starts.dtype, DType::I32 | DType::I64) {
        return Err(format!("starts are {}, not i32 or i64", starts.dtype));
    }
    if starts.shape[..] != [x.shape.rank()] {
        return Err(format!(
            "shape {} needs starts of shape [{}], got {}",
            x.shape,
            x.shape.rank(),
            starts.shape
        ));
    }
    let fits = sizes.len() == x.shape.rank() && sizes.iter().zip(x.shape.iter()).all(|(size, n)| size <= n);
    match fits {
        true => Ok(()),
        false => Err(format!("a part of shape {} does not fit into shape {}", Shape::from(sizes), x.shape)),
    }
}

/// For each element of a part, in order, where it is among those of the whole.
pub(super) fn part_places(whole: &Shape, sizes: &Shape, starts: &Value) -> Vec<usize> {
    let strides = whole.strides();
    let start = |axis: usize| starts.elements[axis].clamp(0.0, (whole[axis] - sizes[axis]) as f64) as usize;
    let first: usize = (0..whole.rank()).map(|axis| start(axis) * strides[axis]).sum();
    let place = |flat| sizes.unravel(flat).iter().zip(&strides).map(|(i, stride)| i * stride).sum::<usize>();
    (0..sizes.size()).map(|flat| first + place(flat)).collect()
}

/// Starts for parts of all examples at once, which begin with the first example.
#[track_caller]
pub(super) fn with_first(starts: &Tensor) -> Tensor {
    starts.pad(&[(1, 0, 0)], 0.0)
}

/// Where the elements of each example's part are among those of all: `[size, sizes...]`, from
/// starts of shape `[size, rank]` and an operand of shape `[size, ...]`.
#[track_caller]
pub(super) fn batched_places(whole: &Shape, sizes: &[usize], starts: &Tensor) -> Tensor {
    let (builder, size) = (starts.builder(), whole[0]);
    let shape = Shape::from(sizes).with_leading(size);
    let strides = whole.strides();
    let mut places = builder.iota(&shape, 0, DType::I64) * strides[0] as f64;
    let starts = starts.cast(DType::I64);
    for (axis, &extent) in sizes.iter().enumerate() {
        let start =
            starts.slice_axis(1, axis, axis + 1).maximum(0.0).minimum((whole[axis + 1] - extent) as f64);
        let start = start.reshape(std::iter::once(size).chain(sizes.iter().map(|_| 1)).collect::<Shape>());
        let along = builder.iota(&shape, axis + 1, DType::I64) + start;
        places = places + along * strides[axis + 1] as f64;
    }
    places
}

impl Operation for DynamicSlice {
    const NAME: &'static str = "dynamic_slice";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        check_part(inputs[0], &self.sizes, inputs[1])?;
        Ok(Type::new(&self.sizes[..], inputs[0].dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.x(0).full_like(0.0).dynamic_update_slice(rule.dy, rule.x(1))), None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let x = rule.with_axis(0);
        if rule.batched[1] {
            let places = batched_places(&x.shape(), &self.sizes, &rule.inputs[1]);
            return x.reshape([x.shape().size()]).gather(&places, 0);
        }
        let sizes: Vec<usize> = std::iter::once(rule.size).chain(self.sizes.iter().copied()).collect();
        x.dynamic_slice(&with_first(&rule.inputs[1]), &sizes)
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let places = part_places(&inputs[0].ty.shape, &output.shape, inputs[1]);
        places.into_iter().map(|place| inputs[0].elements[place]).collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("sizes", &self.sizes)
    }

    fn from_attributes(a: &Attributes) -> Result<DynamicSlice, String> {
        Ok(DynamicSlice { sizes: a.get_ints("sizes")? })
    }

    fn samples() -> Vec<Sample> {
        let matrix = Sample::new("of a matrix", &[&[4, 5], &[2]], (-1.0, 2.0), |_, x| {
            x[0].dynamic_slice(&x[1], &[2, 3])
        });
        let beyond = Sample::new("out of range", &[&[3, 4, 3], &[3]], (-1.0, 2.0), |_, x| {
            x[0].dynamic_slice(&x[1], &[1, 2, 3])
        });
        vec![matrix.operand(1, DType::I32, (0.0, 3.0)), beyond.operand(1, DType::I64, (-3.0, 6.0))]
    }
}
