//! A rate that falls by the same part every so many steps.

use super::{Schedule, refuse_steps};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `initial_learning_rate decay_rate^(step / decay_steps)`; with `staircase` the exponent is rounded down.
///
/// Agrees with Keras's `ExponentialDecay`.
///
/// ```
/// use cornu::schedules::{ExponentialDecay, Schedule};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let rate = ExponentialDecay::new(1.0, 10.0, 0.5).call(&b.input("step", []));
/// let graph = b.build(&[("rate", &rate)], &[]).unwrap();
/// assert_eq!(evaluate(&graph, &[Array::scalar(20f32)], &[]).unwrap().outputs[0].item(), Some(0.25));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExponentialDecay {
    /// The rate at step 0.
    pub initial_learning_rate: f64,
    /// How many steps one decay takes.
    #[serde(serialize_with = "super::whole")]
    pub decay_steps: f64,
    /// What the rate is multiplied by in `decay_steps` steps.
    pub decay_rate: f64,
    /// Whether the rate falls in stairs of `decay_steps` steps; false by default.
    #[serde(default)]
    pub staircase: bool,
    /// The name; `ExponentialDecay` by default.
    #[serde(default = "default_name")]
    pub name: String,
}

impl ExponentialDecay {
    /// A decay from `initial_learning_rate` by the factor `decay_rate` every `decay_steps` steps.
    pub fn new(initial_learning_rate: f64, decay_steps: f64, decay_rate: f64) -> ExponentialDecay {
        ExponentialDecay {
            initial_learning_rate,
            decay_steps,
            decay_rate,
            staircase: false,
            name: default_name(),
        }
    }

    /// The same, falling in stairs.
    pub fn staircase(mut self) -> ExponentialDecay {
        self.staircase = true;
        self
    }
}

fn default_name() -> String {
    "ExponentialDecay".into()
}

impl Named for ExponentialDecay {
    const NAME: &'static str = "ExponentialDecay";
    const SUMMARY: &'static str = "Falls by the same part every so many steps";
}

impl Schedule for ExponentialDecay {
    fn call(&self, step: &Tensor) -> Tensor {
        if let Some(failed) = refuse_steps(step, "decay_steps", self.decay_steps) {
            return failed;
        }
        let power = step / self.decay_steps;
        let power = if self.staircase { power.floor() } else { power };
        step.number(self.decay_rate).pow(power) * self.initial_learning_rate
    }
}
