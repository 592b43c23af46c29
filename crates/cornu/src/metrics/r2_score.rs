//! How much of the labels' variance predictions explain.

use super::{Better, Float32, Metric, totals};
use crate::losses::shapes::{keras_shape, same_shape};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// `1 - sum((y_true - y_pred)²) / sum((y_true - mean(y_true))²)` for each output, then over all of them as
/// `class_aggregation` says. With `num_regressors = p` it is adjusted:
/// `1 - (1 - R²) (n - 1) / (n - p - 1)`, where `n` counts all labels, as in Keras.
///
/// Shapes: labels and predictions `[batch, n]`; the result is a scalar, or `[n]` without aggregation.
/// Agrees with Keras's `R2Score`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct R2Score {
    /// The name it is reported under; `r2_score` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// How outputs become one figure: by their mean by default; with none each has its own.
    pub class_aggregation: Option<Aggregation>,
    /// How many regressors the figure is adjusted for; 0, not at all, by default.
    pub num_regressors: usize,
}

impl Default for R2Score {
    fn default() -> R2Score {
        R2Score {
            name: "r2_score".into(),
            dtype: Float32,
            class_aggregation: Some(Aggregation::UniformAverage),
            num_regressors: 0,
        }
    }
}

impl R2Score {
    /// The metric with Keras's defaults.
    pub fn new() -> R2Score {
        R2Score::default()
    }

    /// The same with outputs put together in another way.
    pub fn class_aggregation(mut self, class_aggregation: Option<Aggregation>) -> R2Score {
        self.class_aggregation = class_aggregation;
        self
    }

    /// The same, adjusted for this number of regressors.
    pub fn num_regressors(mut self, num_regressors: usize) -> R2Score {
        self.num_regressors = num_regressors;
        self
    }
}

impl Named for R2Score {
    const NAME: &'static str = "R2Score";
    const ALIASES: &'static [&'static str] = &["r2_score"];
    const SUMMARY: &'static str = "How much of the labels' variance predictions explain";
}

impl Metric for R2Score {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let (y_true, y_pred) = same_shape(&self.name, &y_true.cast(DType::F32), &y_pred.cast(DType::F32));
        if y_true.is_valid() && y_true.rank() != 2 {
            let got = keras_shape(&y_true.shape());
            scope.fail(format!("{} expects labels and predictions of shape (None, n), got {got}", self.name));
            return;
        }
        let weight = match sample_weight.map(|weight| weight.cast(DType::F32)) {
            Some(weight) if weight.rank() == 1 => weight.expand_dims(-1).broadcast_to(y_true.shape()),
            Some(weight) => weight.broadcast_to(y_true.shape()),
            None => y_true.full_like(1.0),
        };
        let weighted = &y_true * &weight;
        let number = y_true.number(y_true.shape().size() as f64);
        totals::add(scope, "num_samples", &number);
        totals::add(scope, "squared_sum", &(&y_true * &weighted).sum(&[0]));
        totals::add(scope, "sum", &weighted.sum(&[0]));
        totals::add(scope, "residual", &((y_true - y_pred).square() * &weight).sum(&[0]));
        totals::add(scope, "count", &weight.sum(&[0]));
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        let sum = totals::total(scope, "sum");
        let residual = totals::total(scope, "residual");
        let mean = &sum / totals::total(scope, "count");
        let variance = totals::total(scope, "squared_sum") - sum * mean;
        // Labels that do not vary explain nothing, unless predictions are right: that is no number.
        let flat = variance.equal(0.0).and(&residual.not_equal(0.0));
        let scores = flat.select(&residual.full_like(0.0), 1.0 - &residual / &variance);
        let score = match self.class_aggregation {
            None => scores,
            Some(Aggregation::UniformAverage) => scores.mean_all(),
            Some(Aggregation::VarianceWeightedAverage) => (&variance * scores).sum_all() / variance.sum_all(),
        };
        if self.num_regressors == 0 {
            return score;
        }
        let number = totals::total(scope, "num_samples");
        let p = self.num_regressors as f64;
        let left = &number - (p + 1.0);
        let adjusted = 1.0 - (1.0 - &score) * (number - 1.0) / &left;
        // With too few samples Keras falls back to the plain figure.
        left.greater(0.0).select(&adjusted, score)
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

/// How the figures of several outputs become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Their mean.
    UniformAverage,
    /// Their mean, each weighted by its labels' variance.
    VarianceWeightedAverage,
}
