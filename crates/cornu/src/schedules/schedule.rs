//! The trait that every schedule implements, and learning rates: numbers or schedules.

use super::SCHEDULES;
use crate::registry::{Any, Entry, Item, Kind};
use cornu_graph::Tensor;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;
use std::sync::Arc;

/// A learning rate that depends on the number of steps taken.
///
/// To add one: a file in this folder with a struct whose fields are its config, and its two lines
/// in `mod.rs`.
pub trait Schedule: Item {
    /// The learning rate at `step`, a float scalar that counts from 0; the result is one too.
    fn call(&self, step: &Tensor) -> Tensor;
}

/// Any schedule.
pub type AnySchedule = Any<dyn Schedule>;

impl<S: Schedule + 'static> From<S> for AnySchedule {
    fn from(schedule: S) -> AnySchedule {
        Any::new(Arc::new(schedule))
    }
}

impl Kind for dyn Schedule {
    const WORD: &'static str = "schedule";
    const MODULE: &'static str = "keras.optimizers.schedules";
    fn registry() -> &'static [Entry<dyn Schedule>] {
        SCHEDULES
    }
}

/// A learning rate: a number, or a schedule. In a config it is a number, or what Keras's
/// `serialize` gives for a schedule.
///
/// ```
/// use cornu::schedules::{ExponentialDecay, LearningRate};
/// assert_eq!(LearningRate::from(0.01), LearningRate::Constant(0.01));
/// let decay = LearningRate::from(ExponentialDecay::new(0.1, 1000.0, 0.96));
/// assert!(matches!(decay, LearningRate::Schedule(_)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum LearningRate {
    /// The same at every step, unless a callback changes it.
    Constant(f64),
    /// Computed from the number of steps taken.
    Schedule(AnySchedule),
}

impl LearningRate {
    /// The rate before the first step, where that is known without running anything.
    pub fn constant(&self) -> Option<f64> {
        match self {
            LearningRate::Constant(rate) => Some(*rate),
            LearningRate::Schedule(_) => None,
        }
    }
}

impl From<f64> for LearningRate {
    fn from(rate: f64) -> LearningRate {
        LearningRate::Constant(rate)
    }
}

impl From<AnySchedule> for LearningRate {
    fn from(schedule: AnySchedule) -> LearningRate {
        LearningRate::Schedule(schedule)
    }
}

impl<S: Schedule + 'static> From<S> for LearningRate {
    fn from(schedule: S) -> LearningRate {
        LearningRate::Schedule(schedule.into())
    }
}

impl Serialize for LearningRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            LearningRate::Constant(rate) => rate.serialize(serializer),
            LearningRate::Schedule(schedule) => schedule.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LearningRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LearningRate, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Number(rate) => {
                let rate = rate.as_f64().ok_or_else(|| D::Error::custom("the learning rate is no number"))?;
                Ok(LearningRate::Constant(rate))
            }
            other => AnySchedule::from_json(other).map(LearningRate::Schedule).map_err(D::Error::custom),
        }
    }
}
