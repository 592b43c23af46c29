//! The matrix of labelled against predicted classes, and the intersection over union that follows from it.

use super::{Number, confusion, totals};
use crate::losses::{EPSILON, shapes::keras_shape};
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};

/// What the total is called.
const TOTAL: &str = "total_confusion_matrix";

/// A metric's classes.
pub(super) struct Classes<'a> {
    pub(super) name: &'a str,
    pub(super) n: usize,
    pub(super) targets: &'a [usize],
    pub(super) ignored: Option<i64>,
    pub(super) dtype: Number,
}

impl Classes<'_> {
    /// What is wrong with them, if anything is.
    fn mistake(&self) -> Option<String> {
        let Classes { name, n, targets, .. } = self;
        if *n == 0 || targets.is_empty() {
            return Some(format!("{name} expects num_classes and target_class_ids of at least one class"));
        }
        let beyond = targets.iter().find(|target| *target >= n)?;
        Some(format!("{name} has {n} classes, and among target_class_ids {beyond}"))
    }
}

/// Adds a batch, labels and predictions that are the numbers of classes, to the matrix.
pub(super) fn update(
    scope: &mut Scope,
    classes: &Classes,
    y_true: &Tensor,
    y_pred: &Tensor,
    sample_weight: Option<&Tensor>,
) {
    let failed = classes.mistake().or_else(|| {
        let (labels, predictions) = (y_true.shape(), y_pred.shape());
        let fit = !y_true.is_valid() || !y_pred.is_valid() || labels.size() == predictions.size();
        (!fit).then(|| {
            let (got, wanted) = (keras_shape(&labels), keras_shape(&predictions));
            format!("{} expects labels of the predictions' shape {wanted}, got {got}", classes.name)
        })
    });
    if let Some(mistake) = failed {
        scope.fail(mistake);
        return;
    }
    let (n, size) = (classes.n, y_true.shape().size());
    let flat = |x: &Tensor| x.cast(DType::I32).reshape([size]);
    let (labels, predictions) = (flat(y_true), flat(y_pred));
    let weight = match sample_weight {
        None => labels.full_like(1.0).cast(classes.dtype.dtype()),
        Some(weight) => {
            let weight = weight.cast(classes.dtype.dtype());
            let behind = y_true.rank().saturating_sub(weight.rank());
            let aligned = (0..behind).fold(weight.clone(), |weight, _| weight.expand_dims(-1));
            match aligned.shape().broadcast(&y_true.shape()) {
                _ if weight.shape().size() == size => weight.reshape([size]),
                Some(shape) if shape == y_true.shape() => aligned.broadcast_to(shape).reshape([size]),
                _ => {
                    let (weight, labels) = (keras_shape(&weight.shape()), keras_shape(&y_true.shape()));
                    scope.fail(format!(
                        "sample_weight of shape {weight} does not fit labels of shape {labels}"
                    ));
                    return;
                }
            }
        }
    };
    let within = |x: &Tensor| x.greater_equal(0.0).and(&x.less(n as f64));
    let mut counts = within(&labels).and(&within(&predictions));
    if let Some(ignored) = classes.ignored {
        counts = counts.and(&labels.not_equal(ignored as f64));
    }
    let place = counts.select(&(labels * n as f64 + predictions), 0.0);
    let weight = counts.select(&weight, 0.0);
    let cells = weight.builder().zeros([n * n], weight.dtype());
    totals::add(scope, TOTAL, &cells.scatter_add(&place, &weight, 0).reshape([n, n]));
}

/// The mean of the target classes' intersection over union.
pub(super) fn result(scope: &mut Scope, targets: &[usize]) -> Tensor {
    let matrix = totals::total(scope, TOTAL);
    if !matrix.is_valid() {
        return matrix;
    }
    let n = matrix.extent(0);
    let matrix = matrix.cast(DType::F32);
    let class = |axis: usize| matrix.builder().iota([n, n], axis, DType::I32);
    let right = class(0).equal(class(1)).select(&matrix, 0.0).sum(&[1]);
    let union = matrix.sum(&[0]) + matrix.sum(&[1]) - &right;
    // A class that is named twice counts twice.
    let times: Vec<f64> =
        (0..n).map(|class| targets.iter().filter(|target| **target == class).count() as f64).collect();
    let times = confusion::list(&right, &times);
    let present = union.greater(1e-9);
    let parts = present.select(&(right / (&union + EPSILON)), 0.0);
    let number = (present.cast(DType::F32) * &times).sum_all();
    (parts * times).sum_all() / (number + EPSILON)
}
