//! Functions that put elements in order or pick them one by one, composed of operations.

use crate::ops::Sample;
use crate::{DType, Tensor};

impl Tensor {
    /// The elements along `axis` (-1 is the last) in ascending order, NaN last; gradients go back to
    /// where the elements came from.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, evaluate};
    /// let b = Builder::new();
    /// let graph = b.build(&[("y", &b.input("x", [3]).sort(0))], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::from_vec(vec![3f32, 1., 2.])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [1., 2., 3.]);
    /// ```
    #[track_caller]
    pub fn sort(&self, axis: isize) -> Tensor {
        self.take_along_axis(&self.argsort(axis), axis)
    }

    /// The `k` largest elements along the last axis in descending order, and their indices as `i64`;
    /// of equal ones the first comes first, NaN last.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, evaluate};
    /// let b = Builder::new();
    /// let x = b.input("x", [4]);
    /// let graph = b.build(&[("y", &x.top_k(2).0)], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::from_vec(vec![1f32, 5.0, 2.0, 4.0])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [5.0, 4.0]);
    /// ```
    #[track_caller]
    pub fn top_k(&self, k: usize) -> (Tensor, Tensor) {
        if !self.is_valid() {
            return (self.clone(), self.clone());
        }
        if self.rank() == 0 || k > self.extent(-1) || self.dtype() == DType::Bool {
            let failed = self.builder().fail(format!("top_k: {} has no {k} largest elements", self.ty()));
            return (failed.clone(), failed);
        }
        // What is stored without a sign is given one first.
        let signed = if self.dtype() == DType::U8 { self.cast(DType::I32) } else { self.clone() };
        let places = (-signed).argsort(-1).slice_axis(-1, 0, k);
        (self.take_along_axis(&places, -1), places)
    }

    /// `y[p, i, q] = x[p, indices[p, i, q], q]` along `axis` (-1 is the last); all other axes of the
    /// indices (of `i32` or `i64`) are those of the tensor. Indices out of range are clamped to it.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, evaluate};
    /// let b = Builder::new();
    /// let x = b.input("x", [3]);
    /// let graph = b.build(&[("y", &x.take_along_axis(&x.argsort(0), 0))], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::from_vec(vec![3f32, 1.0, 2.0])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [1.0, 2.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn take_along_axis(&self, indices: &Tensor, axis: isize) -> Tensor {
        if let Some(invalid) = [self, indices].into_iter().find(|tensor| !tensor.is_valid()) {
            return invalid.clone();
        }
        let (shape, wanted) = (self.shape(), indices.shape());
        let fail = |message: String| self.builder().fail(format!("take_along_axis: {message}"));
        let Some(axis) = shape.axis(axis) else { return fail(format!("shape {shape} has no axis {axis}")) };
        if !matches!(indices.dtype(), DType::I32 | DType::I64) {
            return fail(format!("indices are {}, not i32 or i64", indices.dtype()));
        }
        let fits = wanted.rank() == shape.rank()
            && (0..shape.rank()).all(|other| other == axis || shape[other] == wanted[other]);
        if !fits || (shape[axis] == 0 && wanted.size() > 0) {
            return fail(format!(
                "indices of shape {wanted} pick nothing along axis {axis} of shape {shape}"
            ));
        }
        let strides = shape.strides();
        let last = shape[axis].saturating_sub(1) as f64;
        let mut places = indices.cast(DType::I64).maximum(0.0).minimum(last) * strides[axis] as f64;
        for other in (0..shape.rank()).filter(|other| *other != axis) {
            let along = indices.builder().iota(&wanted, other, DType::I64);
            places = places + along * strides[other] as f64;
        }
        self.reshape([shape.size()]).gather(&places, 0)
    }

    /// The nearest whole number, of two as near the even one; its gradient is zero.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, evaluate};
    /// let b = Builder::new();
    /// let x = b.input("x", [4]);
    /// let graph = b.build(&[("y", &x.round())], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::from_vec(vec![1f32, 0.5, 1.5, -2.7])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [1.0, 0.0, 2.0, -3.0]);
    /// ```
    #[track_caller]
    pub fn round(&self) -> Tensor {
        // What is above the floor is exact, so that no half is made or lost.
        let below = self.floor();
        let above = (self - &below).stop_gradient();
        let odd = (&below - (&below * 0.5).floor() * 2.0).equal(1.0);
        let half_to_even = above.equal(0.5).select(&odd.cast(self.dtype()), 0.0);
        below + above.greater(0.5).select(&self.full_like(1.0), half_to_even)
    }

    /// The remainder of the division by `divisor` that has the divisor's sign: `x - y floor(x / y)`.
    ///
    /// ```
    /// # use cornu_graph::{Array, Builder, evaluate};
    /// let b = Builder::new();
    /// let x = b.input("x", [3]);
    /// let graph = b.build(&[("y", &x.remainder(&x.full_like(3.0)))], &[]).unwrap();
    /// let y = evaluate(&graph, &[Array::from_vec(vec![4f32, -4.0, 3.0])], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [1.0, 2.0, 0.0]);
    /// ```
    #[track_caller]
    pub fn remainder(&self, divisor: &Tensor) -> Tensor {
        self - (self / divisor).floor() * divisor
    }
}

/// Calls that these functions are tested with, each with its function's name.
pub(crate) fn samples() -> Vec<(&'static str, Sample)> {
    let picked =
        Sample::new("any", &[&[2, 4, 3], &[2, 2, 3]], (-1.0, 2.0), |_, x| x[0].take_along_axis(&x[1], 1));
    let wide = (-3.0, 4.0);
    vec![
        ("sort", Sample::new("rows", &[&[3, 5]], wide, |_, x| x[0].sort(-1))),
        ("sort", Sample::new("columns", &[&[4, 3]], wide, |_, x| x[0].sort(0))),
        ("top_k", Sample::new("values", &[&[3, 5]], wide, |_, x| x[0].top_k(2).0)),
        ("top_k", Sample::new("places", &[&[3, 5]], wide, |_, x| x[0].top_k(3).1)),
        ("take_along_axis", picked.operand(1, DType::I32, (-1.0, 5.0))),
        ("round", Sample::new("any", &[&[3, 4]], wide, |_, x| &x[0] + x[0].round())),
        ("remainder", Sample::new("any", &[&[3, 4], &[3, 4]], (0.3, 5.0), |_, x| x[0].remainder(&x[1]))),
    ]
}
