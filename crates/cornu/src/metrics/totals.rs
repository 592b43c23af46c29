//! Running totals, and the mean of samples' values that most metrics are.

use crate::losses::shapes::{divide_no_nan, keras_shape, squeeze_or_expand};
use crate::scope::Scope;
use crate::variables::Role;
use cornu_graph::{DType, Shape, Tensor, Type};

/// Adds `delta` to the total called `name`, which has its shape and dtype.
pub(super) fn add(scope: &mut Scope, name: &str, delta: &Tensor) {
    if delta.is_valid() {
        let total = scope.slot(name, delta.shape(), delta.dtype(), Role::Metric, 0.0);
        let sum = scope.current(&total) + delta;
        scope.update(&total, sum);
    }
}

/// The total called `name`, whose shape the batches have settled.
pub(super) fn total(scope: &mut Scope, name: &str) -> Tensor {
    let path = match scope.path() {
        path if path.is_empty() => name.to_string(),
        path => format!("{path}/{name}"),
    };
    match scope.variables().index(&path) {
        Some(index) => {
            let Type { shape, dtype } = scope.variables().list()[index].ty.clone();
            scope.slot(name, shape, dtype, Role::Metric, 0.0)
        }
        None => {
            scope.fail(format!("{path} has no total yet: a metric is updated before its result is asked for"))
        }
    }
}

/// The samples' values, weighted, and their weights: what is left after all axes but the first are
/// averaged (`mean`) or summed.
fn samplewise(values: &Tensor, sample_weight: Option<&Tensor>, mean: bool) -> (Tensor, Option<Tensor>) {
    let reduce = |x: &Tensor, from: usize| {
        let axes: Vec<isize> = (from as isize..x.rank() as isize).collect();
        match (axes.is_empty(), mean) {
            (true, _) => x.clone(),
            (_, true) => x.mean(&axes),
            (_, false) => x.sum(&axes),
        }
    };
    let values = values.cast(DType::F32);
    let Some(weight) = sample_weight else { return (reduce(&values, 1), None) };
    let (values, weight) = squeeze_or_expand(&values, &weight.cast(DType::F32));
    if !values.is_valid() || !weight.is_valid() {
        return (values, Some(weight));
    }
    let values = reduce(&values, weight.rank());
    let shape = values.shape();
    if weight.shape().broadcast(&shape).as_ref() != Some(&shape) {
        let (weight, shape) = (keras_shape(&weight.shape()), keras_shape(&shape));
        let failed = values
            .builder()
            .fail(format!("sample_weight of shape {weight} does not fit values of shape {shape}"));
        return (failed.clone(), Some(failed));
    }
    let spread = weight.broadcast_to(&shape);
    (reduce(&(values * &spread), 1), Some(reduce(&spread, 1)))
}

/// Adds a batch of values to the totals of a mean: `total` and `count`.
pub(super) fn add_mean(scope: &mut Scope, values: &Tensor, sample_weight: Option<&Tensor>) {
    let (values, weight) = samplewise(values, sample_weight, true);
    let count = match &weight {
        Some(weight) => weight.sum_all(),
        None => values.number(if values.rank() == 0 { 1.0 } else { values.extent(0) as f64 }),
    };
    add(scope, "total", &values.sum_all());
    add(scope, "count", &count);
}

/// The mean of all values added so far; zero if there are none.
pub(super) fn mean(scope: &mut Scope) -> Tensor {
    let total = scope.total("total", Shape::scalar());
    let count = scope.total("count", Shape::scalar());
    divide_no_nan(&total, &count)
}

/// Adds a batch of values to a sum.
pub(super) fn add_sum(scope: &mut Scope, values: &Tensor, sample_weight: Option<&Tensor>) {
    let (values, _) = samplewise(values, sample_weight, false);
    add(scope, "total", &values.sum_all());
}
