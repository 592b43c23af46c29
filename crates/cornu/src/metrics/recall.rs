//! What part of the labelled yeses is found.

use super::confusion::{self, Counting, NEVER, Thresholds};
use super::{Better, Float32, Metric, precision::figure, totals};
use crate::losses::shapes::divide_no_nan;
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
}

impl Named for Recall {
    const NAME: &'static str = "Recall";
    const ALIASES: &'static [&'static str] = &["recall"];
    const SUMMARY: &'static str = "What part of the labelled yeses is found";
}

impl Metric for Recall {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let thresholds = match (&self.thresholds, self.top_k) {
            (Some(thresholds), _) => thresholds.list(),
            (None, Some(_)) => vec![NEVER],
            (None, None) => vec![0.5],
        };
        if let Some(mistake) =
            self.thresholds.as_ref().and_then(|given| confusion::refuse(&self.name, &given.list()))
        {
            scope.fail(mistake);
            return;
        }
        let counting = Counting { top_k: self.top_k, class_id: self.class_id, ..Counting::at(&thresholds) };
        let counts = confusion::count(&self.name, &counting, y_true, y_pred, sample_weight);
        let pairs =
            [("true_positives", &counts.true_positives), ("false_negatives", &counts.false_negatives)];
        confusion::add(scope, &pairs);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        let right = totals::total(scope, "true_positives");
        let all = &right + totals::total(scope, "false_negatives");
        figure(divide_no_nan(&right, &all))
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
