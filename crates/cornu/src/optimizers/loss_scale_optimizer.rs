//! A loss that is scaled as far as gradients stay finite.

use super::apply::declare_counters;
use super::{AnyOptimizer, Optimizer, OptimizerStep, RateMultipliers, Settings, wrapped};
use crate::registry::Named;
use crate::scope::Scope;
use crate::variables::{Role, Variables};
use cornu_graph::{DType, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Another optimizer, on a loss that is multiplied by a scale before gradients are computed; they are
/// divided by it after. Where a gradient is not finite, nothing changes in that step but the scale, which
/// is halved; after `dynamic_growth_steps` steps without that it is doubled.
///
/// For `f16`, whose small gradients vanish otherwise. Agrees with Keras's `LossScaleOptimizer`. All
/// settings belong to the optimizer inside; its `loss_scale_factor` is left out.
///
/// ```
/// use cornu::optimizers::{Adam, LossScaleOptimizer};
/// let optimizer = LossScaleOptimizer::new(Adam::new(0.01)).initial_scale(1024.0);
/// assert_eq!(optimizer.initial_scale, 1024.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Config", into = "Config")]
pub struct LossScaleOptimizer {
    /// The name; nothing else is its own.
    pub settings: Settings,
    /// What updates the weights.
    pub inner_optimizer: AnyOptimizer,
    /// The scale before the first step; 2^15 by default.
    pub initial_scale: f64,
    /// Steps with finite gradients until the scale is doubled; 2000 by default.
    pub dynamic_growth_steps: u64,
}

/// The config as Keras writes it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default = "name")]
    name: String,
    inner_optimizer: AnyOptimizer,
    #[serde(default = "initial_scale")]
    initial_scale: f64,
    #[serde(default = "dynamic_growth_steps")]
    dynamic_growth_steps: u64,
}

fn name() -> String {
    "loss_scale_optimizer".into()
}

fn initial_scale() -> f64 {
    32768.0
}

fn dynamic_growth_steps() -> u64 {
    2000
}

impl From<Config> for LossScaleOptimizer {
    fn from(config: Config) -> LossScaleOptimizer {
        LossScaleOptimizer {
            settings: wrapped::settings(&config.name),
            inner_optimizer: wrapped::with(config.inner_optimizer, "loss_scale_factor", None::<f64>.into()),
            initial_scale: config.initial_scale,
            dynamic_growth_steps: config.dynamic_growth_steps,
        }
    }
}

impl From<LossScaleOptimizer> for Config {
    fn from(optimizer: LossScaleOptimizer) -> Config {
        let LossScaleOptimizer { settings, inner_optimizer, initial_scale, dynamic_growth_steps } = optimizer;
        Config { name: settings.name, inner_optimizer, initial_scale, dynamic_growth_steps }
    }
}

impl LossScaleOptimizer {
    /// This optimizer on a scaled loss, with Keras's defaults.
    pub fn new(inner: impl Into<AnyOptimizer>) -> LossScaleOptimizer {
        let (initial_scale, dynamic_growth_steps) = (initial_scale(), dynamic_growth_steps());
        Config { name: name(), inner_optimizer: inner.into(), initial_scale, dynamic_growth_steps }.into()
    }

    /// The same with another scale to begin with.
    pub fn initial_scale(mut self, scale: f64) -> LossScaleOptimizer {
        self.initial_scale = scale;
        self
    }

    /// The same with another number of steps until the scale is doubled.
    pub fn dynamic_growth_steps(mut self, steps: u64) -> LossScaleOptimizer {
        self.dynamic_growth_steps = steps;
        self
    }

    /// Its own variables: how many steps there were since the scale last changed, and the scale.
    fn state(&self, scope: &mut Scope) -> (Tensor, Tensor) {
        scope.inside(&self.settings.name, true, |scope| {
            declare_counters(&self.settings, scope);
            let role = Role::Optimizer;
            let counter = scope.slot("step_counter", Shape::scalar(), DType::I64, role, 0.0);
            (counter, scope.slot("dynamic_scale", Shape::scalar(), DType::F32, role, self.initial_scale))
        })
    }
}

impl Named for LossScaleOptimizer {
    const NAME: &'static str = "LossScaleOptimizer";
    const ALIASES: &'static [&'static str] = &["lossscaleoptimizer"];
    const SUMMARY: &'static str = "Another optimizer on a loss scaled as far as gradients stay finite";
}

impl Optimizer for LossScaleOptimizer {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn mistake(&self) -> Option<String> {
        if !self.initial_scale.is_finite() || self.initial_scale <= 0.0 {
            let scale = self.initial_scale;
            return Some(format!("{} takes an initial_scale above 0, got {scale}", self.settings.name));
        }
        if self.inner_optimizer.settings().loss_scale_factor.is_some() {
            return Some(format!(
                "{} scales the loss itself; its inner optimizer has a loss_scale_factor",
                self.settings.name
            ));
        }
        wrapped::mistake(Self::NAME, &self.settings, &["name"]).or_else(|| self.inner_optimizer.mistake())
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        self.inner_optimizer.update(step, weight, gradient)
    }

    fn scale_loss(&self, scope: &mut Scope, loss: &Tensor) -> Tensor {
        let (_, scale) = self.state(scope);
        loss * scale.cast(loss.dtype())
    }

    fn apply(&self, scope: &mut Scope, gradients: &[(Tensor, Tensor)], multipliers: &RateMultipliers) {
        if let Some(mistake) = self.mistake() {
            scope.fail(mistake);
            return;
        }
        let (counter, scale) = self.state(scope);
        let none = scope.builder().scalar(0.0, DType::F32);
        let infinite = |gradient: &Tensor| {
            let finite = gradient.cast(DType::F32).abs().less_equal(f32::MAX as f64);
            finite.not().cast(DType::F32).sum_all()
        };
        let count = gradients.iter().fold(none, |sum, (_, gradient)| sum + infinite(gradient));
        let finite = count.equal(0.0);

        let unscaled: Vec<(Tensor, Tensor)> = (gradients.iter())
            .map(|(weight, gradient)| (weight.clone(), gradient / scale.cast(gradient.dtype())))
            .collect();
        let before = scope.updates().to_vec();
        self.inner_optimizer.apply(scope, &unscaled, multipliers);
        let known =
            |index: usize, value: &Tensor| before.iter().any(|(other, old)| *other == index && old.is(value));
        let made: Vec<(usize, Tensor)> =
            scope.updates().iter().filter(|(index, value)| !known(*index, value)).cloned().collect();
        for (index, value) in made {
            let variable = scope.parameters()[index].clone();
            scope.update(&variable, finite.select(&value, &variable));
        }

        let grows = counter.equal(self.dynamic_growth_steps as f64 - 1.0);
        let next = grows.or(&finite.not()).select(&counter.full_like(0.0), &counter + 1.0);
        scope.update(&counter, next);
        let grown = grows.select(&(&scale * 2.0), &scale);
        scope.update(&scale, finite.select(&grown, &scale * 0.5));
    }

    fn averages(&self, variables: &Variables) -> Vec<(usize, usize)> {
        self.inner_optimizer.averages(variables)
    }

    fn inner(&self) -> Vec<&AnyOptimizer> {
        vec![&self.inner_optimizer]
    }
}
