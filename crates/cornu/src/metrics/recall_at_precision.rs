//! The greatest recall where precision is high enough.

use super::tradeoff::{Rate, Tradeoff};
use super::{Better, Float32, Metric};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The greatest recall (the part of labelled yeses that is found) among the thresholds at
/// which the precision (the part of yeses that is right) is at least as given; zero
/// where there are none.
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together. Agrees with Keras's
/// `RecallAtPrecision`.
///
/// ```
/// use cornu::metrics::{RecallAtPrecision, Metric};
/// let metric = RecallAtPrecision::new(0.8).num_thresholds(50);
/// assert_eq!((metric.precision, metric.name()), (0.8, "recall_at_precision"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecallAtPrecision {
    /// The name it is reported under; `recall_at_precision` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The least precision allowed, from 0 to 1; Keras has no default, here it is 0.5.
    pub precision: f64,
    /// How many thresholds between 0 and 1 are tried; 200 by default.
    pub num_thresholds: usize,
    /// The one class that counts; by default all do.
    pub class_id: Option<usize>,
}

impl Default for RecallAtPrecision {
    fn default() -> RecallAtPrecision {
        let name = "recall_at_precision".into();
        RecallAtPrecision { name, dtype: Float32, precision: 0.5, num_thresholds: 200, class_id: None }
    }
}

impl RecallAtPrecision {
    /// The metric at precision of at least this.
    pub fn new(precision: f64) -> RecallAtPrecision {
        RecallAtPrecision { precision, ..RecallAtPrecision::default() }
    }

    /// The same with another number of thresholds.
    pub fn num_thresholds(mut self, num_thresholds: usize) -> RecallAtPrecision {
        self.num_thresholds = num_thresholds;
        self
    }

    /// The same for one class alone.
    pub fn class_id(mut self, class_id: usize) -> RecallAtPrecision {
        self.class_id = Some(class_id);
        self
    }

    fn tradeoff(&self) -> Tradeoff<'_> {
        Tradeoff {
            name: &self.name,
            best: Rate::Recall,
            given: Rate::Precision,
            argument: "precision",
            least: self.precision,
            num_thresholds: self.num_thresholds,
            class_id: self.class_id,
        }
    }
}

impl Named for RecallAtPrecision {
    const NAME: &'static str = "RecallAtPrecision";
    const ALIASES: &'static [&'static str] = &["recall_at_precision"];
    const SUMMARY: &'static str = "The greatest recall where precision is high enough";
}

impl Metric for RecallAtPrecision {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        self.tradeoff().update(scope, y_true, y_pred, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        self.tradeoff().result(scope)
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
