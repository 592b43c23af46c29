//! Several optimizers, each for its part of a model.

use super::apply::{declare_counters, variable};
use super::{AnyOptimizer, Optimizer, OptimizerMap, OptimizerStep, RateMultipliers, Settings, wrapped};
use crate::registry::Named;
use crate::scope::Scope;
use crate::variables::Variables;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Several optimizers, each for the weights that an [`OptimizerMap`] gives it. Each has its own
/// settings and counts its own steps; `loss_scale_factor` alone is one for all.
///
/// Agrees with Keras's `MultiOptimizer`. There is no one learning rate, so callbacks that set it fail;
/// give the optimizers schedules. Names that two of them share are numbered: `adam`, `adam_1`.
///
/// ```
/// use cornu::optimizers::{Adam, MultiOptimizer, OptimizerMap, SGD};
/// let map = OptimizerMap::new(SGD::new(0.01)).with("encoder/.*", Adam::new(0.001));
/// assert_eq!(MultiOptimizer::new(map).optimizer_map.optimizers().count(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Config", into = "Config")]
pub struct MultiOptimizer {
    /// The name, and `loss_scale_factor`; nothing else is its own.
    pub settings: Settings,
    /// Which optimizer updates which weights.
    pub optimizer_map: OptimizerMap,
}

/// The config as Keras writes it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    optimizer_map: OptimizerMap,
    #[serde(default)]
    loss_scale_factor: Option<f64>,
    #[serde(default = "name")]
    name: String,
}

fn name() -> String {
    "multi_optimizer".into()
}

impl From<Config> for MultiOptimizer {
    fn from(config: Config) -> MultiOptimizer {
        let Config { mut optimizer_map, loss_scale_factor, name } = config;
        let mut names: Vec<String> = Vec::new();
        let OptimizerMap { default_optimizer, optimizers } = &mut optimizer_map;
        for optimizer in optimizers.iter_mut().map(|(_, optimizer)| optimizer).chain([default_optimizer]) {
            let stem = optimizer.settings().name.clone();
            let mut name = stem.clone();
            let mut number = 1;
            while names.contains(&name) {
                name = format!("{stem}_{number}");
                number += 1;
            }
            let renamed = wrapped::with(optimizer.clone(), "name", name.clone().into());
            *optimizer = wrapped::with(renamed, "loss_scale_factor", loss_scale_factor.into());
            names.push(name);
        }
        let settings = Settings { loss_scale_factor, ..wrapped::settings(&name) };
        MultiOptimizer { settings, optimizer_map }
    }
}

impl From<MultiOptimizer> for Config {
    fn from(optimizer: MultiOptimizer) -> Config {
        let MultiOptimizer { settings, optimizer_map } = optimizer;
        Config { optimizer_map, loss_scale_factor: settings.loss_scale_factor, name: settings.name }
    }
}

impl MultiOptimizer {
    /// The optimizers of the map.
    pub fn new(optimizer_map: OptimizerMap) -> MultiOptimizer {
        Config { optimizer_map, loss_scale_factor: None, name: name() }.into()
    }

    /// The same with a loss that is multiplied by `factor` while gradients are computed.
    pub fn loss_scale_factor(self, factor: f64) -> MultiOptimizer {
        Config { loss_scale_factor: Some(factor), ..self.into() }.into()
    }
}

impl Named for MultiOptimizer {
    const NAME: &'static str = "MultiOptimizer";
    const ALIASES: &'static [&'static str] = &["multioptimizer"];
    const SUMMARY: &'static str = "Several optimizers, each for its part of a model";
}

impl Optimizer for MultiOptimizer {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn mistake(&self) -> Option<String> {
        let wrapper = self.optimizer_map.optimizers().find(|optimizer| !optimizer.inner().is_empty());
        if let Some(wrapper) = wrapper {
            return Some(format!("{} takes no {} inside", self.settings.name, wrapper.class_name()));
        }
        let factor = self.settings.loss_scale_factor;
        if self.optimizer_map.optimizers().any(|inner| inner.settings().loss_scale_factor != factor) {
            let name = &self.settings.name;
            return Some(format!("{name} has one loss_scale_factor for all optimizers inside; set it there"));
        }
        wrapped::mistake(Self::NAME, &self.settings, &["name", "loss_scale_factor"])
            .or_else(|| self.optimizer_map.mistake())
            .or_else(|| self.optimizer_map.optimizers().find_map(|optimizer| optimizer.mistake()))
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        self.optimizer_map.default_optimizer.update(step, weight, gradient)
    }

    fn apply(&self, scope: &mut Scope, gradients: &[(Tensor, Tensor)], multipliers: &RateMultipliers) {
        if let Some(mistake) = self.mistake() {
            scope.fail(mistake);
            return;
        }
        let name = self.settings.name.clone();
        let (iteration, _) = scope.inside(&name, true, |scope| declare_counters(&self.settings, scope));
        let mut shares = vec![Vec::new(); self.optimizer_map.optimizers().count()];
        for pair in gradients {
            let Some(variable) = variable(scope, &pair.0) else {
                scope.fail("an optimizer updates variables alone");
                return;
            };
            match self.optimizer_map.of(&variable.path) {
                Ok(index) => shares[index].push(pair.clone()),
                Err(message) => {
                    scope.fail(message);
                    return;
                }
            }
        }
        for (optimizer, share) in self.optimizer_map.optimizers().zip(shares) {
            if share.is_empty() {
                // Its counters are in Keras's files all the same.
                let settings = optimizer.settings();
                scope.inside(&settings.name, true, |scope| declare_counters(settings, scope));
            } else {
                optimizer.apply(scope, &share, multipliers);
            }
        }
        scope.update(&iteration, &iteration + 1.0);
    }

    fn averages(&self, variables: &Variables) -> Vec<(usize, usize)> {
        self.optimizer_map.optimizers().flat_map(|optimizer| optimizer.averages(variables)).collect()
    }

    fn inner(&self) -> Vec<&AnyOptimizer> {
        self.optimizer_map.optimizers().collect()
    }
}
