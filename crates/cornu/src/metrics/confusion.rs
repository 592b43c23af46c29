//! Counts of right and wrong answers at thresholds: what precision, recall and AUC are made of.

use super::totals;
use crate::losses::{
    EPSILON,
    shapes::{keras_shape, squeeze, squeeze_or_expand},
};
use crate::scope::Scope;
use cornu_graph::{Array, DType, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Thresholds above which a probability counts as a yes, as a config gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Thresholds {
    /// One, and one figure.
    One(f64),
    /// Several, and a figure for each.
    Many(Vec<f64>),
}

impl Thresholds {
    /// The thresholds as a list.
    pub fn list(&self) -> Vec<f64> {
        match self {
            Thresholds::One(threshold) => vec![*threshold],
            Thresholds::Many(thresholds) => thresholds.clone(),
        }
    }
}

impl From<f64> for Thresholds {
    fn from(threshold: f64) -> Thresholds {
        Thresholds::One(threshold)
    }
}

impl<const N: usize> From<[f64; N]> for Thresholds {
    fn from(thresholds: [f64; N]) -> Thresholds {
        Thresholds::Many(thresholds.into())
    }
}

/// How answers are counted.
pub(super) struct Counting<'a> {
    pub(super) thresholds: &'a [f64],
    /// Only the `k` greatest probabilities of a sample can count as a yes.
    pub(super) top_k: Option<usize>,
    /// Only this class counts.
    pub(super) class_id: Option<usize>,
    /// Each label is counted on its own.
    pub(super) multi_label: bool,
    /// How much each label counts.
    pub(super) label_weights: Option<&'a [f64]>,
}

impl Counting<'_> {
    /// Thresholds alone.
    pub(super) fn at(thresholds: &[f64]) -> Counting<'_> {
        Counting { thresholds, top_k: None, class_id: None, multi_label: false, label_weights: None }
    }
}

/// A batch's counts: `[n_thresholds]`, or `[n_thresholds, n_labels]` where labels are counted on
/// their own.
pub(super) struct Counts {
    pub(super) true_positives: Tensor,
    pub(super) false_positives: Tensor,
    pub(super) true_negatives: Tensor,
    pub(super) false_negatives: Tensor,
}

/// Greater than no probability: what `top_k` puts in the place of those that cannot count.
pub(super) const NEVER: f64 = -1e10;

/// Counts a batch's answers.
pub(super) fn count(
    name: &str,
    counting: &Counting,
    y_true: &Tensor,
    y_pred: &Tensor,
    sample_weight: Option<&Tensor>,
) -> Counts {
    let builder = y_pred.builder().clone();
    let fail = |message: String| {
        let failed = builder.fail(message);
        Counts {
            true_positives: failed.clone(),
            false_positives: failed.clone(),
            true_negatives: failed.clone(),
            false_negatives: failed,
        }
    };
    let (mut predictions, mut labels) = squeeze_or_expand(&y_pred.cast(DType::F32), &y_true.cast(DType::F32));
    if predictions.is_valid() && labels.is_valid() && predictions.shape() != labels.shape() {
        let (wanted, got) = (keras_shape(&y_pred.shape()), keras_shape(&y_true.shape()));
        return fail(format!("{name} expects labels of the predictions' shape {wanted}, got {got}"));
    }
    let weight = sample_weight.map(|weight| fit_weight(weight, &labels));
    if let Some(k) = counting.top_k {
        predictions = only_top(&predictions, k);
    }
    if let Some(class) = counting.class_id {
        let n = predictions.extent(-1);
        if predictions.rank() < 2 || class >= n {
            return fail(format!(
                "{name} has class_id {class}, and predictions of shape {}",
                keras_shape(&y_pred.shape())
            ));
        }
        predictions = predictions.slice_axis(-1, class, class + 1);
        labels = labels.slice_axis(-1, class, class + 1);
    }
    let shape = predictions.shape();
    let mut weights = match weight {
        Some(weight) if weight.shape().broadcast(&shape).as_ref() == Some(&shape) => {
            weight.broadcast_to(&shape)
        }
        Some(weight) if weight.is_valid() => {
            let (weight, shape) = (keras_shape(&weight.shape()), keras_shape(&shape));
            return fail(format!(
                "sample_weight of shape {weight} does not fit predictions of shape {shape}"
            ));
        }
        Some(weight) => weight,
        None => predictions.full_like(1.0),
    };
    if let Some(label_weights) = counting.label_weights {
        if predictions.extent(-1) != label_weights.len() {
            let (n, shape) = (label_weights.len(), keras_shape(&shape));
            return fail(format!("{name} has {n} label_weights, and predictions of shape {shape}"));
        }
        weights = weights * list(&predictions, label_weights);
    }
    // Samples and labels are one axis, unless each label is counted on its own.
    let columns = if counting.multi_label { predictions.extent(-1) } else { 1 };
    let flat = |x: &Tensor| x.reshape([shape.size() / columns.max(1), columns]);
    let predictions = flat(&predictions);
    let right = flat(&(labels.not_equal(0.0).cast(DType::F32) * &weights));
    let wrong = flat(&(labels.equal(0.0).cast(DType::F32) * &weights));
    let thresholds = counting.thresholds;
    let [(true_positives, false_negatives), (false_positives, true_negatives)] = match even(thresholds) {
        true => {
            let buckets = buckets(&predictions, thresholds);
            [&right, &wrong].map(|weights| sorted(&buckets, weights, thresholds.len()))
        }
        false => {
            let limits = list(&predictions, thresholds).reshape([thresholds.len(), 1, 1]);
            let positive = predictions.expand_dims(0).greater(limits).cast(DType::F32);
            [&right, &wrong].map(|x| ((&positive * x).sum(&[1]), ((1.0 - &positive) * x).sum(&[1])))
        }
    };
    let counted = |x: Tensor| if counting.multi_label { x } else { squeeze(&x) };
    Counts {
        true_positives: counted(true_positives),
        false_positives: counted(false_positives),
        true_negatives: counted(true_negatives),
        false_negatives: counted(false_negatives),
    }
}

/// Whether thresholds are evenly spaced from 0 to 1, the outer two perhaps just beyond: then a prediction's
/// place among them follows from its value, and need not be looked for. The tolerance is Keras's.
fn even(thresholds: &[f64]) -> bool {
    let last = thresholds.len().saturating_sub(1) as f64;
    let fits = |(i, threshold): (usize, &f64)| {
        let place = i as f64 / last;
        (threshold.clamp(0.0, 1.0) - place).abs() <= EPSILON + 1e-5 * place
    };
    thresholds.len() > 2 && thresholds.iter().enumerate().all(fits)
}

/// How many of the evenly spaced thresholds are below each prediction: `[n, columns]`, of `i64`.
fn buckets(predictions: &Tensor, thresholds: &[f64]) -> Tensor {
    let place = predictions.clip(0.0, 1.0) * (thresholds.len() - 1) as f64;
    // The least whole number that is not below.
    let above = -(-place).floor();
    let beyond = thresholds.first().is_some_and(|&least| least < 0.0)
        || thresholds.last().is_some_and(|&greatest| greatest > 1.0);
    // A threshold just below 0 is below everything.
    let above = if beyond { above.maximum(1.0) } else { above };
    above.cast(DType::I64)
}

/// The sums of weights `[n, columns]` above and not above each of `n` thresholds: `[n, columns]` both.
fn sorted(buckets: &Tensor, weights: &Tensor, n: usize) -> (Tensor, Tensor) {
    let (builder, columns) = (weights.builder(), weights.extent(-1));
    let column = builder.iota(buckets.shape(), 1, DType::I64);
    let places = buckets * columns as f64 + column;
    let size = places.shape().size();
    let sums = builder.zeros([(n + 1) * columns], DType::F32);
    let sums = sums.scatter_add(&places.reshape([size]), &weights.reshape([size]), 0);
    let sums = sums.reshape([n + 1, columns]);
    (sums.cumsum_reversed(0).slice_axis(0, 1, n + 1), sums.cumsum(0).slice_axis(0, 0, n))
}

/// Numbers as a tensor of the graph and dtype of `like`.
pub(super) fn list(like: &Tensor, numbers: &[f64]) -> Tensor {
    match Array::from_f64([numbers.len()], like.dtype(), numbers) {
        Ok(array) => like.builder().constant(&array),
        Err(message) => like.builder().fail(message),
    }
}

/// Sample weights with as many axes as labels have.
fn fit_weight(weight: &Tensor, labels: &Tensor) -> Tensor {
    let weight = weight.cast(DType::F32);
    match (labels.rank(), weight.rank()) {
        (n, m) if m + 1 == n => weight.expand_dims(-1),
        (n, m) if m == n + 1 && weight.extent(-1) == 1 => squeeze(&weight),
        _ => weight,
    }
}

/// Probabilities with all but the `k` greatest of each sample made [`NEVER`]; of equal ones the
/// first come first.
fn only_top(x: &Tensor, k: usize) -> Tensor {
    let rank = x.rank() as isize;
    let n = x.extent(-1);
    let pairs = Shape::from([n, n]);
    let places = |axis: usize| x.builder().iota(&pairs, axis, DType::I64);
    // Before each element (second to last axis) come those (last axis) that are greater, or equal
    // and further left.
    let (own, others) = (x.expand_dims(-1), x.expand_dims(rank - 1));
    let before = others.greater(&own).or(&others.equal(&own).and(&places(1).less(places(0))));
    let place = before.cast(DType::F32).sum(&[-1]);
    place.less(k as f64).select(x, NEVER)
}

impl Counts {
    /// Adds a batch's counts to their totals.
    pub(super) fn add(&self, scope: &mut Scope) {
        totals::add(scope, "true_positives", &self.true_positives);
        totals::add(scope, "false_positives", &self.false_positives);
        totals::add(scope, "true_negatives", &self.true_negatives);
        totals::add(scope, "false_negatives", &self.false_negatives);
    }

    /// All that was added so far.
    pub(super) fn totals(scope: &mut Scope) -> Counts {
        Counts {
            true_positives: totals::total(scope, "true_positives"),
            false_positives: totals::total(scope, "false_positives"),
            true_negatives: totals::total(scope, "true_negatives"),
            false_negatives: totals::total(scope, "false_negatives"),
        }
    }
}

/// A single figure as a scalar, several as they are.
pub(super) fn figure(figures: Tensor) -> Tensor {
    match figures.is_valid() && figures.shape()[..] == [1] {
        true => figures.reshape([]),
        false => figures,
    }
}

/// What is wrong with thresholds, if anything is.
pub(super) fn refuse(name: &str, thresholds: &[f64]) -> Option<String> {
    let wrong = thresholds.iter().find(|threshold| !(0.0..=1.0).contains(*threshold))?;
    Some(format!("{name} takes thresholds from 0 to 1, got {wrong}"))
}
