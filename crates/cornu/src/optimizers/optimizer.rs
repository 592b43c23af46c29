//! The trait that every optimizer implements.

use super::{OPTIMIZERS, OptimizerStep, Settings};
use crate::registry::{Any, Entry, Item, Kind};
use cornu_graph::Tensor;
use std::sync::Arc;

/// A rule that turns gradients into new weights.
///
/// To add one: a file in this folder with a struct whose fields are its config, and its two lines
/// in `mod.rs`. [`apply`](super::apply) does what all optimizers have in common.
pub trait Optimizer: Item {
    /// The settings that all optimizers share.
    fn settings(&self) -> &Settings;

    /// The settings that all optimizers share, to change.
    fn settings_mut(&mut self) -> &mut Settings;

    /// What is kept for each weight between steps.
    ///
    /// Keras's files hold an optimizer's variables in order of creation, without names. The lists
    /// give that order: first list, first weight, all slots; first list, second weight, all slots;
    /// and so on.
    fn slots(&self) -> Vec<Vec<Slot>> {
        Vec::new()
    }

    /// What is kept once for all weights; Keras creates these after all slots.
    fn scalars(&self) -> Vec<Slot> {
        Vec::new()
    }

    /// The new value of one weight, from its gradient. New values of slots are set in `step`.
    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor;
}

/// A variable that an optimizer keeps between steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// What Keras calls it: `momentum`.
    pub name: &'static str,
    /// The number that fills it before the first step.
    pub start: f64,
}

impl Slot {
    /// A slot that starts at zero.
    pub fn new(name: &'static str) -> Slot {
        Slot { name, start: 0.0 }
    }

    /// A slot that starts at `start`.
    pub fn starting(name: &'static str, start: f64) -> Slot {
        Slot { name, start }
    }
}

/// Any optimizer.
pub type AnyOptimizer = Any<dyn Optimizer>;

impl<O: Optimizer + 'static> From<O> for AnyOptimizer {
    fn from(optimizer: O) -> AnyOptimizer {
        Any::new(Arc::new(optimizer))
    }
}

impl Kind for dyn Optimizer {
    const WORD: &'static str = "optimizer";
    const MODULE: &'static str = "keras.optimizers";
    fn registry() -> &'static [Entry<dyn Optimizer>] {
        OPTIMIZERS
    }
}
