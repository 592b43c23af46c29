//! The four outcomes of a yes-or-no answer: what the counts of them, precision and recall have in common.

use super::confusion::{self, Counting, Counts, NEVER, Thresholds, figure};
use super::totals;
use crate::losses::shapes::divide_no_nan;
use crate::scope::Scope;
use cornu_graph::Tensor;

/// How an answer stands to its label.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    /// A yes that is right.
    TruePositive,
    /// A yes that is wrong.
    FalsePositive,
    /// A no that is right.
    TrueNegative,
    /// A no that is wrong.
    FalseNegative,
}

impl Outcome {
    /// What its total is called.
    fn total(self) -> &'static str {
        match self {
            Outcome::TruePositive => "true_positives",
            Outcome::FalsePositive => "false_positives",
            Outcome::TrueNegative => "true_negatives",
            Outcome::FalseNegative => "false_negatives",
        }
    }

    /// Its part of a batch's counts.
    fn count(self, counts: &Counts) -> &Tensor {
        match self {
            Outcome::TruePositive => &counts.true_positives,
            Outcome::FalsePositive => &counts.false_positives,
            Outcome::TrueNegative => &counts.true_negatives,
            Outcome::FalseNegative => &counts.false_negatives,
        }
    }
}

/// A metric's options for which answers are a yes.
pub(super) struct Answers<'a> {
    pub(super) name: &'a str,
    pub(super) thresholds: &'a Option<Thresholds>,
    pub(super) top_k: Option<usize>,
    pub(super) class_id: Option<usize>,
}

impl Answers<'_> {
    /// Counts a batch's answers; `None`, with the mistake noted, if the options do not fit.
    fn count(
        &self,
        scope: &Scope,
        y_true: &Tensor,
        y_pred: &Tensor,
        sample_weight: Option<&Tensor>,
    ) -> Option<Counts> {
        let given = self.thresholds.as_ref().map(Thresholds::list);
        if let Some(mistake) = given.as_ref().and_then(|given| confusion::refuse(self.name, given)) {
            scope.fail(mistake);
            return None;
        }
        // With `top_k` alone, whatever is among the greatest is a yes.
        let usual = if self.top_k.is_some() { NEVER } else { 0.5 };
        let thresholds = given.unwrap_or_else(|| vec![usual]);
        let counting = Counting { top_k: self.top_k, class_id: self.class_id, ..Counting::at(&thresholds) };
        Some(confusion::count(self.name, &counting, y_true, y_pred, sample_weight))
    }

    /// Adds a batch to the number of answers with this outcome.
    pub(super) fn accumulate(
        &self,
        scope: &mut Scope,
        outcome: Outcome,
        y_true: &Tensor,
        y_pred: &Tensor,
        sample_weight: Option<&Tensor>,
    ) {
        if let Some(counts) = self.count(scope, y_true, y_pred, sample_weight) {
            totals::add(scope, "accumulator", outcome.count(&counts));
        }
    }

    /// Adds a batch to the numbers of true positives and of answers with the `other` outcome.
    pub(super) fn share(
        &self,
        scope: &mut Scope,
        other: Outcome,
        y_true: &Tensor,
        y_pred: &Tensor,
        sample_weight: Option<&Tensor>,
    ) {
        if let Some(counts) = self.count(scope, y_true, y_pred, sample_weight) {
            for outcome in [Outcome::TruePositive, other] {
                totals::add(scope, outcome.total(), outcome.count(&counts));
            }
        }
    }
}

/// How many answers had the outcome.
pub(super) fn accumulated(scope: &mut Scope) -> Tensor {
    figure(totals::total(scope, "accumulator"))
}

/// The part of true positives among them and the answers with the `other` outcome.
pub(super) fn share(scope: &mut Scope, other: Outcome) -> Tensor {
    let right = totals::total(scope, Outcome::TruePositive.total());
    let all = &right + totals::total(scope, other.total());
    figure(divide_no_nan(&right, &all))
}
