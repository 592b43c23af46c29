//! Gradient descent by running means of gradients and of their squares.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `m += (1 - beta_1) (g - m)`; `v += (1 - beta_2) (g² - v)`;
/// `w -= a m / (sqrt(v) + epsilon)` with `a = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)` at the
/// `t`th update. With `amsgrad` the greatest `v` so far takes the place of `v`.
///
/// Agrees with Keras's `Adam` (Kingma and Ba, *Adam*, 2014; Reddi et al., *On the convergence of Adam*,
/// 2018).
///
/// ```
/// use cornu::optimizers::Adam;
/// assert_eq!(Adam::new(0.01).beta_1(0.8).beta_1, 0.8);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adam {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Adam, _>")]
    pub settings: Settings,
    /// How slowly the mean of gradients moves; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the mean of their squares moves; 0.999 by default.
    pub beta_2: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
    /// Whether the greatest mean of squares so far is used; false by default.
    pub amsgrad: bool,
}

impl Default for Adam {
    fn default() -> Adam {
        Adam {
            settings: Settings::new("adam", 0.001),
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
            amsgrad: false,
        }
    }
}

impl Adam {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Adam {
        let mut optimizer = Adam::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> Adam {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> Adam {
        self.beta_2 = beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Adam {
        self.epsilon = epsilon;
        self
    }

    /// The same, in the AMSGrad variant.
    pub fn amsgrad(mut self) -> Adam {
        self.amsgrad = true;
        self
    }
}

impl Named for Adam {
    const NAME: &'static str = "Adam";
    const ALIASES: &'static [&'static str] = &["adam"];
    const SUMMARY: &'static str = "Running means of gradients and of their squares";
}

impl Optimizer for Adam {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        let mut slots = vec![vec![Slot::new("momentum"), Slot::new("velocity")]];
        if self.amsgrad {
            slots.push(vec![Slot::new("velocity_hat")]);
        }
        slots
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let t = step.number();
        let power = |beta: f64| t.number(beta).pow(&t);
        let rate = step.learning_rate() * (1.0 - power(self.beta_2)).sqrt() / (1.0 - power(self.beta_1));
        let mean = step.running_mean("momentum", gradient, self.beta_1);
        let mut square = step.running_mean("velocity", &gradient.square(), self.beta_2);
        if self.amsgrad {
            square = square.maximum(step.slot("velocity_hat"));
            step.set("velocity_hat", &square);
        }
        weight - mean * rate / (square.sqrt() + self.epsilon)
    }
}
