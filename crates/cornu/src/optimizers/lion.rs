//! Gradient descent by signs alone.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `w -= learning_rate sign(beta_1 m + (1 - beta_1) g)`; `m = beta_2 m + (1 - beta_2) g`.
///
/// It wants a learning rate some 3 to 10 times lower than Adam's. Agrees with Keras's `Lion` (Chen et
/// al., *Symbolic discovery of optimization algorithms*, 2023).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lion {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Lion, _>")]
    pub settings: Settings,
    /// How much of the mean of gradients decides the sign; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the mean of gradients moves; 0.99 by default.
    pub beta_2: f64,
}

impl Default for Lion {
    fn default() -> Lion {
        Lion { settings: Settings::new("lion", 0.001), beta_1: 0.9, beta_2: 0.99 }
    }
}

impl Lion {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Lion {
        let mut optimizer = Lion::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> Lion {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> Lion {
        self.beta_2 = beta_2;
        self
    }
}

impl Named for Lion {
    const NAME: &'static str = "Lion";
    const ALIASES: &'static [&'static str] = &["lion"];
    const SUMMARY: &'static str = "Signs of running means of gradients alone";
}

impl Optimizer for Lion {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::new("momentum")]]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let mean = step.slot("momentum");
        step.set("momentum", &(&mean * self.beta_2 + gradient * (1.0 - self.beta_2)));
        let direction = (mean * self.beta_1 + gradient * (1.0 - self.beta_1)).sign();
        weight - direction * step.learning_rate()
    }
}
