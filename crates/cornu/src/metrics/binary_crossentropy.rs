//! The crossentropy of yes-or-no labels, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{self, Loss};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over samples of the loss [`BinaryCrossentropy`](crate::losses::BinaryCrossentropy).
///
/// Shapes: as the loss. Agrees with Keras's metric of that name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinaryCrossentropy {
    /// The name it is reported under; `binary_crossentropy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// How far labels are drawn towards the middle; 0 by default.
    pub label_smoothing: f64,
}

impl Default for BinaryCrossentropy {
    fn default() -> BinaryCrossentropy {
        BinaryCrossentropy {
            name: "binary_crossentropy".into(),
            dtype: Float32,
            from_logits: false,
            label_smoothing: 0.0,
        }
    }
}

impl BinaryCrossentropy {
    /// The metric with Keras's defaults.
    pub fn new() -> BinaryCrossentropy {
        BinaryCrossentropy::default()
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> BinaryCrossentropy {
        self.from_logits = true;
        self
    }
}

impl Named for BinaryCrossentropy {
    const NAME: &'static str = "BinaryCrossentropy";
    const ALIASES: &'static [&'static str] = &["binary_crossentropy", "bce", "BCE"];
    const SUMMARY: &'static str = "The crossentropy of yes-or-no labels";
}

impl MeanMetric for BinaryCrossentropy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let loss = losses::BinaryCrossentropy {
            from_logits: self.from_logits,
            label_smoothing: self.label_smoothing,
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
