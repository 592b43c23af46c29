//! The trait that every metric implements.

use super::METRICS;
use crate::losses::{self, AnyLoss, Form};
use crate::registry::{Any, Entry, Item, Kind};
use crate::scope::Scope;
use cornu_graph::{DType, Shape, Tensor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};
use std::sync::Arc;

/// A figure that is reported, but not minimized, over all the batches of an epoch.
///
/// To add one: a file in this folder with a struct whose fields are its config, and its two lines
/// in `mod.rs`.
pub trait Metric: Item {
    /// Adds a batch to the running totals, which are declared with [`Scope::total`] and changed
    /// with [`Scope::update`]. The caller opens a part of its own for each metric
    /// ([`Scope::inside`]), so that totals do not meet.
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>);

    /// Whether samples do not count where the mask of the predictions is false. As in Keras, they do not in
    /// metrics that are means of samples' figures, and do in all others.
    fn heeds_mask(&self) -> bool {
        false
    }

    /// Adds a batch whose predictions have a `mask` of bools: it is a part of the sample weights of a metric
    /// that heeds it, and nothing to one that does not.
    fn update_masked(
        &self,
        scope: &mut Scope,
        y_true: &Tensor,
        y_pred: &Tensor,
        sample_weight: Option<&Tensor>,
        mask: Option<&Tensor>,
    ) {
        let mask = mask.filter(|_| self.heeds_mask());
        // Predictions may be whole numbers; weights are not.
        let weight = losses::merge(&y_pred.cast(DType::F32), sample_weight, mask, false);
        self.update(scope, y_true, y_pred, weight.as_ref());
    }

    /// The figure (a scalar, or one number a class or threshold), from the totals alone; called in
    /// the same part of the model, but in a graph of its own.
    fn result(&self, scope: &mut Scope) -> Tensor;

    /// The name it is reported under: `accuracy`.
    fn name(&self) -> &str;

    /// Changes the name it is reported under.
    fn set_name(&mut self, name: String);

    /// Which way the figure gets better, for callbacks that wait for the best; `None` where neither way
    /// is. Down, as for losses, unless a metric says otherwise.
    fn better(&self) -> Option<Better> {
        Some(Better::Lower)
    }
}

/// Which way a figure gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Down: losses, errors.
    Lower,
    /// Up: accuracies, scores.
    Higher,
}

/// Options that every metric has.
pub trait MetricOptions: Metric + Sized {
    /// The same, reported under another name.
    fn named(mut self, name: impl Into<String>) -> Self {
        self.set_name(name.into());
        self
    }
}

impl<M: Metric> MetricOptions for M {}

/// Any metric.
pub type AnyMetric = Any<dyn Metric>;

impl<M: Metric + 'static> From<M> for AnyMetric {
    fn from(metric: M) -> AnyMetric {
        Any::new(Arc::new(metric))
    }
}

impl Kind for dyn Metric {
    const WORD: &'static str = "metric";
    const MODULE: &'static str = "keras.metrics";
    fn registry() -> &'static [Entry<dyn Metric>] {
        METRICS
    }
}

/// The metric that a user's `name` means for labels and predictions of these shapes, of which the
/// first axis is the batch. It is reported under that name.
///
/// `accuracy` (or `acc`) is binary for one probability a sample, sparse for labels that are numbers
/// of classes, else categorical: by the shapes alone, as in Keras. `crossentropy` (or `ce`) is
/// chosen alike, and takes logits if `loss` does. Any other name is looked up.
///
/// # Errors
/// If there is no metric of that name.
pub fn for_model(
    name: &str,
    loss: Option<&AnyLoss>,
    y_true: &Shape,
    y_pred: &Shape,
) -> Result<AnyMetric, String> {
    let form = Form::of(y_true, y_pred);
    let lower = name.to_lowercase();
    let class = match (lower.as_str(), form) {
        ("accuracy" | "acc", Form::Binary) => "BinaryAccuracy",
        ("accuracy" | "acc", Form::Sparse) => "SparseCategoricalAccuracy",
        ("accuracy" | "acc", Form::Categorical) => "CategoricalAccuracy",
        ("crossentropy" | "ce", Form::Binary) => "BinaryCrossentropy",
        ("crossentropy" | "ce", Form::Sparse) => "SparseCategoricalCrossentropy",
        ("crossentropy" | "ce", Form::Categorical) => "CategoricalCrossentropy",
        _ => name,
    };
    let logits = loss.and_then(|loss| loss.config().get("from_logits").cloned());
    let config = match (lower.as_str(), logits) {
        ("crossentropy" | "ce", Some(from_logits)) => json!({"name": name, "from_logits": from_logits}),
        _ => json!({"name": name}),
    };
    AnyMetric::from_name(class, config)
}

/// The dtype that metrics count in, which is always `float32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Float32;

impl Serialize for Float32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("float32")
    }
}

impl<'de> Deserialize<'de> for Float32 {
    /// Reads the name, or a Keras `DTypePolicy` of that name.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Float32, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let name = value.pointer("/config/name").unwrap_or(&value);
        match name.as_str() {
            Some("float32") => Ok(Float32),
            None if name.is_null() => Ok(Float32),
            _ => Err(D::Error::custom(format!("metrics count in float32, not {name}"))),
        }
    }
}

/// The dtype that a metric counts in where Keras leaves the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Number {
    /// Whole numbers: weights lose what is behind the point.
    #[default]
    Int32,
    /// Any numbers.
    Float32,
}

impl Number {
    /// The dtype of tensors.
    pub(super) fn dtype(self) -> DType {
        match self {
            Number::Int32 => DType::I32,
            Number::Float32 => DType::F32,
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    /// Reads the name, or a Keras `DTypePolicy` of that name.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let name = value.pointer("/config/name").unwrap_or(&value);
        match name.as_str() {
            Some("int" | "int32") => Ok(Number::Int32),
            Some("float32") => Ok(Number::Float32),
            None if name.is_null() => Ok(Number::Int32),
            _ => Err(D::Error::custom(format!("this metric counts in int32 or float32, not {name}"))),
        }
    }
}
