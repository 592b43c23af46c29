//! How many yeses are right.

use super::outcome::{self, Answers, Outcome};
use super::{Better, Float32, Metric, Thresholds};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The number of yeses that are right, or the sum of their samples' weights.
///
/// A probability above a threshold is a yes. Shapes: labels like predictions, `[batch, ..]`; all labels
/// count together. The result is a scalar, or `[n_thresholds]`. Agrees with Keras's `TruePositives`.
///
/// ```
/// use cornu::metrics::{TruePositives, Metric};
/// assert_eq!(TruePositives::new().thresholds([0.25, 0.75]).name(), "true_positives");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TruePositives {
    /// The name it is reported under; `true_positives` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Above what a probability is a yes; 0.5 by default. Several give a figure each.
    pub thresholds: Option<Thresholds>,
}

impl Default for TruePositives {
    fn default() -> TruePositives {
        TruePositives { name: "true_positives".into(), dtype: Float32, thresholds: None }
    }
}

impl TruePositives {
    /// The metric with Keras's defaults.
    pub fn new() -> TruePositives {
        TruePositives::default()
    }

    /// The same with other thresholds: a number, or a list.
    pub fn thresholds(mut self, thresholds: impl Into<Thresholds>) -> TruePositives {
        self.thresholds = Some(thresholds.into());
        self
    }
}

impl Named for TruePositives {
    const NAME: &'static str = "TruePositives";
    const ALIASES: &'static [&'static str] = &["true_positives"];
    const SUMMARY: &'static str = "How many yeses are right";
}

impl Metric for TruePositives {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let TruePositives { name, thresholds, .. } = self;
        let answers = Answers { name, thresholds, top_k: None, class_id: None };
        answers.accumulate(scope, Outcome::TruePositive, y_true, y_pred, sample_weight);
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
