//! The greatest precision where recall is high enough.

use super::tradeoff::{Rate, Tradeoff};
use super::{Better, Float32, Metric};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The greatest precision (the part of yeses that is right) among the thresholds at
/// which the recall (the part of labelled yeses that is found) is at least as given; zero
/// where there are none.
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together. Agrees with Keras's
/// `PrecisionAtRecall`.
///
/// ```
/// use cornu::metrics::{PrecisionAtRecall, Metric};
/// let metric = PrecisionAtRecall::new(0.8).num_thresholds(50);
/// assert_eq!((metric.recall, metric.name()), (0.8, "precision_at_recall"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrecisionAtRecall {
    /// The name it is reported under; `precision_at_recall` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The least recall allowed, from 0 to 1; Keras has no default, here it is 0.5.
    pub recall: f64,
    /// How many thresholds between 0 and 1 are tried; 200 by default.
    pub num_thresholds: usize,
    /// The one class that counts; by default all do.
    pub class_id: Option<usize>,
}

impl Default for PrecisionAtRecall {
    fn default() -> PrecisionAtRecall {
        let name = "precision_at_recall".into();
        PrecisionAtRecall { name, dtype: Float32, recall: 0.5, num_thresholds: 200, class_id: None }
    }
}

impl PrecisionAtRecall {
    /// The metric at recall of at least this.
    pub fn new(recall: f64) -> PrecisionAtRecall {
        PrecisionAtRecall { recall, ..PrecisionAtRecall::default() }
    }

    /// The same with another number of thresholds.
    pub fn num_thresholds(mut self, num_thresholds: usize) -> PrecisionAtRecall {
        self.num_thresholds = num_thresholds;
        self
    }

    /// The same for one class alone.
    pub fn class_id(mut self, class_id: usize) -> PrecisionAtRecall {
        self.class_id = Some(class_id);
        self
    }

    fn tradeoff(&self) -> Tradeoff<'_> {
        Tradeoff {
            name: &self.name,
            best: Rate::Precision,
            given: Rate::Recall,
            argument: "recall",
            least: self.recall,
            num_thresholds: self.num_thresholds,
            class_id: self.class_id,
        }
    }
}

impl Named for PrecisionAtRecall {
    const NAME: &'static str = "PrecisionAtRecall";
    const ALIASES: &'static [&'static str] = &["precision_at_recall"];
    const SUMMARY: &'static str = "The greatest precision where recall is high enough";
}

impl Metric for PrecisionAtRecall {
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
