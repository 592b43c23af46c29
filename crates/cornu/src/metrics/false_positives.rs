//! How many yeses are wrong.

use super::outcome::{self, Answers, Outcome};
use super::{Better, Float32, Metric, Thresholds};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The number of yeses that are wrong, or the sum of their samples' weights.
///
/// A probability above a threshold is a yes. Shapes: labels like predictions, `[batch, ..]`; all labels
/// count together. The result is a scalar, or `[n_thresholds]`. Agrees with Keras's `FalsePositives`.
///
/// ```
/// use cornu::metrics::{FalsePositives, Metric};
/// assert_eq!(FalsePositives::new().thresholds([0.25, 0.75]).name(), "false_positives");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FalsePositives {
    /// The name it is reported under; `false_positives` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Above what a probability is a yes; 0.5 by default. Several give a figure each.
    pub thresholds: Option<Thresholds>,
}

impl Default for FalsePositives {
    fn default() -> FalsePositives {
        FalsePositives { name: "false_positives".into(), dtype: Float32, thresholds: None }
    }
}

impl FalsePositives {
    /// The metric with Keras's defaults.
    pub fn new() -> FalsePositives {
        FalsePositives::default()
    }

    /// The same with other thresholds: a number, or a list.
    pub fn thresholds(mut self, thresholds: impl Into<Thresholds>) -> FalsePositives {
        self.thresholds = Some(thresholds.into());
        self
    }
}

impl Named for FalsePositives {
    const NAME: &'static str = "FalsePositives";
    const ALIASES: &'static [&'static str] = &["false_positives"];
    const SUMMARY: &'static str = "How many yeses are wrong";
}

impl Metric for FalsePositives {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let FalsePositives { name, thresholds, .. } = self;
        let answers = Answers { name, thresholds, top_k: None, class_id: None };
        answers.accumulate(scope, Outcome::FalsePositive, y_true, y_pred, sample_weight);
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
        Some(Better::Lower)
    }
}
