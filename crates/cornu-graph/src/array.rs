//! Numbers in memory: what goes into a graph and what comes out of it.

use crate::{Buffer, DType, Shape};
use half::{bf16, f16};
use std::fmt;
use std::sync::Arc;

/// Numbers in memory, in row-major order.
///
/// ```
/// use cornu_graph::Array;
/// let x = Array::new([2, 3], vec![1f32, 2., 3., 4., 5., 6.]).unwrap();
/// assert_eq!(x.shape()[1], 3);
/// assert_eq!(x.as_slice::<f32>().unwrap()[4], 5.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    shape: Shape,
    data: Data,
}

/// The elements of an [`Array`], one variant for each [`DType`].
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Data {
    F32(Buffer<f32>),
    F64(Buffer<f64>),
    BF16(Buffer<bf16>),
    F16(Buffer<f16>),
    I64(Buffer<i64>),
    I32(Buffer<i32>),
    U8(Buffer<u8>),
    I8(Buffer<i8>),
    Bool(Buffer<bool>),
}

/// Runs the same expression for the vector inside whichever variant `$data` is.
macro_rules! each {
    ($data:expr, $values:ident => $body:expr) => {
        match $data {
            Data::F32($values) => $body,
            Data::F64($values) => $body,
            Data::BF16($values) => $body,
            Data::F16($values) => $body,
            Data::I64($values) => $body,
            Data::I32($values) => $body,
            Data::U8($values) => $body,
            Data::I8($values) => $body,
            Data::Bool($values) => $body,
        }
    };
}

/// A Rust type that an [`Array`] can hold.
pub trait Element: Copy + Default + PartialEq + Send + Sync + fmt::Debug + 'static {
    /// The dtype of arrays of this type.
    const DTYPE: DType;
    /// The number as a double.
    fn to_f64(self) -> f64;
    /// The nearest number of this type; see [`DType::round`].
    fn from_f64(value: f64) -> Self;
    /// The numbers in `data`, if they are of this type.
    fn slice(data: &Data) -> Option<&[Self]>;
    /// The numbers in `data`, to change, if they are of this type.
    fn slice_mut(data: &mut Data) -> Option<&mut [Self]>;
    /// Wraps a vector.
    fn wrap(values: Vec<Self>) -> Data {
        Self::hold(values.into())
    }
    /// Wraps elements, wherever they lie.
    fn hold(values: Buffer<Self>) -> Data;
    /// The elements in `data`, if they are of this type.
    fn take(data: Data) -> Option<Buffer<Self>>;
}

macro_rules! elements {
    ($($type:ty, $variant:ident, $x:ident => $to:expr, $v:ident => $from:expr;)*) => {$(
        impl Element for $type {
            const DTYPE: DType = DType::$variant;
            fn to_f64(self) -> f64 { let $x = self; $to }
            fn from_f64($v: f64) -> Self { $from }
            fn slice(data: &Data) -> Option<&[Self]> {
                match data { Data::$variant(values) => Some(values), _ => None }
            }
            fn slice_mut(data: &mut Data) -> Option<&mut [Self]> {
                match data { Data::$variant(values) => Some(values), _ => None }
            }
            fn hold(values: Buffer<Self>) -> Data { Data::$variant(values) }
            fn take(data: Data) -> Option<Buffer<Self>> {
                match data { Data::$variant(values) => Some(values), _ => None }
            }
        }
    )*};
}

elements! {
    f32, F32, x => x as f64, v => v as f32;
    f64, F64, x => x, v => v;
    bf16, BF16, x => x.to_f64(), v => bf16::from_f64(v);
    f16, F16, x => x.to_f64(), v => f16::from_f64(v);
    i64, I64, x => x as f64, v => v as i64;
    i32, I32, x => x as f64, v => v as i32;
    u8, U8, x => x as f64, v => v as u8;
    i8, I8, x => x as f64, v => v as i8;
    bool, Bool, x => x as u8 as f64, v => v != 0.0;
}

impl Array {
    /// An array of the given shape; an error if `values` has another number of elements.
    pub fn new<T: Element>(shape: impl Into<Shape>, values: Vec<T>) -> Result<Array, String> {
        let shape = shape.into();
        match shape.checked_size() {
            Some(size) if size == values.len() => Ok(Array { shape, data: T::wrap(values) }),
            _ => Err(format!("{} numbers do not fill an array of shape {shape}", values.len())),
        }
    }

    /// An array whose elements lie where `owner` keeps them, and are copied before they are changed; an error
    /// if their number does not fit the shape.
    ///
    /// ```
    /// # use cornu_graph::Array;
    /// let owner = std::sync::Arc::new(vec![1f32, 2.0, 3.0, 4.0]);
    /// let x = Array::shared([2, 2], owner.clone()).unwrap();
    /// assert_eq!(x.as_slice::<f32>().unwrap().as_ptr(), owner.as_ptr());
    /// ```
    pub fn shared<T: Element>(
        shape: impl Into<Shape>,
        owner: Arc<dyn AsRef<[T]> + Send + Sync>,
    ) -> Result<Array, String> {
        let (shape, values) = (shape.into(), Buffer::shared(owner));
        match shape.checked_size() {
            Some(size) if size == values.len() => Ok(Array { shape, data: T::hold(values) }),
            _ => Err(format!("{} numbers do not fill an array of shape {shape}", values.len())),
        }
    }

    /// The elements as a vector, if they are of type `T`; copied only if they are another's.
    pub fn into_vec<T: Element>(self) -> Option<Vec<T>> {
        T::take(self.data).map(Buffer::into_vec)
    }

    /// A one-dimensional array.
    ///
    /// ```
    /// # use cornu_graph::Array;
    /// assert_eq!(Array::from_vec(vec![1i32, 2]).shape()[0], 2);
    /// ```
    pub fn from_vec<T: Element>(values: Vec<T>) -> Array {
        Array { shape: Shape::from([values.len()]), data: T::wrap(values) }
    }

    /// A single number.
    pub fn scalar<T: Element>(value: T) -> Array {
        Array { shape: Shape::scalar(), data: T::wrap(vec![value]) }
    }

    /// Zeros.
    pub fn zeros(shape: impl Into<Shape>, dtype: DType) -> Array {
        Array::full(shape, dtype, 0.0)
    }

    /// The same number everywhere.
    pub fn full(shape: impl Into<Shape>, dtype: DType, value: f64) -> Array {
        let shape = shape.into();
        let size = shape.size();
        fn fill<T: Element>(size: usize, value: f64) -> Data {
            T::wrap(vec![T::from_f64(value); size])
        }
        let data = match dtype {
            DType::F32 => fill::<f32>(size, value),
            DType::F64 => fill::<f64>(size, value),
            DType::BF16 => fill::<bf16>(size, value),
            DType::F16 => fill::<f16>(size, value),
            DType::I64 => fill::<i64>(size, value),
            DType::I32 => fill::<i32>(size, value),
            DType::U8 => fill::<u8>(size, value),
            DType::I8 => fill::<i8>(size, value),
            DType::Bool => fill::<bool>(size, value),
        };
        Array { shape, data }
    }

    /// An array of `dtype` with these values, rounded as [`DType::round`] does; an error if their
    /// number does not fit the shape.
    pub fn from_f64(shape: impl Into<Shape>, dtype: DType, values: &[f64]) -> Result<Array, String> {
        let shape = shape.into();
        if shape.checked_size() != Some(values.len()) {
            return Err(format!("{} numbers do not fill an array of shape {shape}", values.len()));
        }
        let mut array = Array::zeros(shape, dtype);
        each!(&mut array.data, target => {
            for (t, &v) in target.iter_mut().zip(values) {
                *t = Element::from_f64(v);
            }
        });
        Ok(array)
    }

    /// The extent along each axis.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The kind of number held.
    pub fn dtype(&self) -> DType {
        match &self.data {
            Data::F32(_) => DType::F32,
            Data::F64(_) => DType::F64,
            Data::BF16(_) => DType::BF16,
            Data::F16(_) => DType::F16,
            Data::I64(_) => DType::I64,
            Data::I32(_) => DType::I32,
            Data::U8(_) => DType::U8,
            Data::I8(_) => DType::I8,
            Data::Bool(_) => DType::Bool,
        }
    }

    /// The elements.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The elements, to change.
    pub fn data_mut(&mut self) -> &mut Data {
        &mut self.data
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        each!(&self.data, values => values.len())
    }

    /// Bytes that the elements take.
    pub fn byte_size(&self) -> usize {
        self.size() * self.dtype().size()
    }

    /// Number of rows: the extent of the first axis, 1 for a scalar.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// The elements in row-major order, if they are of type `T`.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        T::slice(&self.data)
    }

    /// The elements to change, if they are of type `T`.
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        T::slice_mut(&mut self.data)
    }

    /// The elements as doubles.
    pub fn to_f64(&self) -> Vec<f64> {
        each!(&self.data, values => values.iter().map(|&v| v.to_f64()).collect())
    }

    /// The elements as `f32`.
    pub fn to_f32(&self) -> Vec<f32> {
        match &self.data {
            Data::F32(values) => values.to_vec(),
            other => each!(other, values => values.iter().map(|&v| v.to_f64() as f32).collect()),
        }
    }

    /// The number that a one-element array holds.
    pub fn item(&self) -> Option<f64> {
        each!(&self.data, values => match values[..] { [v] => Some(v.to_f64()), _ => None })
    }

    /// The same numbers as another dtype; see [`DType::round`].
    pub fn cast(&self, dtype: DType) -> Array {
        if dtype == self.dtype() {
            return self.clone();
        }
        let mut result = Array::zeros(self.shape.clone(), dtype);
        each!(&self.data, source => each!(&mut result.data, target => {
            for (t, &s) in target.iter_mut().zip(source.iter()) {
                *t = Element::from_f64(s.to_f64());
            }
        }));
        result
    }

    /// The same numbers in another shape of the same size.
    pub fn reshape(self, shape: impl Into<Shape>) -> Result<Array, String> {
        let shape = shape.into();
        if shape.checked_size() != Some(self.size()) {
            return Err(format!("{} cannot be reshaped to {shape}", self.shape));
        }
        Ok(Array { shape, data: self.data })
    }

    /// The rows `range` (along the first axis) as an array of their own.
    ///
    /// # Panics
    /// If the range is not within the rows.
    pub fn slice_rows(&self, range: std::ops::Range<usize>) -> Array {
        let width = self.size() / self.rows().max(1);
        let mut extents = self.shape.to_vec();
        if let Some(first) = extents.first_mut() {
            *first = range.len();
        }
        let (from, to) = (range.start * width, range.end * width);
        fn part<T: Element>(values: &[T], from: usize, to: usize) -> Data {
            T::wrap(values[from..to].to_vec())
        }
        Array { shape: extents.into(), data: each!(&self.data, values => part(values, from, to)) }
    }

    /// The rows `indices` (along the first axis), in that order, as an array of their own.
    ///
    /// # Panics
    /// If an index is not a row.
    pub fn take_rows(&self, indices: &[usize]) -> Array {
        let mut extents = self.shape.to_vec();
        if let Some(first) = extents.first_mut() {
            *first = indices.len();
        }
        let mut result = Array::zeros(extents, self.dtype());
        self.copy_rows_to(indices, &mut result);
        result
    }

    /// Copies the rows `indices` over the first rows of `target`, which has the same row shape
    /// and dtype. Allocates nothing.
    ///
    /// # Panics
    /// If an index is not a row, or if `target` has another dtype or is too small.
    pub fn copy_rows_to(&self, indices: &[usize], target: &mut Array) {
        let width = self.size() / self.rows().max(1);
        fn copy<T: Element>(source: &[T], width: usize, indices: &[usize], target: &mut Data) {
            let target = T::slice_mut(target).expect("the target has the source's dtype");
            for (t, &row) in target.chunks_exact_mut(width.max(1)).zip(indices) {
                t.copy_from_slice(&source[row * width..(row + 1) * width]);
            }
        }
        if width > 0 {
            each!(&self.data, values => copy(values, width, indices, &mut target.data));
        }
    }

    /// Puts `rows` over this array's rows from `start` on; both have rows of one shape and dtype.
    ///
    /// # Panics
    /// If they do not, or `rows` are more than there are from there on.
    pub fn put_rows(&mut self, start: usize, rows: &Array) {
        let width = self.size() / self.rows().max(1);
        fn put<T: Element>(target: &mut [T], at: usize, source: &Data) {
            let source = T::slice(source).expect("the rows have the array's dtype");
            target[at..at + source.len()].copy_from_slice(source);
        }
        each!(&mut self.data, values => put(values, start * width, &rows.data));
    }

    /// Whether every element is a finite number.
    pub fn is_finite(&self) -> bool {
        match &self.data {
            Data::F32(values) => values.iter().all(|v| v.is_finite()),
            Data::F64(values) => values.iter().all(|v| v.is_finite()),
            Data::BF16(values) => values.iter().all(|v| v.is_finite()),
            Data::F16(values) => values.iter().all(|v| v.is_finite()),
            _ => true,
        }
    }
}

impl From<f32> for Array {
    fn from(value: f32) -> Array {
        Array::scalar(value)
    }
}

#[cfg(feature = "ndarray")]
mod from_ndarray {
    use super::{Array, Element, Shape};
    use ndarray::{ArrayBase, ArrayD, Data, Dimension};

    impl<T: Element, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Array {
        fn from(array: &ArrayBase<S, D>) -> Array {
            Array { shape: Shape::from(array.shape()), data: T::wrap(array.iter().copied().collect()) }
        }
    }

    impl<T: Element, S: Data<Elem = T>, D: Dimension> From<ArrayBase<S, D>> for Array {
        fn from(array: ArrayBase<S, D>) -> Array {
            Array::from(&array)
        }
    }

    impl Array {
        /// The numbers as an `ndarray` of type `T`, cast where they are of another type.
        pub fn to_ndarray<T: Element>(&self) -> ArrayD<T> {
            let cast = self.cast(T::DTYPE);
            let values = cast.as_slice::<T>().map(<[T]>::to_vec).unwrap_or_default();
            ArrayD::from_shape_vec(self.shape.to_vec(), values).expect("an array fills its shape")
        }
    }
}
