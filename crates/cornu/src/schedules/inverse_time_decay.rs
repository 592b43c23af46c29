//! A rate that falls as one over time.

use super::{Schedule, refuse_steps};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `initial_learning_rate / (1 + decay_rate step / decay_steps)`; with `staircase` the quotient
/// `step / decay_steps` is rounded down.
///
/// Agrees with Keras's `InverseTimeDecay`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InverseTimeDecay {
    /// The rate at step 0.
    pub initial_learning_rate: f64,
    /// How many steps one decay takes.
    #[serde(serialize_with = "super::whole")]
    pub decay_steps: f64,
    /// How fast the rate falls.
    pub decay_rate: f64,
    /// Whether the rate falls in stairs of `decay_steps` steps; false by default.
    #[serde(default)]
    pub staircase: bool,
    /// The name; `InverseTimeDecay` by default.
    #[serde(default = "default_name")]
    pub name: String,
}

impl InverseTimeDecay {
    /// A decay from `initial_learning_rate` at the pace `decay_rate` every `decay_steps` steps.
    pub fn new(initial_learning_rate: f64, decay_steps: f64, decay_rate: f64) -> InverseTimeDecay {
        InverseTimeDecay {
            initial_learning_rate,
            decay_steps,
            decay_rate,
            staircase: false,
            name: default_name(),
        }
    }

    /// The same, falling in stairs.
    pub fn staircase(mut self) -> InverseTimeDecay {
        self.staircase = true;
        self
    }
}

fn default_name() -> String {
    "InverseTimeDecay".into()
}

impl Named for InverseTimeDecay {
    const NAME: &'static str = "InverseTimeDecay";
    const SUMMARY: &'static str = "Falls as one over time";
}

impl Schedule for InverseTimeDecay {
    fn call(&self, step: &Tensor) -> Tensor {
        if let Some(failed) = refuse_steps(step, "decay_steps", self.decay_steps) {
            return failed;
        }
        let time = step / self.decay_steps;
        let time = if self.staircase { time.floor() } else { time };
        self.initial_learning_rate / (time * self.decay_rate + 1.0)
    }
}
