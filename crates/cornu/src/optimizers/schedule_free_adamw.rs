//! Adam that needs no schedule: it trains at a point between its iterate and their mean.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// With `y` the weights, `z` (the slot `momentum`, which starts as the weights) the iterate and `v` as in
/// [`Adam`](super::Adam), at the `t`th update: `x = (y - (1 - beta_1) z) / beta_1`;
/// `z -= learning_rate g / (sqrt(v / (1 - beta_2^t)) + epsilon)`; `x += (z - x) / t`;
/// `y = (1 - beta_1) z + beta_1 x`. In the first `warmup_steps` updates the rate grows to its full size.
///
/// Agrees with Keras's `ScheduleFreeAdamW` (Defazio et al., *The road less scheduled*, 2024). The weights
/// of the model are `y`, as there; `x`, the mean, is not written back.
///
/// ```
/// use cornu::optimizers::ScheduleFreeAdamW;
/// assert_eq!(ScheduleFreeAdamW::new(0.01).warmup_steps(100).warmup_steps, 100);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleFreeAdamW {
    /// What all optimizers have; the learning rate is 0.0025 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<ScheduleFreeAdamW, _>")]
    pub settings: Settings,
    /// Where between iterate and mean the gradient is taken; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the mean of squares moves; 0.999 by default.
    pub beta_2: f64,
    /// What keeps the quotient finite; 1e-8 by default.
    pub epsilon: f64,
    /// Updates until the rate has its full size; 0 by default.
    pub warmup_steps: u64,
}

impl Default for ScheduleFreeAdamW {
    fn default() -> ScheduleFreeAdamW {
        ScheduleFreeAdamW {
            settings: Settings::new("schedule_free_adam_w", 0.0025),
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            warmup_steps: 0,
        }
    }
}

impl ScheduleFreeAdamW {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> ScheduleFreeAdamW {
        let mut optimizer = ScheduleFreeAdamW::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_1`.
    pub fn beta_1(mut self, beta_1: f64) -> ScheduleFreeAdamW {
        self.beta_1 = beta_1;
        self
    }

    /// The same with another `beta_2`.
    pub fn beta_2(mut self, beta_2: f64) -> ScheduleFreeAdamW {
        self.beta_2 = beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> ScheduleFreeAdamW {
        self.epsilon = epsilon;
        self
    }

    /// The same with another `warmup_steps`.
    pub fn warmup_steps(mut self, warmup_steps: u64) -> ScheduleFreeAdamW {
        self.warmup_steps = warmup_steps;
        self
    }
}

impl Named for ScheduleFreeAdamW {
    const NAME: &'static str = "ScheduleFreeAdamW";
    const ALIASES: &'static [&'static str] = &["schedulefreeadamw"];
    const SUMMARY: &'static str = "Adam that needs no schedule of its rate";
}

impl Optimizer for ScheduleFreeAdamW {
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
        let rate = match self.warmup_steps {
            0 => step.learning_rate(),
            steps => step.learning_rate() * (&t / steps as f64).minimum(1.0),
        };
        let square = step.running_mean("velocity", &gradient.square(), self.beta_2);
        let scaled = square / (1.0 - t.number(self.beta_2).pow(&t));
        // Before the first update the iterate is the weight itself.
        let old = step.iterations().equal(0.0).select(&step.before(), step.slot("momentum"));
        let iterate = &old - gradient * rate / (scaled.sqrt() + self.epsilon);
        step.set("momentum", &iterate);
        let mean = (weight - old * (1.0 - self.beta_1)) / self.beta_1;
        let share = t.reciprocal();
        let mean = mean * (1.0 - &share) + &iterate * share;
        iterate * (1.0 - self.beta_1) + mean * self.beta_1
    }
}
