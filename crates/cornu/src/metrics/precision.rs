//! What part of the yeses is right.

use super::confusion::{self, Counting, NEVER, Thresholds};
use super::{Better, Float32, Metric, totals};
use crate::losses::shapes::divide_no_nan;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `true positives / (true positives + false positives)`; zero where nothing was a yes.
///
/// Shapes: labels like predictions, `[batch, ..]`; all labels count together. Agrees with Keras's
/// `Precision`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Precision {
    /// The name it is reported under; `precision` by default.
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

impl Default for Precision {
    fn default() -> Precision {
        Precision { name: "precision".into(), dtype: Float32, thresholds: None, top_k: None, class_id: None }
    }
}

impl Precision {
    /// The metric with Keras's defaults.
    pub fn new() -> Precision {
        Precision::default()
    }

    /// The same with other thresholds: a number, or a list.
    pub fn thresholds(mut self, thresholds: impl Into<Thresholds>) -> Precision {
        self.thresholds = Some(thresholds.into());
        self
    }

    /// The same, where only the `top_k` greatest probabilities of a sample can be a yes.
    pub fn top_k(mut self, top_k: usize) -> Precision {
        self.top_k = Some(top_k);
        self
    }

    /// The same for one class alone.
    pub fn class_id(mut self, class_id: usize) -> Precision {
        self.class_id = Some(class_id);
        self
    }
}

impl Named for Precision {
    const NAME: &'static str = "Precision";
    const ALIASES: &'static [&'static str] = &["precision"];
    const SUMMARY: &'static str = "What part of the yeses is right";
}

impl Metric for Precision {
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
            [("true_positives", &counts.true_positives), ("false_positives", &counts.false_positives)];
        confusion::add(scope, &pairs);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        let right = totals::total(scope, "true_positives");
        let all = &right + totals::total(scope, "false_positives");
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

/// A single figure as a scalar, several as they are.
pub(super) fn figure(figures: Tensor) -> Tensor {
    match figures.is_valid() && figures.shape()[..] == [1] {
        true => figures.reshape([]),
        false => figures,
    }
}
