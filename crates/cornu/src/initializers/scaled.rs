//! The trait of initializers that are variance scaling with settings of their own.

use super::{AnyInitializer, Initializer, VarianceScaling};
use crate::registry::Item;
use cornu_graph::Shape;
use cornu_graph::philox::Random;

/// An [`Initializer`] that is [`VarianceScaling`] with settings of its own.
pub trait Scaled: Item {
    /// With which settings.
    fn scaling(&self) -> VarianceScaling;
}

impl<T: Scaled> Initializer for T {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        self.scaling().values(shape, random)
    }

    fn seed(&self) -> Option<i64> {
        self.scaling().seed
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        self.scaling().check(shape)
    }

    fn with_fans(&self, fans: [usize; 2]) -> Option<AnyInitializer> {
        self.scaling().with_fans(fans)
    }
}
