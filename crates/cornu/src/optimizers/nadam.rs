//! Adam with Nesterov's momentum.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// With `u(t) = beta_1 (1 - 0.96^t / 2)` and `U(t)` the product of `u(1)` to `u(t)`, at the `t`th update:
/// `m += (1 - beta_1) (g - m)`; `v += (1 - beta_2) (g² - v)`;
/// `n = u(t + 1) m / (1 - U(t + 1)) + (1 - u(t)) g / (1 - U(t))`;
/// `w -= learning_rate n / (sqrt(v / (1 - beta_2^t)) + epsilon)`.
///
/// Agrees with Keras's `Nadam` (Dozat, *Incorporating Nesterov momentum into Adam*, 2016).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Nadam {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Nadam, _>")]
    pub settings: Settings,
    /// How slowly the mean of gradients moves; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the mean of their squares moves; 0.999 by default.
    pub beta_2: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
}

impl Default for Nadam {
    fn default() -> Nadam {
        Nadam { settings: Settings::new("nadam", 0.001), beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl Nadam {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Nadam {
        let mut optimizer = Nadam::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> Nadam {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> Nadam {
        self.beta_2 = beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Nadam {
        self.epsilon = epsilon;
        self
    }
}

impl Named for Nadam {
    const NAME: &'static str = "Nadam";
    const ALIASES: &'static [&'static str] = &["nadam"];
    const SUMMARY: &'static str = "Adam with Nesterov's momentum";
}

impl Optimizer for Nadam {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::new("momentum"), Slot::new("velocity")]]
    }

    fn scalars(&self) -> Vec<Slot> {
        vec![Slot::starting("u_product", 1.0)]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let t = step.number();
        let u = |t: &Tensor| (1.0 - t.number(0.96).pow(t) * 0.5) * self.beta_1;
        let (now, next) = (u(&t), u(&(&t + 1.0)));
        let product = step.slot("u_product").cast(t.dtype()) * &now;
        step.set("u_product", &product.cast(step.slot("u_product").dtype()));
        let mean = step.running_mean("momentum", gradient, self.beta_1);
        let square = step.running_mean("velocity", &gradient.square(), self.beta_2);
        let ahead = mean * (&next / (1.0 - &product * &next)) + gradient * ((1.0 - now) / (1.0 - product));
        let scaled = square / (1.0 - t.number(self.beta_2).pow(&t));
        weight - ahead * step.learning_rate() / (scaled.sqrt() + self.epsilon)
    }
}
