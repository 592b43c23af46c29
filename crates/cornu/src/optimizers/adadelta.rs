//! Gradient descent that finds its rate from how far it has moved.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `a = rho a + (1 - rho) g²`; `d = -sqrt(b + epsilon) g / sqrt(a + epsilon)`;
/// `b = rho b + (1 - rho) d²`; `w += learning_rate d`.
///
/// Agrees with Keras's `Adadelta` (Zeiler, *ADADELTA*, 2012), whose learning rate is 0.001; the paper's
/// is 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adadelta {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Adadelta, _>")]
    pub settings: Settings,
    /// How slowly the means of squares move; 0.95 by default.
    pub rho: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
}

impl Default for Adadelta {
    fn default() -> Adadelta {
        Adadelta { settings: Settings::new("adadelta", 0.001), rho: 0.95, epsilon: 1e-7 }
    }
}

impl Adadelta {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Adadelta {
        let mut optimizer = Adadelta::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `rho`.
    pub fn rho(mut self, rho: f64) -> Adadelta {
        self.rho = rho;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Adadelta {
        self.epsilon = epsilon;
        self
    }
}

impl Named for Adadelta {
    const NAME: &'static str = "Adadelta";
    const ALIASES: &'static [&'static str] = &["adadelta"];
    const SUMMARY: &'static str = "Finds its rate from how far it has moved";
}

impl Optimizer for Adadelta {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::new("accumulated_grad"), Slot::new("accumulated_delta_var")]]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let mean = |old: Tensor, x: &Tensor| old * self.rho + x.square() * (1.0 - self.rho);
        let squares = mean(step.slot("accumulated_grad"), gradient);
        step.set("accumulated_grad", &squares);
        let moved = step.slot("accumulated_delta_var");
        let delta = -((&moved + self.epsilon).sqrt() * gradient / (squares + self.epsilon).sqrt());
        step.set("accumulated_delta_var", &mean(moved, &delta));
        weight + delta * step.learning_rate()
    }
}
