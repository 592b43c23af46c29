//! A rate that falls along half a cosine, after a warm-up if asked for.

use super::{Schedule, refuse_steps};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// `from ((1 - alpha) (1 + cos(pi t)) / 2 + alpha)` with `t = step / decay_steps`, at most 1.
///
/// With a `warmup_target` the rate first rises from `initial_learning_rate` to the target in a straight
/// line of `warmup_steps` steps; the decay then begins there, at `t = 0`. Without one `from` is
/// `initial_learning_rate`. Agrees with Keras's `CosineDecay` (Loshchilov and Hutter, *SGDR*, 2017).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosineDecay {
    /// The rate at step 0.
    pub initial_learning_rate: f64,
    /// How many steps the decay takes, without the warm-up.
    #[serde(serialize_with = "super::whole")]
    pub decay_steps: f64,
    /// The rate at the end, as a part of that before the decay; 0 by default.
    #[serde(default)]
    pub alpha: f64,
    /// The rate after the warm-up; no warm-up by default.
    #[serde(default)]
    pub warmup_target: Option<f64>,
    /// How many steps the warm-up takes; 0 by default.
    #[serde(default, serialize_with = "super::whole")]
    pub warmup_steps: f64,
    /// The name; `CosineDecay` by default.
    #[serde(default = "default_name")]
    pub name: String,
}

impl CosineDecay {
    /// A decay from `initial_learning_rate` to zero in `decay_steps` steps.
    pub fn new(initial_learning_rate: f64, decay_steps: f64) -> CosineDecay {
        CosineDecay {
            initial_learning_rate,
            decay_steps,
            alpha: 0.0,
            warmup_target: None,
            warmup_steps: 0.0,
            name: default_name(),
        }
    }

    /// The same with a rate that ends at the part `alpha` of what it was.
    pub fn alpha(mut self, alpha: f64) -> CosineDecay {
        self.alpha = alpha;
        self
    }

    /// The same after a rise to `target` in `steps` steps.
    pub fn warmup(mut self, target: f64, steps: f64) -> CosineDecay {
        self.warmup_target = Some(target);
        self.warmup_steps = steps;
        self
    }
}

fn default_name() -> String {
    "CosineDecay".into()
}

impl Named for CosineDecay {
    const NAME: &'static str = "CosineDecay";
    const SUMMARY: &'static str = "Falls along half a cosine, after a warm-up if asked for";
}

impl Schedule for CosineDecay {
    fn call(&self, step: &Tensor) -> Tensor {
        if let Some(failed) = refuse_steps(step, "decay_steps", self.decay_steps) {
            return failed;
        }
        let decay = |step: &Tensor, from: f64| {
            let wave = ((step / self.decay_steps * PI).cos() + 1.0) * (0.5 * (1.0 - self.alpha));
            (wave + self.alpha) * from
        };
        let Some(target) = self.warmup_target else {
            return decay(&step.minimum(self.decay_steps), self.initial_learning_rate);
        };
        let step = step.minimum(self.decay_steps + self.warmup_steps);
        let decayed = decay(&(&step - self.warmup_steps), target);
        if self.warmup_steps <= 0.0 {
            return decayed;
        }
        let part = &step / self.warmup_steps;
        let warming = part * (target - self.initial_learning_rate) + self.initial_learning_rate;
        step.less(self.warmup_steps).select(&warming, decayed)
    }
}
