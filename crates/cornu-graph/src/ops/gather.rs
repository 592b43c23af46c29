//! Elements at given indices along an axis.

use super::*;
use crate::Shape;

/// `y[p, i, q] = x[p, indices[i], q]`, where `i` runs over the whole shape of the indices and takes
/// the place of `axis`; indices out of range are clamped to it.
///
/// Operands: `x`, and indices that are `i32` or `i64`, of any shape. `dx` is `dy` added at the
/// indices, [`ScatterAdd`]; indices have no gradient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gather {
    /// The axis of `x` that is indexed.
    pub axis: usize,
}

impl Tensor {
    /// The elements at `indices` (of `i32` or `i64`) along `axis` (-1 is the last), whose place the
    /// indices' axes take. Indices out of range are clamped to it.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, DType, Type, evaluate};
    /// let b = Builder::new();
    /// let table = b.input("table", [3, 2]);
    /// let rows = b.input_of("rows", Type::new([2], DType::I32));
    /// let graph = b.build(&[("y", &table.gather(&rows, 0))], &[]).unwrap();
    /// let table = Array::new([3, 2], vec![1f32, 2., 3., 4., 5., 6.]).unwrap();
    /// let y = evaluate(&graph, &[table, Array::from_vec(vec![2, 0])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [5., 6., 1., 2.]);
    /// ```
    #[track_caller]
    pub fn gather(&self, indices: &Tensor, axis: isize) -> Tensor {
        match self.shape().axis(axis) {
            _ if !self.is_valid() => self.clone(),
            Some(axis) => self.builder().push(Gather { axis }, &[self, indices]),
            None => self.builder().fail(format!("gather: shape {} has no axis {axis}", self.shape())),
        }
    }
}

/// The type of what is gathered from `x` along `axis`.
pub(super) fn infer_gathered(axis: usize, x: &Type, indices: &Type) -> Result<Type, String> {
    if !matches!(indices.dtype, DType::I32 | DType::I64) {
        return Err(format!("indices are {}, not i32 or i64", indices.dtype));
    }
    match x.shape.get(axis) {
        None => Err(format!("shape {} has no axis {axis}", x.shape)),
        Some(0) if indices.shape.size() > 0 => {
            Err(format!("shape {} has no elements along axis {axis}", x.shape))
        }
        Some(_) => {
            let extents = x.shape[..axis].iter().chain(indices.shape.iter()).chain(&x.shape[axis + 1..]);
            Ok(Type::new(extents.copied().collect::<Shape>(), x.dtype))
        }
    }
}

/// For each element gathered along `axis`, in order, where it is among those of `x`.
pub(super) fn places(axis: usize, x: &Shape, indices: &Value) -> Vec<usize> {
    let outer: usize = x[..axis].iter().product();
    let inner: usize = x[axis + 1..].iter().product();
    let n = x[axis];
    let mut places = Vec::with_capacity(outer * indices.elements.len() * inner);
    for p in 0..outer {
        for &i in &indices.elements {
            let i = i.clamp(0.0, n.saturating_sub(1) as f64) as usize;
            places.extend((0..inner).map(|q| (p * n + i) * inner + q));
        }
    }
    places
}

/// What the indices of several examples, `[size, ...]`, become where the axis indexed holds the
/// examples' own axes of extent `n`, one after the other.
#[track_caller]
pub(super) fn joined(indices: &Tensor, n: usize) -> Tensor {
    let wide = indices.cast(DType::I64).maximum(0.0).minimum(n.saturating_sub(1) as f64);
    let example = indices.builder().iota(wide.shape(), 0, DType::I64);
    wide + example * n as f64
}

/// The order of axes in which axis `from` of `rank` has moved to `to`, the others keeping theirs.
pub(super) fn moved(rank: usize, from: std::ops::Range<usize>, to: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rank).filter(|axis| !from.contains(axis)).collect();
    for (i, axis) in from.enumerate() {
        order.insert(to + i, axis);
    }
    order
}

impl Operation for Gather {
    const NAME: &'static str = "gather";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_gathered(self.axis, inputs[0], inputs[1])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let zero = rule.x(0).full_like(0.0);
        vec![Some(zero.scatter_add(rule.x(1), rule.dy, self.axis as isize)), None]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let (x, indices) = (&rule.inputs[0], &rule.inputs[1]);
        let axis = self.axis as isize;
        match rule.batched {
            [true, false] => x.gather(indices, axis + 1),
            [false, _] => {
                // [p, size, i, q]: the examples' axis goes to the front.
                let y = x.gather(indices, axis);
                y.transpose(&moved(y.rank(), self.axis..self.axis + 1, 0))
            }
            _ => {
                // [size, p, n, q] to [size n, p, q], of which each example takes its own.
                let front = x.transpose(&moved(x.rank(), self.axis + 1..self.axis + 2, 1));
                let extents = front.shape();
                let n = extents[1];
                let rows: Shape =
                    std::iter::once(rule.size * n).chain(extents[2..].iter().copied()).collect();
                let y = front.reshape(rows).gather(&joined(indices, n), 0);
                // [size, i, p, q] to [size, p, i, q].
                y.transpose(&moved(y.rank(), 1..indices.rank(), self.axis + 1))
            }
        }
    }

    fn eval(&self, inputs: &[&Value], _: &Type) -> Vec<f64> {
        let places = places(self.axis, &inputs[0].ty.shape, inputs[1]);
        places.into_iter().map(|place| inputs[0].elements[place]).collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().int("axis", self.axis)
    }

    fn from_attributes(a: &Attributes) -> Result<Gather, String> {
        Ok(Gather { axis: a.get_int("axis")? })
    }

    fn samples() -> Vec<Sample> {
        let rows = Sample::new("rows", &[&[5, 3], &[7]], (-1.0, 2.0), |_, x| x[0].gather(&x[1], 0));
        let columns = Sample::new("columns", &[&[2, 4], &[3]], (-1.0, 2.0), |_, x| x[0].gather(&x[1], -1));
        let middle = Sample::new("the middle, by a matrix", &[&[2, 5, 3], &[2, 4]], (-1.0, 2.0), |_, x| {
            x[0].gather(&x[1], 1)
        });
        let one = Sample::new("by a scalar", &[&[2, 5, 3], &[]], (-1.0, 2.0), |_, x| x[0].gather(&x[1], 1));
        let beyond = Sample::new("out of range", &[&[4], &[9]], (-1.0, 2.0), |_, x| x[0].gather(&x[1], 0));
        vec![
            rows.operand(1, DType::I32, (0.0, 5.0)),
            columns.operand(1, DType::I64, (0.0, 4.0)),
            middle.operand(1, DType::I32, (0.0, 5.0)),
            one.operand(1, DType::I32, (0.0, 5.0)),
            beyond.operand(1, DType::I32, (-3.0, 7.0)),
        ]
    }
}
