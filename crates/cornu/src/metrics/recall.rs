//! What part of the labelled yeses is found.

use super::outcome::{self, Answers, Outcome};
use super::{Better, Float32, Metric, Thresholds};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `true positives / (true positives + false negatives)`; zero where no label was a yes.
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together. Agrees with Keras's
/// `Recall`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recall {
    /// The name it is reported under; `recall` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Above what a probability is a yes; 0.5 by default. Several give a figure each.
    pub thresholds: Option<Thresholds>,
    /// How many of a sample's greatest probabilities can be a yes; by default all.
    pub top_k: Option<usize>,
    /// The one class that counts; by default all do.
    pub class_id: Option<usize>,
}

impl Default for Recall {
    fn default() -> Recall {
        Recall { name: "recall".into(), dtype: Float32, thresholds: None, top_k: None, class_id: None }
    }
}

impl Recall {
    /// The metric with Keras's defaults.
    pub fn new() -> Recall {
        Recall::default()
    }

    /// The same with other thresholds: a number, or a list.
    pub fn thresholds(mut self, thresholds: impl Into<Thresholds>) -> Recall {
        self.thresholds = Some(thresholds.into());
        self
    }

    /// The same, where only the `top_k` greatest probabilities of a sample can be a yes.
    pub fn top_k(mut self, top_k: usize) -> Recall {
        self.top_k = Some(top_k);
        self
    }

    /// The same for one class alone.
    pub fn class_id(mut self, class_id: usize) -> Recall {
        self.class_id = Some(class_id);
        self
    }

    fn answers(&self) -> Answers<'_> {
        let Recall { name, thresholds, top_k, class_id, .. } = self;
        Answers { name, thresholds, top_k: *top_k, class_id: *class_id }
    }
}

impl Named for Recall {
    const NAME: &'static str = "Recall";
    const ALIASES: &'static [&'static str] = &["recall"];
    const SUMMARY: &'static str = "What part of the labelled yeses is found";
}

impl Metric for Recall {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        self.answers().share(scope, Outcome::FalseNegative, y_true, y_pred, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        outcome::share(scope, Outcome::FalseNegative)
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
