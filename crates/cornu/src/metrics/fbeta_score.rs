//! The weighted harmonic mean of precision and recall.

use super::{Better, Float32, Metric, totals};
use crate::losses::{EPSILON, shapes::keras_shape};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// `(1 + beta²) precision recall / (beta² precision + recall)`, for each class or for all of them: `beta`
/// says how much more recall counts.
///
/// Shapes: labels and predictions `[batch, n_classes]`; the result is `[n_classes]`, or a scalar with an
/// `average`. Agrees with Keras's `FBetaScore`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FBetaScore {
    /// The name it is reported under; `fbeta_score` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// How classes become one figure; by default each has its own.
    pub average: Option<Average>,
    /// How much more recall counts than precision; 1 by default.
    pub beta: f64,
    /// Above what a probability is a yes; by default the greatest one of each sample is.
    pub threshold: Option<f64>,
}

impl Default for FBetaScore {
    fn default() -> FBetaScore {
        FBetaScore { name: "fbeta_score".into(), dtype: Float32, average: None, beta: 1.0, threshold: None }
    }
}

impl FBetaScore {
    /// The metric with Keras's defaults.
    pub fn new() -> FBetaScore {
        FBetaScore::default()
    }

    /// The same with one figure for all classes.
    pub fn average(mut self, average: Average) -> FBetaScore {
        self.average = Some(average);
        self
    }

    /// The same with another rule for what is a yes.
    pub fn threshold(mut self, threshold: f64) -> FBetaScore {
        self.threshold = Some(threshold);
        self
    }

    /// The same with recall counting `beta` times as much as precision.
    pub fn beta(mut self, beta: f64) -> FBetaScore {
        self.beta = beta;
        self
    }
}

impl Named for FBetaScore {
    const NAME: &'static str = "FBetaScore";
    const ALIASES: &'static [&'static str] = &["f_beta_score", "fbeta_score"];
    const SUMMARY: &'static str = "The weighted harmonic mean of precision and recall";
}

impl Metric for FBetaScore {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let shape = y_pred.shape();
        if shape.rank() != 2 || y_true.shape() != shape {
            let got = (keras_shape(&y_true.shape()), keras_shape(&shape));
            scope.fail(format!(
                "{} expects labels and predictions of shape (None, n_classes), got {} and {}",
                self.name, got.0, got.1
            ));
            return;
        }
        let (y_true, y_pred) = (y_true.cast(DType::F32), y_pred.cast(DType::F32));
        let answers = match self.threshold {
            Some(threshold) => y_pred.greater(threshold),
            None => {
                let greatest = y_pred.reduce_max_keep(&[-1]);
                y_pred.greater_equal(greatest).and(&y_pred.abs().greater(1e-9))
            }
        };
        let answers = answers.cast(DType::F32);
        let weight = sample_weight.map(|weight| weight.cast(DType::F32));
        let weight = weight.map(|weight| if weight.rank() == 1 { weight.expand_dims(-1) } else { weight });
        let axes: &[isize] = if self.average == Some(Average::Micro) { &[0, 1] } else { &[0] };
        let sum = |x: Tensor| match &weight {
            Some(weight) => (x * weight).sum(axes),
            None => x.sum(axes),
        };
        totals::add(scope, "true_positives", &sum(&answers * &y_true));
        totals::add(scope, "false_positives", &sum(&answers * (1.0 - &y_true)));
        totals::add(scope, "false_negatives", &sum((1.0 - answers) * &y_true));
        totals::add(scope, "intermediate_weights", &sum(y_true));
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        let right = totals::total(scope, "true_positives");
        let precision = &right / (&right + totals::total(scope, "false_positives") + EPSILON);
        let recall = &right / (&right + totals::total(scope, "false_negatives") + EPSILON);
        let squared = self.beta * self.beta;
        let score = &precision * &recall / (&precision * squared + &recall + EPSILON) * (1.0 + squared);
        match self.average {
            None | Some(Average::Micro) => score,
            Some(Average::Macro) => score.mean_all(),
            Some(Average::Weighted) => {
                let weights = totals::total(scope, "intermediate_weights");
                (score * (&weights / (weights.sum_all() + EPSILON))).sum_all()
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

/// How the figures of several classes become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Average {
    /// All classes are counted together.
    Micro,
    /// The mean of the classes' figures.
    Macro,
    /// The mean of the classes' figures, each weighted by how many labels it has.
    Weighted,
}
