//! The harmonic mean of precision and recall.

use super::{
    Better, Float32, Metric,
    fbeta_score::{Average, FBetaScore},
};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `2 precision recall / (precision + recall)`, for each class or for all of them:
/// [`FBetaScore`] with a `beta` of 1.
///
/// Shapes: labels and predictions `[batch, n_classes]`; the result is `[n_classes]`, or a scalar with an
/// `average`. Agrees with Keras's `F1Score`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct F1Score {
    /// The name it is reported under; `f1_score` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// How classes become one figure; by default each has its own.
    pub average: Option<Average>,
    /// Above what a probability is a yes; by default the greatest one of each sample is.
    pub threshold: Option<f64>,
}

impl Default for F1Score {
    fn default() -> F1Score {
        F1Score { name: "f1_score".into(), dtype: Float32, average: None, threshold: None }
    }
}

impl F1Score {
    /// The metric with Keras's defaults.
    pub fn new() -> F1Score {
        F1Score::default()
    }

    /// The same with one figure for all classes.
    pub fn average(mut self, average: Average) -> F1Score {
        self.average = Some(average);
        self
    }

    /// The same with another rule for what is a yes.
    pub fn threshold(mut self, threshold: f64) -> F1Score {
        self.threshold = Some(threshold);
        self
    }

    fn base(&self) -> FBetaScore {
        let F1Score { name, dtype, average, threshold } = self.clone();
        FBetaScore { name, dtype, average, threshold, beta: 1.0 }
    }
}

impl Named for F1Score {
    const NAME: &'static str = "F1Score";
    const ALIASES: &'static [&'static str] = &["f1_score"];
    const SUMMARY: &'static str = "The harmonic mean of precision and recall";
}

impl Metric for F1Score {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        self.base().update(scope, y_true, y_pred, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        self.base().result(scope)
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
