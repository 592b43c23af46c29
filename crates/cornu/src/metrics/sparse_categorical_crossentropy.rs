//! The crossentropy of labels that are the numbers of classes, as a metric.

use super::{Float32, Metric, totals};
use crate::losses::{self, Loss};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss
/// [`SparseCategoricalCrossentropy`](crate::losses::SparseCategoricalCrossentropy).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
///
/// As in Keras, samples labelled `ignore_class` count as zeros, unless there are sample weights or a
/// mask: then they do not count.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SparseCategoricalCrossentropy {
    /// The name it is reported under; `sparse_categorical_crossentropy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// The label of samples that do not count.
    pub ignore_class: Option<i64>,
    /// The axis of the classes, which is the last.
    pub axis: isize,
}

impl Default for SparseCategoricalCrossentropy {
    fn default() -> SparseCategoricalCrossentropy {
        SparseCategoricalCrossentropy {
            name: "sparse_categorical_crossentropy".into(),
            dtype: Float32,
            from_logits: false,
            ignore_class: None,
            axis: -1,
        }
    }
}

impl SparseCategoricalCrossentropy {
    /// The metric with Keras's defaults.
    pub fn new() -> SparseCategoricalCrossentropy {
        SparseCategoricalCrossentropy::default()
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> SparseCategoricalCrossentropy {
        self.from_logits = true;
        self
    }
}

impl Named for SparseCategoricalCrossentropy {
    const NAME: &'static str = "SparseCategoricalCrossentropy";
    const ALIASES: &'static [&'static str] = &["sparse_categorical_crossentropy"];
    const SUMMARY: &'static str = "The crossentropy of labels that are the numbers of classes";
}

impl Metric for SparseCategoricalCrossentropy {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let loss = losses::SparseCategoricalCrossentropy {
            from_logits: self.from_logits,
            ignore_class: self.ignore_class,
            axis: self.axis,
            ..Default::default()
        };
        let values = loss.call(y_true, y_pred);
        let mask = loss.mask(y_true, y_pred);
        let weight =
            sample_weight.and_then(|weight| losses::merge(&values, Some(weight), mask.as_ref(), false));
        totals::add_mean(scope, &values, weight.as_ref());
    }

    fn heeds_mask(&self) -> bool {
        true
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        totals::mean(scope)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
