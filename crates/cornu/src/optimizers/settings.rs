//! The settings that all optimizers share.

use super::Optimizer;
use crate::schedules::LearningRate;
use cornu_graph::Tensor;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The settings that all optimizers share; [`OptimizerOptions`] changes them in a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name; by default the class's in lower case with underscores: `adam`, `rm_sprop`.
    pub name: String,
    /// How far each step goes: a number or a schedule.
    pub learning_rate: LearningRate,
    /// The part of each weight, times the learning rate, that is taken from it before each update;
    /// none by default.
    pub weight_decay: Option<f64>,
    /// The greatest norm that each weight's gradient may have; longer ones are scaled down.
    pub clipnorm: Option<f64>,
    /// The greatest norm that all gradients together may have; longer ones are scaled down.
    pub global_clipnorm: Option<f64>,
    /// The greatest size that each element of a gradient may have.
    pub clipvalue: Option<f64>,
    /// Whether a moving average of each weight is kept; false by default.
    pub use_ema: bool,
    /// How slowly the moving average moves; 0.99 by default.
    pub ema_momentum: f64,
    /// After how many updates the weights are overwritten by their averages, again and again; by
    /// default that happens once, at the end of `fit`.
    pub ema_overwrite_frequency: Option<u64>,
    /// What the loss is multiplied by before the gradients are computed, and they are divided by
    /// after; none by default.
    pub loss_scale_factor: Option<f64>,
    /// After how many steps the weights are updated, by the mean of those steps' gradients; by
    /// default each step.
    pub gradient_accumulation_steps: Option<u64>,
}

impl Settings {
    /// Keras's defaults, with this name and learning rate.
    pub fn new(name: &str, learning_rate: f64) -> Settings {
        Settings {
            name: name.into(),
            learning_rate: learning_rate.into(),
            weight_decay: None,
            clipnorm: None,
            global_clipnorm: None,
            clipvalue: None,
            use_ema: false,
            ema_momentum: 0.99,
            ema_overwrite_frequency: None,
            loss_scale_factor: None,
            gradient_accumulation_steps: None,
        }
    }

    /// What is wrong with the settings, if anything is.
    ///
    /// ```
    /// use cornu::optimizers::{Adam, Optimizer, OptimizerOptions};
    /// let adam = Adam::new(0.001).clipnorm(1.0).clipvalue(0.5);
    /// assert_eq!(
    ///     adam.settings().mistake().unwrap(),
    ///     "adam takes one of clipnorm, global_clipnorm and clipvalue, got clipnorm = 1, clipvalue = 0.5"
    /// );
    /// ```
    pub fn mistake(&self) -> Option<String> {
        let clips = [
            ("clipnorm", self.clipnorm),
            ("global_clipnorm", self.global_clipnorm),
            ("clipvalue", self.clipvalue),
        ];
        let set: Vec<String> =
            clips.iter().filter_map(|(name, clip)| clip.map(|clip| format!("{name} = {clip}"))).collect();
        let name = &self.name;
        if set.len() > 1 {
            let got = set.join(", ");
            return Some(format!("{name} takes one of clipnorm, global_clipnorm and clipvalue, got {got}"));
        }
        if let Some(rate) = self.learning_rate.constant().filter(|rate| !rate.is_finite() || *rate < 0.0) {
            return Some(format!("{name} takes a learning_rate of at least 0, got {rate}"));
        }
        if let Some(steps @ 0..=1) = self.gradient_accumulation_steps {
            return Some(format!("{name} takes gradient_accumulation_steps of at least 2, got {steps}"));
        }
        if self.use_ema && !(0.0..=1.0).contains(&self.ema_momentum) {
            return Some(format!("{name} takes ema_momentum from 0 to 1, got {}", self.ema_momentum));
        }
        if self.use_ema && self.ema_overwrite_frequency == Some(0) {
            return Some(format!("{name} takes ema_overwrite_frequency of at least 1, got 0"));
        }
        None
    }

    /// The loss as gradients are computed of it: times `loss_scale_factor`, if that is set.
    pub fn scale_loss(&self, loss: &Tensor) -> Tensor {
        match self.loss_scale_factor {
            Some(factor) => loss * factor,
            None => loss.clone(),
        }
    }
}

/// Reads the settings of optimizer `O`, which differ from optimizer to optimizer in their defaults.
pub(super) fn settings_of<'de, O, D>(deserializer: D) -> Result<Settings, D::Error>
where
    O: Optimizer + Default,
    D: Deserializer<'de>,
{
    let given = Map::<String, Value>::deserialize(deserializer)?;
    let Ok(Value::Object(mut fields)) = serde_json::to_value(O::default().settings()) else {
        return Err(D::Error::custom("the settings are no object"));
    };
    fields.extend(given);
    serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)
}

/// Options that every optimizer has.
///
/// ```
/// use cornu::optimizers::{OptimizerOptions, SGD};
/// let sgd = SGD::new(0.1).momentum(0.9).global_clipnorm(1.0).weight_decay(1e-4);
/// assert_eq!(sgd.settings.global_clipnorm, Some(1.0));
/// ```
pub trait OptimizerOptions: Optimizer + Sized {
    /// The same with a name.
    fn named(mut self, name: impl Into<String>) -> Self {
        self.settings_mut().name = name.into();
        self
    }

    /// The same with another learning rate: a number or a schedule.
    fn learning_rate(mut self, rate: impl Into<LearningRate>) -> Self {
        self.settings_mut().learning_rate = rate.into();
        self
    }

    /// The same, taking this part of each weight, times the learning rate, from it each step.
    fn weight_decay(mut self, decay: f64) -> Self {
        self.settings_mut().weight_decay = Some(decay);
        self
    }

    /// The same with each weight's gradient no longer than `norm`.
    fn clipnorm(mut self, norm: f64) -> Self {
        self.settings_mut().clipnorm = Some(norm);
        self
    }

    /// The same with all gradients together no longer than `norm`.
    fn global_clipnorm(mut self, norm: f64) -> Self {
        self.settings_mut().global_clipnorm = Some(norm);
        self
    }

    /// The same with each element of a gradient between `-value` and `value`.
    fn clipvalue(mut self, value: f64) -> Self {
        self.settings_mut().clipvalue = Some(value);
        self
    }

    /// The same with a moving average of each weight, which takes the weight's place at the end.
    fn ema(mut self, momentum: f64) -> Self {
        self.settings_mut().use_ema = true;
        self.settings_mut().ema_momentum = momentum;
        self
    }

    /// The same with averages that take their weights' places after every `updates` updates.
    fn ema_overwrite_frequency(mut self, updates: u64) -> Self {
        self.settings_mut().ema_overwrite_frequency = Some(updates);
        self
    }

    /// The same with a loss that is multiplied by `factor` while gradients are computed.
    fn loss_scale_factor(mut self, factor: f64) -> Self {
        self.settings_mut().loss_scale_factor = Some(factor);
        self
    }

    /// The same with an update every `steps` steps, by the mean of their gradients.
    fn gradient_accumulation_steps(mut self, steps: u64) -> Self {
        self.settings_mut().gradient_accumulation_steps = Some(steps);
        self
    }
}

impl<O: Optimizer> OptimizerOptions for O {}
