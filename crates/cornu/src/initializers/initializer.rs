//! The trait that every initializer implements.

use crate::registry::{Any, Entry, Item, Kind};
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;
use std::sync::Arc;

/// How a weight starts.
pub trait Initializer: Item {
    /// The initial values of a weight of this shape, in row-major order: as many as
    /// [`Shape::size`] says, wherever [`check`](Initializer::check) accepts the shape.
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64>;

    /// The user's own seed; without one, values are drawn from the model's.
    fn seed(&self) -> Option<i64> {
        None
    }

    /// Whether the fields make sense, and weights of this shape can be made from them.
    ///
    /// # Errors
    /// What is expected, and what was got.
    fn check(&self, _shape: &Shape) -> Result<(), String> {
        Ok(())
    }

    /// The same for a weight with so many connections into and out of each unit, which its shape does
    /// not tell; `None` where they do not matter.
    fn with_fans(&self, _fans: [usize; 2]) -> Option<AnyInitializer> {
        None
    }
}

/// Any initializer, shared.
///
/// ```
/// use cornu::initializers::{AnyInitializer, HeNormal};
/// let initializer = AnyInitializer::from(HeNormal { seed: Some(7), ..Default::default() });
/// assert_eq!(initializer.class_name(), "HeNormal");
/// ```
pub type AnyInitializer = Any<dyn Initializer>;

impl<T: Initializer + 'static> From<T> for AnyInitializer {
    fn from(initializer: T) -> AnyInitializer {
        Any::new(Arc::new(initializer))
    }
}

impl Kind for dyn Initializer {
    const WORD: &'static str = "initializer";
    const MODULE: &'static str = "keras.initializers";
    fn registry() -> &'static [Entry<dyn Initializer>] {
        super::INITIALIZERS
    }
}

/// Reads a seed: a whole number, or null. Keras may write a generator's state in its place, which
/// means nothing to another generator and counts as no seed.
pub(crate) fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    match (&value, value.as_i64()) {
        (_, Some(seed)) => Ok(Some(seed)),
        (Value::Null | Value::Object(_), None) => Ok(None),
        _ => Err(D::Error::custom(format!("a seed is a whole number, got {value}"))),
    }
}
