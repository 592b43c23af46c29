//! The crossentropy of one-hot labels, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`CategoricalCrossentropy`](crate::losses::CategoricalCrossentropy).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalCrossentropy {
    /// The name it is reported under; `categorical_crossentropy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// How far labels are drawn towards the middle; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the classes; the last by default.
    pub axis: isize,
}

impl Default for CategoricalCrossentropy {
    fn default() -> CategoricalCrossentropy {
        CategoricalCrossentropy {
            name: "categorical_crossentropy".into(),
            dtype: Float32,
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
        }
    }
}

impl CategoricalCrossentropy {
    /// The metric with Keras's defaults.
    pub fn new() -> CategoricalCrossentropy {
        CategoricalCrossentropy::default()
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> CategoricalCrossentropy {
        self.from_logits = true;
        self
    }
}

impl Named for CategoricalCrossentropy {
    const NAME: &'static str = "CategoricalCrossentropy";
    const ALIASES: &'static [&'static str] = &["categorical_crossentropy"];
    const SUMMARY: &'static str = "The crossentropy of one-hot labels";
}

impl MeanMetric for CategoricalCrossentropy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let loss = losses::CategoricalCrossentropy {
            from_logits: self.from_logits,
            label_smoothing: self.label_smoothing,
            axis: self.axis,
            ..Default::default()
        };
        loss.call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}
