//! A rate that falls to its end along a power of the time left.

use super::{Schedule, refuse_steps};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `(initial_learning_rate - end_learning_rate) (1 - step / decay_steps)^power + end_learning_rate`.
///
/// After `decay_steps` steps it stays at its end; with `cycle` the decay is stretched instead, to end at
/// the next multiple of `decay_steps`. Agrees with Keras's `PolynomialDecay`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolynomialDecay {
    /// The rate at step 0.
    pub initial_learning_rate: f64,
    /// How many steps one decay takes.
    #[serde(serialize_with = "super::whole")]
    pub decay_steps: f64,
    /// The rate at the end; 0.0001 by default.
    #[serde(default = "default_end_learning_rate")]
    pub end_learning_rate: f64,
    /// The power; 1, a straight line, by default.
    #[serde(default = "default_power")]
    pub power: f64,
    /// Whether the decay is stretched over its end, again and again; false by default.
    #[serde(default)]
    pub cycle: bool,
    /// The name; `PolynomialDecay` by default.
    #[serde(default = "default_name")]
    pub name: String,
}

impl PolynomialDecay {
    /// A straight line from `initial_learning_rate` to 0.0001 in `decay_steps` steps.
    pub fn new(initial_learning_rate: f64, decay_steps: f64) -> PolynomialDecay {
        PolynomialDecay {
            initial_learning_rate,
            decay_steps,
            end_learning_rate: default_end_learning_rate(),
            power: default_power(),
            cycle: false,
            name: default_name(),
        }
    }

    /// The same with another rate at the end.
    pub fn end_learning_rate(mut self, rate: f64) -> PolynomialDecay {
        self.end_learning_rate = rate;
        self
    }

    /// The same along another power.
    pub fn power(mut self, power: f64) -> PolynomialDecay {
        self.power = power;
        self
    }

    /// The same, stretched over its end again and again.
    pub fn cycle(mut self) -> PolynomialDecay {
        self.cycle = true;
        self
    }
}

fn default_end_learning_rate() -> f64 {
    0.0001
}

fn default_power() -> f64 {
    1.0
}

fn default_name() -> String {
    "PolynomialDecay".into()
}

impl Named for PolynomialDecay {
    const NAME: &'static str = "PolynomialDecay";
    const SUMMARY: &'static str = "Falls to its end along a power of the time left";
}

impl Schedule for PolynomialDecay {
    fn call(&self, step: &Tensor) -> Tensor {
        if let Some(failed) = refuse_steps(step, "decay_steps", self.decay_steps) {
            return failed;
        }
        let part = match self.cycle {
            true => {
                // The number of the cycle, counted from 1: the quotient rounded up, but 1 at step 0.
                let cycle = (-(-(step / self.decay_steps)).floor()).maximum(1.0);
                step / (cycle * self.decay_steps)
            }
            false => step.minimum(self.decay_steps) / self.decay_steps,
        };
        (1.0 - part).pow(self.power) * (self.initial_learning_rate - self.end_learning_rate)
            + self.end_learning_rate
    }
}
