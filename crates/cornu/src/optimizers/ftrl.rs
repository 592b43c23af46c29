//! Follows the regularized leader: sparse weights for wide models.

use super::{Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `a' = a + g²`, `s = (a'^-p - a^-p) / learning_rate` with `p = learning_rate_power`;
/// `z += g + 2 l2_shrinkage w - s w`; `q = a'^-p / learning_rate + 2 l2 + beta / learning_rate`;
/// `w = (clip(z, -l1, l1) - z) / q`. What is small in `z` gives weights of exactly zero.
///
/// Agrees with Keras's `Ftrl` (McMahan et al., *Ad click prediction*, 2013).
///
/// ```
/// use cornu::optimizers::Ftrl;
/// assert_eq!(Ftrl::new(0.01).l1_regularization_strength(0.1).l1_regularization_strength, 0.1);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ftrl {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Ftrl, _>")]
    pub settings: Settings,
    /// How the rate falls with the sum of squares, at most 0; -0.5 by default.
    pub learning_rate_power: f64,
    /// Where sums of squares start; 0.1 by default.
    pub initial_accumulator_value: f64,
    /// The penalty on sizes; 0 by default.
    pub l1_regularization_strength: f64,
    /// The penalty on squares; 0 by default.
    pub l2_regularization_strength: f64,
    /// The penalty on squares that acts through the gradient; 0 by default.
    pub l2_shrinkage_regularization_strength: f64,
    /// What is added to the root of the sums of squares; 0 by default.
    pub beta: f64,
}

impl Default for Ftrl {
    fn default() -> Ftrl {
        Ftrl {
            settings: Settings::new("ftrl", 0.001),
            learning_rate_power: -0.5,
            initial_accumulator_value: 0.1,
            l1_regularization_strength: 0.0,
            l2_regularization_strength: 0.0,
            l2_shrinkage_regularization_strength: 0.0,
            beta: 0.0,
        }
    }
}

impl Ftrl {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Ftrl {
        let mut optimizer = Ftrl::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `learning_rate_power`.
    pub fn learning_rate_power(mut self, learning_rate_power: f64) -> Ftrl {
        self.learning_rate_power = learning_rate_power;
        self
    }

    /// The same with another `initial_accumulator_value`.
    pub fn initial_accumulator_value(mut self, initial_accumulator_value: f64) -> Ftrl {
        self.initial_accumulator_value = initial_accumulator_value;
        self
    }

    /// The same with another `l1_regularization_strength`.
    pub fn l1_regularization_strength(mut self, l1_regularization_strength: f64) -> Ftrl {
        self.l1_regularization_strength = l1_regularization_strength;
        self
    }

    /// The same with another `l2_regularization_strength`.
    pub fn l2_regularization_strength(mut self, l2_regularization_strength: f64) -> Ftrl {
        self.l2_regularization_strength = l2_regularization_strength;
        self
    }

    /// The same with another `l2_shrinkage_regularization_strength`.
    pub fn l2_shrinkage_regularization_strength(mut self, l2_shrinkage_regularization_strength: f64) -> Ftrl {
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength;
        self
    }

    /// The same with another `beta`.
    pub fn beta(mut self, beta: f64) -> Ftrl {
        self.beta = beta;
        self
    }
}

impl Named for Ftrl {
    const NAME: &'static str = "Ftrl";
    const ALIASES: &'static [&'static str] = &["ftrl"];
    const SUMMARY: &'static str = "Follows the regularized leader: sparse weights";
}

impl Optimizer for Ftrl {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn mistake(&self) -> Option<String> {
        let name = &self.settings.name;
        let least = [
            ("initial_accumulator_value", self.initial_accumulator_value),
            ("l1_regularization_strength", self.l1_regularization_strength),
            ("l2_regularization_strength", self.l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", self.l2_shrinkage_regularization_strength),
        ];
        if let Some((field, value)) = least.into_iter().find(|(_, value)| *value < 0.0) {
            return Some(format!("{name} takes {field} of at least 0, got {value}"));
        }
        if self.learning_rate_power > 0.0 {
            let power = self.learning_rate_power;
            return Some(format!("{name} takes a learning_rate_power of at most 0, got {power}"));
        }
        self.settings.mistake()
    }

    fn slots(&self, _: &Variable) -> Vec<Vec<Slot>> {
        vec![vec![Slot::starting("accumulator", self.initial_accumulator_value), Slot::new("linear")]]
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        let rate = step.learning_rate();
        let (sum, linear) = (step.slot("accumulator"), step.slot("linear"));
        let new_sum = &sum + gradient.square();
        let root = |sum: &Tensor| sum.pow(-self.learning_rate_power);
        let shrunk = gradient + weight * (2.0 * self.l2_shrinkage_regularization_strength);
        let linear = linear + shrunk - (root(&new_sum) - root(&sum)) / &rate * weight;
        step.set("accumulator", &new_sum);
        step.set("linear", &linear);
        let l2 = self.beta / (2.0 * &rate) + self.l2_regularization_strength;
        let quadratic = root(&new_sum) / rate + l2 * 2.0;
        let l1 = self.l1_regularization_strength;
        (linear.clip(-l1, l1) - linear) / quadratic
    }
}
