//! What an optimizer works with while it updates one weight.

use cornu_graph::{DType, Tensor};

/// What an optimizer works with while it updates one weight: its slots, the learning rate, and how
/// many updates there have been.
pub struct OptimizerStep {
    pub(super) learning_rate: Tensor,
    pub(super) iterations: Tensor,
    pub(super) dtype: DType,
    pub(super) before: Tensor,
    pub(super) slots: Vec<(&'static str, Tensor)>,
    pub(super) updates: Vec<(Tensor, Tensor)>,
}

impl OptimizerStep {
    /// The learning rate of this step, a scalar of the weight's dtype.
    pub fn learning_rate(&self) -> Tensor {
        self.learning_rate.cast(self.dtype)
    }

    /// Multiplies the learning rate of this update.
    pub fn scale_learning_rate(&mut self, factor: f64) {
        self.learning_rate = &self.learning_rate * factor;
    }

    /// How many updates there have been before this one, an `i64` scalar.
    pub fn iterations(&self) -> Tensor {
        self.iterations.clone()
    }

    /// The number of this update, counted from 1, a scalar of the weight's dtype.
    pub fn number(&self) -> Tensor {
        (&self.iterations + 1.0).cast(self.dtype)
    }

    /// The weight as the step found it, before it decayed.
    pub fn before(&self) -> Tensor {
        self.before.clone()
    }

    /// Whether the weight has a slot of this name.
    pub fn has(&self, name: &str) -> bool {
        self.slots.iter().any(|(known, _)| *known == name)
    }

    /// The value of a slot, or of a scalar, before this update.
    pub fn slot(&self, name: &str) -> Tensor {
        match self.slots.iter().find(|(known, _)| *known == name) {
            Some((_, slot)) => slot.clone(),
            None => self.iterations.builder().fail(format!("the optimizer has no slot `{name}`")),
        }
    }

    /// Gives a slot, or a scalar, its value after this update.
    pub fn set(&mut self, name: &str, value: &Tensor) {
        let slot = self.slot(name);
        self.updates.push((slot, value.clone()));
    }

    /// A slot's running mean after this update: `x` moves the old one by `1 - keep` of their
    /// difference. It is set and returned.
    pub fn running_mean(&mut self, name: &str, x: &Tensor, keep: f64) -> Tensor {
        let mean = self.slot(name);
        let moved = &mean + (x - &mean) * (1.0 - keep);
        self.set(name, &moved);
        moved
    }
}
