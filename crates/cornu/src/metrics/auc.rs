//! The area under a curve of right against wrong answers.

use super::confusion::{self, Counting, Counts};
use super::{Better, Float32, Metric};
use crate::losses::{
    EPSILON,
    shapes::{divide_no_nan, keras_shape},
};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The area under the curve that the points of `num_thresholds` thresholds between 0 and 1 draw: true
/// against false positive rate (ROC), precision against recall (PR), or their gains (PRGAIN).
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together, unless with `multi_label`
/// (and predictions `[batch, n_labels]`) the areas of the labels are averaged. Agrees with Keras's `AUC`
/// (Davis and Goadrich, *The relationship between precision-recall and ROC curves*, 2006).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AUC {
    /// The name it is reported under; `auc` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// How many thresholds there are; 200 by default.
    pub num_thresholds: usize,
    /// Which curve; ROC by default.
    pub curve: Curve,
    /// How the area between two points is taken; by interpolation by default.
    pub summation_method: Summation,
    /// Whether each label has an area of its own, and these are averaged; false by default.
    pub multi_label: bool,
    /// How many labels there are, with `multi_label`.
    pub num_labels: Option<usize>,
    /// How much each label counts; by default all count alike.
    pub label_weights: Option<Vec<f64>>,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// The thresholds between 0 and 1; by default they are evenly spaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Vec<f64>>,
}

impl Default for AUC {
    fn default() -> AUC {
        AUC {
            name: "auc".into(),
            dtype: Float32,
            num_thresholds: 200,
            curve: Curve::ROC,
            summation_method: Summation::Interpolation,
            multi_label: false,
            num_labels: None,
            label_weights: None,
            from_logits: false,
            thresholds: None,
        }
    }
}

impl AUC {
    /// The metric with Keras's defaults.
    pub fn new() -> AUC {
        AUC::default()
    }

    /// The same with another number of thresholds.
    pub fn num_thresholds(mut self, num_thresholds: usize) -> AUC {
        self.num_thresholds = num_thresholds;
        self
    }

    /// The same under another curve.
    pub fn curve(mut self, curve: Curve) -> AUC {
        self.curve = curve;
        self
    }

    /// The same with the area between two points taken in another way.
    pub fn summation_method(mut self, summation_method: Summation) -> AUC {
        self.summation_method = summation_method;
        self
    }

    /// The same with these thresholds between 0 and 1.
    pub fn thresholds(mut self, thresholds: &[f64]) -> AUC {
        self.num_thresholds = thresholds.len() + 2;
        self.thresholds = Some(thresholds.into());
        self
    }

    /// The same with an area for each label, averaged.
    pub fn multi_label(mut self) -> AUC {
        self.multi_label = true;
        self
    }

    /// The same with labels that count differently.
    pub fn label_weights(mut self, weights: &[f64]) -> AUC {
        self.label_weights = Some(weights.into());
        self
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> AUC {
        self.from_logits = true;
        self
    }

    /// All thresholds in ascending order, the outer two just beyond 0 and 1.
    fn points(&self) -> Result<Vec<f64>, String> {
        let mut inner = match &self.thresholds {
            Some(thresholds) => match confusion::refuse(&self.name, thresholds) {
                Some(mistake) => return Err(mistake),
                None => thresholds.clone(),
            },
            None if self.num_thresholds < 2 => {
                return Err(format!(
                    "{} takes num_thresholds of at least 2, got {}",
                    self.name, self.num_thresholds
                ));
            }
            None => {
                (1..self.num_thresholds - 1).map(|i| i as f64 / (self.num_thresholds - 1) as f64).collect()
            }
        };
        inner.sort_by(f64::total_cmp);
        Ok(std::iter::once(-EPSILON).chain(inner).chain([1.0 + EPSILON]).collect())
    }
}

impl Named for AUC {
    const NAME: &'static str = "AUC";
    const ALIASES: &'static [&'static str] = &["auc"];
    const SUMMARY: &'static str = "The area under a curve of right against wrong answers";
}

impl Metric for AUC {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let thresholds = match self.points() {
            Ok(thresholds) => thresholds,
            Err(mistake) => {
                scope.fail(mistake);
                return;
            }
        };
        let (labels, columns) = (self.num_labels, y_pred.extent(-1));
        if self.multi_label && (y_pred.rank() != 2 || labels.is_some_and(|n| n != columns)) {
            let n = labels.map_or("n_labels".into(), |n| n.to_string());
            let got = keras_shape(&y_pred.shape());
            scope.fail(format!("{} expects predictions of shape (None, {n}), got {got}", self.name));
            return;
        }
        let counting = Counting {
            multi_label: self.multi_label,
            label_weights: self.label_weights.as_deref().filter(|_| !self.multi_label),
            ..Counting::at(&thresholds)
        };
        let y_pred = if self.from_logits { y_pred.sigmoid() } else { y_pred.clone() };
        confusion::count(&self.name, &counting, y_true, &y_pred, sample_weight).add(scope);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        let counts = Counts::totals(scope);
        let (tp, fp) = (counts.true_positives, counts.false_positives);
        let (tn, fn_) = (counts.true_negatives, counts.false_negatives);
        if !tp.is_valid() {
            return tp;
        }
        // [n_thresholds - 1] or [n_thresholds - 1, n_labels]
        let areas = match (self.curve, self.summation_method) {
            (Curve::PR, Summation::Interpolation) => interpolated(&tp, &fp, &fn_),
            (curve, method) => {
                let (x, y) = points(curve, &tp, &fp, &tn, &fn_);
                let (left, right) = (first(&y), rest(&y));
                let heights = match method {
                    Summation::Interpolation => (left + right) * 0.5,
                    Summation::Minoring => left.minimum(right),
                    Summation::Majoring => left.maximum(right),
                };
                (first(&x) - rest(&x)) * heights
            }
        };
        let areas = areas.sum(&[0]);
        match (&self.label_weights, self.multi_label) {
            (_, false) => areas,
            (None, true) => areas.mean_all(),
            (Some(weights), true) if areas.extent(-1) == weights.len() => {
                let weights = confusion::list(&areas, weights);
                divide_no_nan(&(areas * &weights).sum_all(), &weights.sum_all())
            }
            (Some(weights), true) => {
                let (n, labels) = (weights.len(), areas.extent(-1));
                scope.fail(format!("{} has {n} label_weights for {labels} labels", self.name))
            }
        }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }

    fn better(&self) -> Option<Better> {
        Some(Better::Higher)
    }
}

/// The curve that an area is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Curve {
    /// True positive rate against false positive rate.
    #[serde(alias = "roc")]
    ROC,
    /// Precision against recall.
    #[serde(alias = "pr")]
    PR,
    /// Gain in precision against gain in recall (Flach and Kull, 2015).
    #[serde(alias = "prgain")]
    PRGAIN,
}

/// How the area between two points of a curve is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Summation {
    /// By the mean of the two heights; for PR by Davis and Goadrich's rule.
    #[serde(alias = "Interpolation")]
    Interpolation,
    /// By the lower height.
    #[serde(alias = "Minoring")]
    Minoring,
    /// By the greater height.
    #[serde(alias = "Majoring")]
    Majoring,
}

/// All thresholds' numbers but the last one's.
fn first(x: &Tensor) -> Tensor {
    x.slice_axis(0, 0, x.extent(0).saturating_sub(1))
}

/// All thresholds' numbers but the first one's.
fn rest(x: &Tensor) -> Tensor {
    x.slice_axis(0, 1, x.extent(0))
}

/// The points of a curve, from the counts at each threshold.
fn points(curve: Curve, tp: &Tensor, fp: &Tensor, tn: &Tensor, fn_: &Tensor) -> (Tensor, Tensor) {
    let recall = divide_no_nan(tp, &(tp + fn_));
    match curve {
        Curve::ROC => (divide_no_nan(fp, &(fp + tn)), recall),
        Curve::PR => (recall, divide_no_nan(tp, &(tp + fp))),
        Curve::PRGAIN => {
            let odds = divide_no_nan(&(tp + fn_), &(tn + fp));
            let none = tp.equal(0.0);
            let gain = |wrong: &Tensor| 1.0 - &odds * divide_no_nan(wrong, tp);
            let recall_gain = none.select(&tp.full_like(0.0), gain(fn_)).maximum(0.0);
            (recall_gain, none.select(&tp.full_like(1.0), gain(fp)))
        }
    }
}

/// The areas under a precision-recall curve whose true positives grow in a straight line with its
/// positives between two points.
fn interpolated(tp: &Tensor, fp: &Tensor, fn_: &Tensor) -> Tensor {
    let p = tp + fp;
    let (p0, p1, tp1) = (first(&p), rest(&p), rest(tp));
    let dtp = first(tp) - &tp1;
    let slope = divide_no_nan(&dtp, &(&p0 - &p1).maximum(0.0));
    let intercept = &tp1 - &slope * &p1;
    let both = p0.greater(0.0).and(&p1.greater(0.0));
    let ratio = both.select(&divide_no_nan(&p0, &p1.maximum(0.0)), 1.0);
    let labelled = (&tp1 + rest(fn_)).maximum(0.0);
    divide_no_nan(&(slope * (dtp + intercept * ratio.log())), &labelled)
}
