//! Adam whose steps are as long as the weights are.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// With `m` and `v` as in [`Adam`](super::Adam), at the `t`th update:
/// `u = (m / (1 - beta_1^t)) / (sqrt(v / (1 - beta_2^t)) + epsilon)`;
/// `w -= learning_rate (|w| / |u|) u`, with the quotient of norms 1 where either is 0.
///
/// Agrees with Keras's `Lamb` (You et al., *Large batch optimization for deep learning*, 2019).
///
/// ```
/// use cornu::optimizers::Lamb;
/// assert_eq!(Lamb::new(0.01).beta_1(0.8).beta_1, 0.8);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lamb {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Lamb, _>")]
    pub settings: Settings,
    /// How slowly the mean of gradients moves; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the mean of their squares moves; 0.999 by default.
    pub beta_2: f64,
    /// What keeps the quotient finite; 1e-7 by default.
    pub epsilon: f64,
}

impl Default for Lamb {
    fn default() -> Lamb {
        Lamb { settings: Settings::new("lamb", 0.001), beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl Lamb {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Lamb {
        let mut optimizer = Lamb::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> Lamb {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> Lamb {
        self.beta_2 = beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Lamb {
        self.epsilon = epsilon;
        self
    }
}

impl Named for Lamb {
    const NAME: &'static str = "Lamb";
    const ALIASES: &'static [&'static str] = &["lamb"];
    const SUMMARY: &'static str = "Adam whose steps are as long as the weights are";
}

impl Optimizer for Lamb {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::new("momentum"), Slot::new("velocity")]]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let t = step.number();
        let correction = |beta: f64| 1.0 - t.number(beta).pow(&t);
        let mean = step.running_mean("momentum", gradient, self.beta_1) / correction(self.beta_1);
        let square = step.running_mean("velocity", &gradient.square(), self.beta_2) / correction(self.beta_2);
        let update = mean / (square.sqrt() + self.epsilon);
        let norm = |x: &Tensor| x.square().sum_all().sqrt();
        let (of_weight, of_update) = (norm(weight), norm(&update));
        let both = of_weight.greater(0.0).and(&of_update.greater(0.0));
        let ratio = both.select(&(of_weight / of_update), 1.0);
        weight - update * (ratio * step.learning_rate())
    }
}
