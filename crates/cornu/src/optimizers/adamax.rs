//! Adam with the greatest gradient in place of the mean square.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `m += (1 - beta_1) (g - m)`; `u = max(beta_2 u, |g|)`;
/// `w -= learning_rate m / ((1 - beta_1^t) (u + epsilon))` at the `t`th update.
///
/// Agrees with Keras's `Adamax` (Kingma and Ba, *Adam*, 2014, section 7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adamax {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Adamax, _>")]
    pub settings: Settings,
    /// How slowly the mean of gradients moves; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the greatest gradient is forgotten; 0.999 by default.
    pub beta_2: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
}

impl Default for Adamax {
    fn default() -> Adamax {
        Adamax { settings: Settings::new("adamax", 0.001), beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl Adamax {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Adamax {
        let mut optimizer = Adamax::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> Adamax {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> Adamax {
        self.beta_2 = beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Adamax {
        self.epsilon = epsilon;
        self
    }
}

impl Named for Adamax {
    const NAME: &'static str = "Adamax";
    const ALIASES: &'static [&'static str] = &["adamax"];
    const SUMMARY: &'static str = "Adam with the greatest gradient in place of the mean square";
}

impl Optimizer for Adamax {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::new("momentum"), Slot::new("norm")]]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let t = step.number();
        let mean = step.running_mean("momentum", gradient, self.beta_1);
        let norm = (step.slot("norm") * self.beta_2).maximum(gradient.abs());
        step.set("norm", &norm);
        let rate = step.learning_rate() / (1.0 - t.number(self.beta_1).pow(&t));
        weight - mean * rate / (norm + self.epsilon)
    }
}
