//! The trait of metrics that are the mean over samples of one figure each.

use super::{Better, Metric, totals};
use crate::registry::Item;
use crate::scope::Scope;
use cornu_graph::Tensor;

/// A metric that is the mean over samples of one figure each, such as an accuracy or a loss: a [`Metric`]
/// whose totals and result need not be written again.
pub trait MeanMetric: Item {
    /// The samples' figures, `[batch]` or `[batch, ..]`.
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor;

    /// The name it is reported under.
    fn name(&self) -> &str;

    /// Changes the name it is reported under.
    fn set_name(&mut self, name: String);

    /// Which way the figure gets better; down unless a metric says otherwise.
    fn better(&self) -> Option<Better> {
        Some(Better::Lower)
    }
}

impl<M: MeanMetric> Metric for M {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        totals::add_mean(scope, &self.values(y_true, y_pred), sample_weight);
    }

    fn heeds_mask(&self) -> bool {
        true
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        totals::mean(scope)
    }

    fn name(&self) -> &str {
        MeanMetric::name(self)
    }

    fn set_name(&mut self, name: String) {
        MeanMetric::set_name(self, name);
    }

    fn better(&self) -> Option<Better> {
        MeanMetric::better(self)
    }
}
