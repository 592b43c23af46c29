//! How many noes are right.

use super::outcome::{self, Answers, Outcome};
use super::{Better, Float32, Metric, Thresholds};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The number of noes that are right, or the sum of their samples' weights.
///
/// A probability above a threshold is a yes. Shapes: labels like predictions, `[batch, ..]`; all labels
/// count together. The result is a scalar, or `[n_thresholds]`. Agrees with Keras's `TrueNegatives`.
///
/// ```
/// use cornu::metrics::{TrueNegatives, Metric};
/// assert_eq!(TrueNegatives::new().thresholds([0.25, 0.75]).name(), "true_negatives");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrueNegatives {
    /// The name it is reported under; `true_negatives` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Above what a probability is a yes; 0.5 by default. Several give a figure each.
    pub thresholds: Option<Thresholds>,
}

impl Default for TrueNegatives {
    fn default() -> TrueNegatives {
        TrueNegatives { name: "true_negatives".into(), dtype: Float32, thresholds: None }
    }
}

impl TrueNegatives {
    /// The metric with Keras's defaults.
    pub fn new() -> TrueNegatives {
        TrueNegatives::default()
    }

    /// The same with other thresholds: a number, or a list.
    pub fn thresholds(mut self, thresholds: impl Into<Thresholds>) -> TrueNegatives {
        self.thresholds = Some(thresholds.into());
        self
    }
}

impl Named for TrueNegatives {
    const NAME: &'static str = "TrueNegatives";
    const ALIASES: &'static [&'static str] = &["true_negatives"];
    const SUMMARY: &'static str = "How many noes are right";
}

impl Metric for TrueNegatives {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let TrueNegatives { name, thresholds, .. } = self;
        let answers = Answers { name, thresholds, top_k: None, class_id: None };
        answers.accumulate(scope, Outcome::TrueNegative, y_true, y_pred, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        outcome::accumulated(scope)
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
