//! Gradient descent with a rate of its own for each number, lower the more it has moved.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `a += g²`; `w -= learning_rate g / sqrt(a + epsilon)`.
///
/// Agrees with Keras's `Adagrad` (Duchi, Hazan and Singer, *Adaptive subgradient methods*, 2011).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adagrad {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Adagrad, _>")]
    pub settings: Settings,
    /// What the sums of squares start at; 0.1 by default.
    pub initial_accumulator_value: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
}

impl Default for Adagrad {
    fn default() -> Adagrad {
        Adagrad { settings: Settings::new("adagrad", 0.001), initial_accumulator_value: 0.1, epsilon: 1e-7 }
    }
}

impl Adagrad {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Adagrad {
        let mut optimizer = Adagrad::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `initial_accumulator_value`.
    pub fn initial_accumulator_value(mut self, initial_accumulator_value: f64) -> Adagrad {
        self.initial_accumulator_value = initial_accumulator_value;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Adagrad {
        self.epsilon = epsilon;
        self
    }
}

impl Named for Adagrad {
    const NAME: &'static str = "Adagrad";
    const ALIASES: &'static [&'static str] = &["adagrad"];
    const SUMMARY: &'static str = "A rate of its own for each number, lower the more it has moved";
}

impl Optimizer for Adagrad {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::starting("accumulator", self.initial_accumulator_value)]]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let accumulator = step.slot("accumulator") + gradient.square();
        step.set("accumulator", &accumulator);
        weight - gradient * step.learning_rate() / (accumulator + self.epsilon).sqrt()
    }
}
