//! The greatest sensitivity where specificity is high enough.

use super::tradeoff::{Rate, Tradeoff};
use super::{Better, Float32, Metric};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The greatest sensitivity (the part of labelled yeses that is found) among the thresholds at
/// which the specificity (the part of labelled noes that is found) is at least as given; zero
/// where there are none.
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together. Agrees with Keras's
/// `SensitivityAtSpecificity`.
///
/// ```
/// use cornu::metrics::{SensitivityAtSpecificity, Metric};
/// let metric = SensitivityAtSpecificity::new(0.8).num_thresholds(50);
/// assert_eq!((metric.specificity, metric.name()), (0.8, "sensitivity_at_specificity"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SensitivityAtSpecificity {
    /// The name it is reported under; `sensitivity_at_specificity` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The least specificity allowed, from 0 to 1; Keras has no default, here it is 0.5.
    pub specificity: f64,
    /// How many thresholds between 0 and 1 are tried; 200 by default.
    pub num_thresholds: usize,
    /// The one class that counts; by default all do.
    pub class_id: Option<usize>,
}

impl Default for SensitivityAtSpecificity {
    fn default() -> SensitivityAtSpecificity {
        let name = "sensitivity_at_specificity".into();
        SensitivityAtSpecificity {
            name,
            dtype: Float32,
            specificity: 0.5,
            num_thresholds: 200,
            class_id: None,
        }
    }
}

impl SensitivityAtSpecificity {
    /// The metric at specificity of at least this.
    pub fn new(specificity: f64) -> SensitivityAtSpecificity {
        SensitivityAtSpecificity { specificity, ..SensitivityAtSpecificity::default() }
    }

    /// The same with another number of thresholds.
    pub fn num_thresholds(mut self, num_thresholds: usize) -> SensitivityAtSpecificity {
        self.num_thresholds = num_thresholds;
        self
    }

    /// The same for one class alone.
    pub fn class_id(mut self, class_id: usize) -> SensitivityAtSpecificity {
        self.class_id = Some(class_id);
        self
    }

    fn tradeoff(&self) -> Tradeoff<'_> {
        Tradeoff {
            name: &self.name,
            best: Rate::Recall,
            given: Rate::Specificity,
            argument: "specificity",
            least: self.specificity,
            num_thresholds: self.num_thresholds,
            class_id: self.class_id,
        }
    }
}

impl Named for SensitivityAtSpecificity {
    const NAME: &'static str = "SensitivityAtSpecificity";
    const ALIASES: &'static [&'static str] = &["sensitivity_at_specificity"];
    const SUMMARY: &'static str = "The greatest sensitivity where specificity is high enough";
}

impl Metric for SensitivityAtSpecificity {
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
