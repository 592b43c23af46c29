//! What a model is trained with: optimizer, losses, metrics.

use super::TrainStep;
use crate::error::{Error, Result};
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::optimizers::{Optimizer, RateMultipliers};
use crate::registry::{Any, Kind};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// An item, or the name of one: `Adam::default()` or `"adam"`.
pub enum Choice<T: ?Sized> {
    /// The name, to be looked up in the registry.
    Name(String),
    /// The item.
    Item(Any<T>),
}

impl<T: ?Sized> Clone for Choice<T> {
    fn clone(&self) -> Choice<T> {
        match self {
            Choice::Name(name) => Choice::Name(name.clone()),
            Choice::Item(item) => Choice::Item(item.clone()),
        }
    }
}

impl<T: Kind + ?Sized> fmt::Debug for Choice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::Name(name) => name.fmt(f),
            Choice::Item(item) => item.fmt(f),
        }
    }
}

impl<T: Kind + ?Sized> Choice<T> {
    /// The item, looked up if need be.
    ///
    /// # Errors
    /// If the registry lists no such name.
    #[track_caller]
    pub fn item(&self) -> Result<Any<T>> {
        match self {
            Choice::Name(name) => match Any::from_name(name, Value::Null) {
                Ok(item) => Ok(item),
                Err(message) => Err(Error::argument(message)),
            },
            Choice::Item(item) => Ok(item.clone()),
        }
    }

    /// As Keras writes it.
    pub fn to_json(&self) -> Value {
        match self {
            Choice::Name(name) => Value::String(name.clone()),
            Choice::Item(item) => item.to_json(),
        }
    }

    /// From what Keras writes.
    ///
    /// # Errors
    /// If it is neither a name nor an item that the registry lists.
    pub fn from_json(value: Value) -> Result<Choice<T>, String> {
        match value {
            Value::String(name) => Ok(Choice::Name(name)),
            value => Any::from_json(value).map(Choice::Item),
        }
    }
}

impl<T: ?Sized> From<&str> for Choice<T> {
    fn from(name: &str) -> Choice<T> {
        Choice::Name(name.into())
    }
}

impl<T: ?Sized> From<String> for Choice<T> {
    fn from(name: String) -> Choice<T> {
        Choice::Name(name)
    }
}

impl<T: ?Sized> From<Any<T>> for Choice<T> {
    fn from(item: Any<T>) -> Choice<T> {
        Choice::Item(item)
    }
}

impl<L: Loss + 'static> From<L> for Choice<dyn Loss> {
    fn from(loss: L) -> Self {
        Choice::Item(Any::new(Arc::new(loss)))
    }
}

impl<M: Metric + 'static> From<M> for Choice<dyn Metric> {
    fn from(metric: M) -> Self {
        Choice::Item(Any::new(Arc::new(metric)))
    }
}

impl<O: Optimizer + 'static> From<O> for Choice<dyn Optimizer> {
    fn from(optimizer: O) -> Self {
        Choice::Item(Any::new(Arc::new(optimizer)))
    }
}

/// What a model is trained with. Agrees with the arguments of Keras's `compile`.
///
/// ```
/// use cornu::{Compile, losses::Huber, optimizers::Adam};
/// let by_name = Compile::new("adam", "mse").metrics(["mae"]);
/// let by_value = Compile::new(Adam::new(0.01), Huber::default());
/// ```
#[derive(Clone, Debug)]
pub struct Compile {
    pub(crate) optimizer: Choice<dyn Optimizer>,
    pub(crate) losses: Vec<Choice<dyn Loss>>,
    pub(crate) loss_weights: Option<Vec<f64>>,
    /// For each output; one list serves all.
    pub(crate) metrics: Vec<Vec<Choice<dyn Metric>>>,
    pub(crate) weighted_metrics: Vec<Vec<Choice<dyn Metric>>>,
    pub(crate) rate_multipliers: RateMultipliers,
    pub(crate) step: Option<Arc<dyn TrainStep>>,
}

impl Compile {
    /// An optimizer and the loss of every output.
    pub fn new(optimizer: impl Into<Choice<dyn Optimizer>>, loss: impl Into<Choice<dyn Loss>>) -> Compile {
        Compile {
            optimizer: optimizer.into(),
            losses: vec![loss.into()],
            loss_weights: None,
            metrics: Vec::new(),
            weighted_metrics: Vec::new(),
            rate_multipliers: RateMultipliers::default(),
            step: None,
        }
    }

    /// A loss for each output, in order.
    pub fn losses<L: Into<Choice<dyn Loss>>>(mut self, losses: impl IntoIterator<Item = L>) -> Compile {
        self.losses = losses.into_iter().map(Into::into).collect();
        self
    }

    /// What each output's loss counts for in the sum that is minimized; 1 by default.
    pub fn loss_weights(mut self, weights: impl IntoIterator<Item = f64>) -> Compile {
        self.loss_weights = Some(weights.into_iter().collect());
        self
    }

    /// Metrics, of every output.
    pub fn metrics<M: Into<Choice<dyn Metric>>>(mut self, metrics: impl IntoIterator<Item = M>) -> Compile {
        self.metrics = vec![metrics.into_iter().map(Into::into).collect()];
        self
    }

    /// Metrics of the outputs: one list for each, in order.
    pub fn metrics_of_outputs(mut self, metrics: Vec<Vec<Choice<dyn Metric>>>) -> Compile {
        self.metrics = metrics;
        self
    }

    /// Metrics of every output that sample weights and class weights count in.
    pub fn weighted_metrics<M: Into<Choice<dyn Metric>>>(
        mut self,
        metrics: impl IntoIterator<Item = M>,
    ) -> Compile {
        self.weighted_metrics = vec![metrics.into_iter().map(Into::into).collect()];
        self
    }

    /// Weighted metrics of the outputs: one list for each, in order.
    pub fn weighted_metrics_of_outputs(mut self, metrics: Vec<Vec<Choice<dyn Metric>>>) -> Compile {
        self.weighted_metrics = metrics;
        self
    }

    /// Another learning rate for a part of the model: `factor` times the optimizer's, for all weights
    /// whose path begins with `path` (a layer's name, or a longer path as [`Variables`] list them); 0
    /// leaves them as they are. `.keras` files have no place for it: give it again after loading.
    ///
    /// ```
    /// use cornu::{Compile, optimizers::Adam};
    /// let compile = Compile::new(Adam::new(0.001), "mse").learning_rate_multiplier("encoder", 0.1);
    /// ```
    ///
    /// [`Variables`]: crate::variables::Variables
    pub fn learning_rate_multiplier(mut self, path: impl Into<String>, factor: f64) -> Compile {
        self.rate_multipliers = self.rate_multipliers.with(path, factor);
        self
    }

    /// A training step of one's own in the place of the one that minimizes the losses of the outputs.
    /// Inputs and targets are then whatever that step takes. `.keras` files have no place for it: give
    /// it again after loading.
    pub fn step(mut self, step: impl TrainStep + 'static) -> Compile {
        self.step = Some(Arc::new(step));
        self
    }

    /// The loss of an output.
    pub fn loss_of(&self, output: usize) -> Option<&Choice<dyn Loss>> {
        Compile::of_output(&self.losses, output)
    }

    /// The entry for output `i` of a list that has one for each, or one for all.
    pub(crate) fn of_output<T>(list: &[T], i: usize) -> Option<&T> {
        if list.len() == 1 { list.first() } else { list.get(i) }
    }
}
