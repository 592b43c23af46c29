//! Gradient descent, with momentum if asked for.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `w -= learning_rate g`.
///
/// With `momentum` a velocity `v = momentum v - learning_rate g` is kept and `w += v`; with `nesterov`
/// instead `w += momentum v - learning_rate g`. Agrees with Keras's `SGD`.
///
/// ```
/// use cornu::optimizers::SGD;
/// use cornu::schedules::CosineDecay;
/// let sgd = SGD::new(CosineDecay::new(0.1, 10_000.0)).momentum(0.9).nesterov();
/// assert!(sgd.nesterov);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SGD {
    /// What all optimizers have; the learning rate is 0.01 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<SGD, _>")]
    pub settings: Settings,
    /// How much of its velocity a weight keeps, from 0 to 1; 0 by default.
    pub momentum: f64,
    /// Whether momentum is Nesterov's; false by default.
    pub nesterov: bool,
}

impl Default for SGD {
    fn default() -> SGD {
        SGD { settings: Settings::new("sgd", 0.01), momentum: 0.0, nesterov: false }
    }
}

impl SGD {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> SGD {
        let mut optimizer = SGD::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `momentum`.
    pub fn momentum(mut self, momentum: f64) -> SGD {
        self.momentum = momentum;
        self
    }

    /// The same with Nesterov's momentum.
    pub fn nesterov(mut self) -> SGD {
        self.nesterov = true;
        self
    }
}

impl Named for SGD {
    const NAME: &'static str = "SGD";
    const ALIASES: &'static [&'static str] = &["sgd"];
    const SUMMARY: &'static str = "Gradient descent, with momentum if asked for";
}

impl Optimizer for SGD {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        match self.momentum {
            0.0 => Vec::new(),
            _ => vec![vec![Slot::new("momentum")]],
        }
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let move_by = gradient * step.learning_rate();
        if self.momentum == 0.0 {
            return weight - move_by;
        }
        let velocity = step.slot("momentum") * self.momentum - &move_by;
        step.set("momentum", &velocity);
        match self.nesterov {
            true => weight + (velocity * self.momentum - move_by),
            false => weight + velocity,
        }
    }
}
