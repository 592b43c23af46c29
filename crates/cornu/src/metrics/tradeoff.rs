//! The best of one rate where another is high enough, over many thresholds.

use super::confusion::{self, Counting, Counts};
use crate::losses::shapes::divide_no_nan;
use crate::scope::Scope;
use cornu_graph::Tensor;

/// A part of answers that is right.
#[derive(Clone, Copy)]
pub(super) enum Rate {
    /// Of the yeses.
    Precision,
    /// Of those labelled yes; also called sensitivity.
    Recall,
    /// Of those labelled no.
    Specificity,
}

impl Rate {
    fn of(self, counts: &Counts) -> Tensor {
        let (right, wrong) = match self {
            Rate::Precision => (&counts.true_positives, &counts.false_positives),
            Rate::Recall => (&counts.true_positives, &counts.false_negatives),
            Rate::Specificity => (&counts.true_negatives, &counts.false_positives),
        };
        divide_no_nan(right, &(right + wrong))
    }
}

/// The options of a metric that looks for the best of one rate.
pub(super) struct Tradeoff<'a> {
    pub(super) name: &'a str,
    /// The rate that it reports.
    pub(super) best: Rate,
    /// The rate that has to be high enough.
    pub(super) given: Rate,
    /// What the metric calls that rate.
    pub(super) argument: &'a str,
    /// How high it has to be.
    pub(super) least: f64,
    pub(super) num_thresholds: usize,
    pub(super) class_id: Option<usize>,
}

impl Tradeoff<'_> {
    /// What is wrong with the options, if anything is.
    fn mistake(&self) -> Option<String> {
        let Tradeoff { name, argument, least, .. } = self;
        if !(0.0..=1.0).contains(least) {
            return Some(format!("{name} takes {argument} from 0 to 1, got {least}"));
        }
        (self.num_thresholds == 0).then(|| format!("{name} takes num_thresholds of at least 1, got 0"))
    }

    /// Adds a batch to the four counts at each threshold.
    pub(super) fn update(
        &self,
        scope: &mut Scope,
        y_true: &Tensor,
        y_pred: &Tensor,
        sample_weight: Option<&Tensor>,
    ) {
        if let Some(mistake) = self.mistake() {
            scope.fail(mistake);
            return;
        }
        let thresholds: Vec<f64> = match self.num_thresholds {
            1 => vec![0.5],
            n => (0..n).map(|i| i as f64 / (n - 1) as f64).collect(),
        };
        let counting = Counting { class_id: self.class_id, ..Counting::at(&thresholds) };
        confusion::count(self.name, &counting, y_true, y_pred, sample_weight).add(scope);
    }

    /// The best of the rate at all thresholds where the given one is high enough; zero if there are none.
    pub(super) fn result(&self, scope: &mut Scope) -> Tensor {
        let counts = Counts::totals(scope);
        let allowed = self.given.of(&counts).greater_equal(self.least);
        allowed.select(&self.best.of(&counts), 0.0).reduce_max(&[0])
    }
}
