//! Adam with weights that decay.

use super::{Adam, Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// [`Adam`] after `w -= weight_decay learning_rate w`; the decay is 0.004 by default.
///
/// Agrees with Keras's `AdamW` (Loshchilov and Hutter, *Decoupled weight decay*, 2019).
///
/// ```
/// use cornu::optimizers::AdamW;
/// assert_eq!(AdamW::new(0.01).settings.weight_decay, Some(0.004));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdamW {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<AdamW, _>")]
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

impl Default for AdamW {
    fn default() -> AdamW {
        AdamW {
            settings: Settings { weight_decay: Some(0.004), ..Settings::new("adam_w", 0.001) },
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
            amsgrad: false,
        }
    }
}

impl AdamW {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> AdamW {
        let mut optimizer = AdamW::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> AdamW {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> AdamW {
        self.beta_2 = beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> AdamW {
        self.epsilon = epsilon;
        self
    }

    /// The same, in the AMSGrad variant.
    pub fn amsgrad(mut self) -> AdamW {
        self.amsgrad = true;
        self
    }

    /// The rule after the decay.
    fn adam(&self) -> Adam {
        let AdamW { settings, beta_1, beta_2, epsilon, amsgrad } = self.clone();
        Adam { settings, beta_1, beta_2, epsilon, amsgrad }
    }
}

impl Named for AdamW {
    const NAME: &'static str = "AdamW";
    const ALIASES: &'static [&'static str] = &["adamw"];
    const SUMMARY: &'static str = "Adam with weights that decay";
}

impl Optimizer for AdamW {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, weight: &Variable) -> Vec<Vec<Slot>> {
        self.adam().slots(weight)
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        self.adam().update(step, weight, gradient)
    }
}
