//! The trait that every optimizer implements.

use super::{OPTIMIZERS, OptimizerStep, RateMultipliers, Settings, apply};
use crate::registry::{Any, Entry, Item, Kind};
use crate::scope::Scope;
use crate::variables::{Variable, Variables};
use cornu_graph::{Tensor, Type};
use std::sync::Arc;

/// A rule that turns gradients into new weights.
///
/// To add one: a file in this folder with a struct whose fields are its config, and its two lines
/// in `mod.rs`. What all optimizers have in common is done for it; one that hands weights on to others
/// overrides [`Optimizer::apply`].
pub trait Optimizer: Item {
    /// The settings that all optimizers share.
    fn settings(&self) -> &Settings;

    /// The settings that all optimizers share, to change.
    fn settings_mut(&mut self) -> &mut Settings;

    /// What is wrong with the optimizer, if anything is.
    fn mistake(&self) -> Option<String> {
        self.settings().mistake()
    }

    /// What is kept for a weight between steps.
    ///
    /// Keras's files hold an optimizer's variables in order of creation, without names. The lists
    /// give that order: first list, first weight, all slots; first list, second weight, all slots;
    /// and so on.
    fn slots(&self, _weight: &Variable) -> Vec<Vec<Slot>> {
        Vec::new()
    }

    /// What is kept once for all weights; Keras creates these after all slots.
    fn scalars(&self) -> Vec<Slot> {
        Vec::new()
    }

    /// The part of a weight, times the learning rate, that is taken from it before each update.
    fn weight_decay(&self, _weight: &Variable) -> Option<f64> {
        self.settings().weight_decay
    }

    /// The new value of one weight, from its gradient. New values of slots are set in `step`.
    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor;

    /// The loss as gradients are computed of it, before [`Optimizer::apply`].
    fn scale_loss(&self, _scope: &mut Scope, loss: &Tensor) -> Tensor {
        self.settings().scale_loss(loss)
    }

    /// Describes one step: the new value of each weight, a tensor out of [`Scope::parameters`], from
    /// its gradient. All that changes is noted with [`Scope::update`].
    ///
    /// In Keras's order: gradients are divided by `loss_scale_factor`; where gradients are
    /// accumulated, their sum is kept, and what follows changes nothing but every
    /// `gradient_accumulation_steps`th step, when their mean is used; gradients are clipped; weights
    /// decay; the optimizer updates them; moving averages move, and may overwrite their weights;
    /// constraints are applied; the number of steps grows by one.
    ///
    /// Variables are named after the optimizer, `adam/iteration`, and come in the order in which
    /// Keras creates them, which is the order of its files: `iteration`; `learning_rate`, unless that
    /// is a schedule; an `average` for each weight, if averages are kept; a `gradient_accumulator` for
    /// each weight, if gradients are accumulated; [`Optimizer::slots`]; [`Optimizer::scalars`].
    fn apply(&self, scope: &mut Scope, gradients: &[(Tensor, Tensor)], multipliers: &RateMultipliers) {
        apply::step(self, scope, gradients, multipliers);
    }

    /// The numbers of weights and of their moving averages, by which `fit` overwrites the weights when
    /// it ends; none unless averages are kept.
    fn averages(&self, variables: &Variables) -> Vec<(usize, usize)> {
        apply::averages(self.settings(), variables)
    }

    /// The optimizers that this one hands weights on to.
    fn inner(&self) -> Vec<&AnyOptimizer> {
        Vec::new()
    }
}

/// The settings whose learning rate is the one in force: the optimizer's own, or those of the one that
/// it wraps. `None` if there are several.
pub fn leading(optimizer: &dyn Optimizer) -> Option<&Settings> {
    match optimizer.inner()[..] {
        [] => Some(optimizer.settings()),
        [inner] => leading(&**inner),
        _ => None,
    }
}

/// A variable that an optimizer keeps for a weight between steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// What Keras calls it: `momentum`.
    pub name: &'static str,
    /// The number that fills it before the first step.
    pub start: f64,
    /// Its type, where that is not the weight's.
    pub ty: Option<Type>,
}

impl Slot {
    /// A slot that starts at zero.
    pub fn new(name: &'static str) -> Slot {
        Slot::starting(name, 0.0)
    }

    /// A slot that starts at `start`.
    pub fn starting(name: &'static str, start: f64) -> Slot {
        Slot { name, start, ty: None }
    }

    /// The same with a type that is not the weight's.
    pub fn of_type(mut self, ty: Type) -> Slot {
        self.ty = Some(ty);
        self
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
