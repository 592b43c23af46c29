//! Squares of gradients kept by rows and columns: little memory for large weights.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::{DType, Shape, Tensor, Type};
use serde::{Deserialize, Serialize};

/// With `b = 1 - t^beta_2_decay` at the `t`th update and `s = g² + epsilon_1`: of a weight of two axes or
/// more, `r` and `c` are running means, `r = b r + (1 - b) s`, of `s` over the last axis and the one
/// before it, and `v = (r / mean(r)) c`; of others `v` is the running mean of `s` itself. Then
/// `u = g / sqrt(v)`; `w -= a u / max(1, rms(u) / clip_threshold)` with
/// `a = max(epsilon_2, rms(w)) min(learning_rate, 1 / sqrt(t))`.
///
/// Agrees with Keras's `Adafactor` (Shazeer and Stern, *Adafactor*, 2018). As there, `v` is kept whole
/// besides, though it is made anew each step.
///
/// ```
/// use cornu::optimizers::Adafactor;
/// assert_eq!(Adafactor::new(0.01).clip_threshold(2.0).clip_threshold, 2.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adafactor {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Adafactor, _>")]
    pub settings: Settings,
    /// How the memory of squares grows with steps; -0.8 by default.
    pub beta_2_decay: f64,
    /// What is added to squares; 1e-30 by default.
    pub epsilon_1: f64,
    /// The least size that weights count as; 0.001 by default.
    pub epsilon_2: f64,
    /// The greatest root of mean squares of an update; 1 by default.
    pub clip_threshold: f64,
    /// Whether the rate falls as `1 / sqrt(t)` at least; true by default. As in Keras the rate is bounded so either way.
    pub relative_step: bool,
}

impl Default for Adafactor {
    fn default() -> Adafactor {
        Adafactor {
            settings: Settings::new("adafactor", 0.001),
            beta_2_decay: -0.8,
            epsilon_1: 1e-30,
            epsilon_2: 1e-3,
            clip_threshold: 1.0,
            relative_step: true,
        }
    }
}

impl Adafactor {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Adafactor {
        let mut optimizer = Adafactor::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `beta_2_decay`.
    pub fn beta_2_decay(mut self, beta_2_decay: f64) -> Adafactor {
        self.beta_2_decay = beta_2_decay;
        self
    }

    /// The same with another `epsilon_1`.
    pub fn epsilon_1(mut self, epsilon_1: f64) -> Adafactor {
        self.epsilon_1 = epsilon_1;
        self
    }

    /// The same with another `epsilon_2`.
    pub fn epsilon_2(mut self, epsilon_2: f64) -> Adafactor {
        self.epsilon_2 = epsilon_2;
        self
    }

    /// The same with another `clip_threshold`.
    pub fn clip_threshold(mut self, clip_threshold: f64) -> Adafactor {
        self.clip_threshold = clip_threshold;
        self
    }

    /// The same with another `relative_step`.
    pub fn relative_step(mut self, relative_step: bool) -> Adafactor {
        self.relative_step = relative_step;
        self
    }
}

impl Named for Adafactor {
    const NAME: &'static str = "Adafactor";
    const ALIASES: &'static [&'static str] = &["adafactor"];
    const SUMMARY: &'static str = "Squares of gradients kept by rows and columns";
}

impl Optimizer for Adafactor {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn slots(&self, weight: &Variable) -> Vec<Vec<Slot>> {
        let Type { shape, dtype } = &weight.ty;
        let rank = shape.rank();
        let (rows, columns) = match rank {
            // Keras keeps two whole numbers in their place.
            0 | 1 => (Type::new([], DType::I64), Type::new([], DType::I64)),
            _ => {
                let columns: Shape = shape[..rank - 2].iter().chain(&shape[rank - 1..]).copied().collect();
                (Type::new(&shape[..rank - 1], *dtype), Type::new(columns, *dtype))
            }
        };
        let slots = [Slot::new("rows").of_type(rows), Slot::new("columns").of_type(columns)];
        vec![slots.into_iter().chain([Slot::new("velocity")]).collect()]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let t = step.number();
        let slowest = t.sqrt().reciprocal();
        let rate = step.learning_rate().minimum(&slowest);
        let keep = 1.0 - t.pow(self.beta_2_decay);
        let rms = |x: &Tensor| x.square().mean_all().sqrt();
        let square = gradient.square() + self.epsilon_1;
        let mut mean = |name: &str, x: &Tensor| {
            let moved = step.slot(name) * &keep + x * (1.0 - &keep);
            step.set(name, &moved);
            moved
        };
        let velocity = if weight.rank() < 2 {
            mean("velocity", &square)
        } else {
            let rows = mean("rows", &square.mean(&[-1]));
            let columns = mean("columns", &square.mean(&[-2]));
            let share = &rows / rows.mean_keep(&[-1]);
            let velocity = share.expand_dims(-1) * columns.expand_dims(-2);
            step.set("velocity", &velocity);
            velocity
        };
        let update = gradient / velocity.sqrt();
        let length = (rms(&update) / self.clip_threshold).maximum(1.0);
        weight - update * (rms(weight).maximum(self.epsilon_2) * rate / length)
    }
}
