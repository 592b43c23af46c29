//! A rate that falls along half a cosine again and again.

use super::{Schedule, refuse_steps};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// `initial_learning_rate ((1 - alpha) m (1 + cos(pi t)) / 2 + alpha)`, where `t` goes from 0 to 1 in each
/// period. The first period takes `first_decay_steps` steps; each next one takes `t_mul` times as many
/// and begins at `m_mul` times the rate.
///
/// Agrees with Keras's `CosineDecayRestarts` (Loshchilov and Hutter, *SGDR*, 2017).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosineDecayRestarts {
    /// The rate at step 0.
    pub initial_learning_rate: f64,
    /// How many steps the first period takes.
    #[serde(serialize_with = "super::whole")]
    pub first_decay_steps: f64,
    /// How much longer each period is than the one before; 2 by default.
    #[serde(default = "default_t_mul")]
    pub t_mul: f64,
    /// How much higher each period begins than the one before; 1 by default.
    #[serde(default = "default_m_mul")]
    pub m_mul: f64,
    /// The least rate, as a part of the first; 0 by default.
    #[serde(default)]
    pub alpha: f64,
    /// The name; `SGDRDecay` by default.
    #[serde(default = "default_name")]
    pub name: String,
}

impl CosineDecayRestarts {
    /// Periods from `initial_learning_rate` to zero, the first of `first_decay_steps` steps.
    pub fn new(initial_learning_rate: f64, first_decay_steps: f64) -> CosineDecayRestarts {
        CosineDecayRestarts {
            initial_learning_rate,
            first_decay_steps,
            t_mul: default_t_mul(),
            m_mul: default_m_mul(),
            alpha: 0.0,
            name: default_name(),
        }
    }

    /// The same with periods that grow longer by the factor `t_mul`.
    pub fn t_mul(mut self, t_mul: f64) -> CosineDecayRestarts {
        self.t_mul = t_mul;
        self
    }

    /// The same with periods that begin higher by the factor `m_mul`.
    pub fn m_mul(mut self, m_mul: f64) -> CosineDecayRestarts {
        self.m_mul = m_mul;
        self
    }

    /// The same with a rate of at least the part `alpha` of the first.
    pub fn alpha(mut self, alpha: f64) -> CosineDecayRestarts {
        self.alpha = alpha;
        self
    }
}

fn default_t_mul() -> f64 {
    2.0
}

fn default_m_mul() -> f64 {
    1.0
}

fn default_name() -> String {
    "SGDRDecay".into()
}

impl Named for CosineDecayRestarts {
    const NAME: &'static str = "CosineDecayRestarts";
    const SUMMARY: &'static str = "Falls along half a cosine again and again";
}

impl Schedule for CosineDecayRestarts {
    fn call(&self, step: &Tensor) -> Tensor {
        if let Some(failed) = refuse_steps(step, "first_decay_steps", self.first_decay_steps) {
            return failed;
        }
        let time = step / self.first_decay_steps;
        let (period, part) = match self.t_mul == 1.0 {
            true => (time.floor(), &time - time.floor()),
            false => {
                // Periods before the nth take (1 - t_mul^n) / (1 - t_mul) times the first.
                let grown = 1.0 - &time * (1.0 - self.t_mul);
                let period = (grown.log() / self.t_mul.ln()).floor();
                let length = step.number(self.t_mul).pow(&period);
                let before = (1.0 - &length) / (1.0 - self.t_mul);
                let part = (&time - before) / length;
                (period, part)
            }
        };
        let height = step.number(self.m_mul).pow(&period);
        let wave = height * ((part * PI).cos() + 1.0) * 0.5;
        (wave * (1.0 - self.alpha) + self.alpha) * self.initial_learning_rate
    }
}
