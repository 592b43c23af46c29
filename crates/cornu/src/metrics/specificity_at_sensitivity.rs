//! The greatest specificity where sensitivity is high enough.

use super::tradeoff::{Rate, Tradeoff};
use super::{Better, Float32, Metric};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The greatest specificity (the part of labelled noes that is found) among the thresholds at
/// which the sensitivity (the part of labelled yeses that is found) is at least as given; zero
/// where there are none.
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together. Agrees with Keras's
/// `SpecificityAtSensitivity`.
///
/// ```
/// use cornu::metrics::{SpecificityAtSensitivity, Metric};
/// let metric = SpecificityAtSensitivity::new(0.8).num_thresholds(50);
/// assert_eq!((metric.sensitivity, metric.name()), (0.8, "specificity_at_sensitivity"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpecificityAtSensitivity {
    /// The name it is reported under; `specificity_at_sensitivity` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The least sensitivity allowed, from 0 to 1; Keras has no default, here it is 0.5.
    pub sensitivity: f64,
    /// How many thresholds between 0 and 1 are tried; 200 by default.
    pub num_thresholds: usize,
    /// The one class that counts; by default all do.
    pub class_id: Option<usize>,
}

impl Default for SpecificityAtSensitivity {
    fn default() -> SpecificityAtSensitivity {
        let name = "specificity_at_sensitivity".into();
        SpecificityAtSensitivity {
            name,
            dtype: Float32,
            sensitivity: 0.5,
            num_thresholds: 200,
            class_id: None,
        }
    }
}

impl SpecificityAtSensitivity {
    /// The metric at sensitivity of at least this.
    pub fn new(sensitivity: f64) -> SpecificityAtSensitivity {
        SpecificityAtSensitivity { sensitivity, ..SpecificityAtSensitivity::default() }
    }

    /// The same with another number of thresholds.
    pub fn num_thresholds(mut self, num_thresholds: usize) -> SpecificityAtSensitivity {
        self.num_thresholds = num_thresholds;
        self
    }

    /// The same for one class alone.
    pub fn class_id(mut self, class_id: usize) -> SpecificityAtSensitivity {
        self.class_id = Some(class_id);
        self
    }

    fn tradeoff(&self) -> Tradeoff<'_> {
        Tradeoff {
            name: &self.name,
            best: Rate::Specificity,
            given: Rate::Recall,
            argument: "sensitivity",
            least: self.sensitivity,
            num_thresholds: self.num_thresholds,
            class_id: self.class_id,
        }
    }
}

impl Named for SpecificityAtSensitivity {
    const NAME: &'static str = "SpecificityAtSensitivity";
    const ALIASES: &'static [&'static str] = &["specificity_at_sensitivity"];
    const SUMMARY: &'static str = "The greatest specificity where sensitivity is high enough";
}

impl Metric for SpecificityAtSensitivity {
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
