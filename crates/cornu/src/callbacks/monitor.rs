//! A figure that is watched from epoch to epoch, and its best so far.

use super::Training;
use crate::error::{Error, Result};
use crate::metrics::Better;
use crate::model::Scores;
use std::str::FromStr;

/// Which way a monitored figure gets better. Agrees with the `mode` of Keras's callbacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As the figure's metric says: losses down, accuracies up.
    #[default]
    Auto,
    /// Down.
    Min,
    /// Up.
    Max,
}

impl FromStr for Mode {
    type Err = Error;

    /// The mode that Keras calls so: `auto`, `min`, `max`.
    #[track_caller]
    fn from_str(name: &str) -> Result<Mode> {
        match name {
            "auto" => Ok(Mode::Auto),
            "min" => Ok(Mode::Min),
            "max" => Ok(Mode::Max),
            _ => Err(Error::argument(format!("there is no mode `{name}`")).help("give auto, min or max")),
        }
    }
}

/// A figure that is watched from epoch to epoch.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    pub(super) name: String,
    pub(super) mode: Mode,
    pub(super) min_delta: f64,
    pub(super) best: Option<f64>,
}

impl Monitor {
    pub(super) fn new(name: &str, min_delta: f64) -> Monitor {
        Monitor { name: name.into(), mode: Mode::Auto, min_delta, best: None }
    }

    /// Whether the training will report the figure, as far as that can be told before its first epoch:
    /// other callbacks may report figures of their own.
    pub(super) fn check(&self, who: &str, training: &Training) -> Result<()> {
        if self.name.starts_with("val_") && !training.validates {
            let message = format!("{who} watches {}, and there is no validation data", self.name);
            return Err(Error::argument(message)
                .help("give Fit a validation_split or validation_data, or watch another figure"));
        }
        Ok(())
    }

    /// The figure in the logs of an epoch; `None` in epochs without validation.
    pub(super) fn read(&self, who: &str, training: &Training, logs: &Scores) -> Result<Option<f64>> {
        let value = logs.iter().find(|(name, _)| *name == self.name).map(|(_, value)| *value);
        let own = self.name.strip_prefix("val_").filter(|_| training.validates);
        let skipped = own.is_some_and(|own| logs.iter().any(|(name, _)| name == own));
        if value.is_none() && !skipped {
            let names: Vec<&str> = logs.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("{who} watches {}, which is not reported", self.name);
            return Err(Error::argument(message).help(format!("watch one of {}", names.join(", "))));
        }
        Ok(value)
    }

    /// Which way the figure gets better.
    pub(super) fn better(&self, who: &str, training: &Training) -> Result<Better> {
        let known = match self.mode {
            Mode::Min => Some(Better::Lower),
            Mode::Max => Some(Better::Higher),
            Mode::Auto => training.trainer.better(&self.name),
        };
        known.ok_or_else(|| {
            let message = format!("{who} cannot tell whether {} gets better up or down", self.name);
            Error::argument(message).help("say so with .mode(Mode::Max) or .mode(Mode::Min)")
        })
    }

    /// Whether `value` is better than `reference` by more than `min_delta`. What is not a number is
    /// better than nothing, and worse than any number.
    pub(super) fn improves(&self, better: Better, value: f64, reference: Option<f64>) -> bool {
        let Some(reference) = reference.filter(|reference| !reference.is_nan()) else {
            return !value.is_nan();
        };
        match better {
            Better::Lower => value + self.min_delta.abs() < reference,
            Better::Higher => value - self.min_delta.abs() > reference,
        }
    }
}
