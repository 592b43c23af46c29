//! Gradient descent by gradients divided by their root mean square.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `v = rho v + (1 - rho) g²`; `w -= learning_rate g / sqrt(v + epsilon)`.
///
/// With `centered` the square of the running mean of gradients is taken from `v`; with `momentum` a
/// velocity `m = momentum m + learning_rate g / sqrt(..)` is kept and `w -= m`. Agrees with Keras's
/// `RMSprop` (Hinton, *Neural networks for machine learning*, lecture 6e, 2012).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RMSprop {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<RMSprop, _>")]
    pub settings: Settings,
    /// How slowly the mean of squares moves; 0.9 by default.
    pub rho: f64,
    /// How much of its velocity a weight keeps; 0 by default.
    pub momentum: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
    /// Whether gradients are normalized by their variance; false by default.
    pub centered: bool,
}

impl Default for RMSprop {
    fn default() -> RMSprop {
        RMSprop {
            settings: Settings::new("rm_sprop", 0.001),
            rho: 0.9,
            momentum: 0.0,
            epsilon: 1e-7,
            centered: false,
        }
    }
}

impl RMSprop {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> RMSprop {
        let mut optimizer = RMSprop::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `rho`.
    pub fn rho(mut self, rho: f64) -> RMSprop {
        self.rho = rho;
        self
    }

    /// The same with another `momentum`.
    pub fn momentum(mut self, momentum: f64) -> RMSprop {
        self.momentum = momentum;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> RMSprop {
        self.epsilon = epsilon;
        self
    }

    /// The same, with gradients normalized by their variance.
    pub fn centered(mut self) -> RMSprop {
        self.centered = true;
        self
    }
}

impl Named for RMSprop {
    const NAME: &'static str = "RMSprop";
    const ALIASES: &'static [&'static str] = &["rmsprop"];
    const SUMMARY: &'static str = "Gradients divided by their root mean square";
}

impl Optimizer for RMSprop {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        let mut slots = vec![vec![Slot::new("velocity")]];
        if self.momentum > 0.0 {
            slots.push(vec![Slot::new("momentum")]);
        }
        if self.centered {
            slots.push(vec![Slot::new("average_gradient")]);
        }
        slots
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let velocity = step.slot("velocity") * self.rho + gradient.square() * (1.0 - self.rho);
        step.set("velocity", &velocity);
        let mut denominator = velocity + self.epsilon;
        if self.centered {
            let mean = step.slot("average_gradient") * self.rho + gradient * (1.0 - self.rho);
            step.set("average_gradient", &mean);
            denominator = denominator - mean.square();
        }
        let move_by = gradient * step.learning_rate() / denominator.sqrt();
        if self.momentum <= 0.0 {
            return weight - move_by;
        }
        let momentum = step.slot("momentum") * self.momentum + move_by;
        step.set("momentum", &momentum);
        weight - momentum
    }
}
