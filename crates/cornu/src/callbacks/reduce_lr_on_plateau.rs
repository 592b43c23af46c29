//! Lowers the learning rate when a figure no longer gets better.

use super::callback::report;
use super::monitor::{Mode, Monitor};
use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::model::Scores;
use crate::registry::Named;

/// Multiplies the learning rate by `factor` when a figure has not got better for `patience` epochs.
///
/// Each epoch reports the rate it was trained with as `learning_rate`. Agrees with Keras's
/// `ReduceLROnPlateau`.
///
/// ```
/// use cornu::{Fit, callbacks::ReduceLROnPlateau};
/// let plateau = ReduceLROnPlateau::new().monitor("loss").factor(0.5).patience(3).min_lr(1e-5);
/// let fit = Fit::new().epochs(50).callback(plateau);
/// ```
#[derive(Clone, Debug)]
pub struct ReduceLROnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    cooldown: usize,
    min_lr: f64,
    wait: usize,
    cooling: usize,
}

impl Default for ReduceLROnPlateau {
    fn default() -> ReduceLROnPlateau {
        ReduceLROnPlateau {
            monitor: Monitor::new("val_loss", 1e-4),
            factor: 0.1,
            patience: 10,
            cooldown: 0,
            min_lr: 0.0,
            wait: 0,
            cooling: 0,
        }
    }
}

impl ReduceLROnPlateau {
    /// A tenth of the rate after ten epochs without a better `val_loss`.
    pub fn new() -> ReduceLROnPlateau {
        ReduceLROnPlateau::default()
    }

    /// The figure to watch; `val_loss` by default.
    pub fn monitor(mut self, name: &str) -> ReduceLROnPlateau {
        self.monitor.name = name.into();
        self
    }

    /// What the rate is multiplied by, below 1; 0.1 by default.
    pub fn factor(mut self, factor: f64) -> ReduceLROnPlateau {
        self.factor = factor;
        self
    }

    /// How many epochs in a row may fail to be better; after the last of them the rate is lowered. 10 by
    /// default.
    pub fn patience(mut self, patience: usize) -> ReduceLROnPlateau {
        self.patience = patience;
        self
    }

    /// By how much the figure has to beat the best so far; 0.0001 by default.
    pub fn min_delta(mut self, min_delta: f64) -> ReduceLROnPlateau {
        self.monitor.min_delta = min_delta;
        self
    }

    /// How many epochs after the rate was lowered are not counted; 0 by default.
    pub fn cooldown(mut self, epochs: usize) -> ReduceLROnPlateau {
        self.cooldown = epochs;
        self
    }

    /// The rate is never lowered below this; 0 by default.
    pub fn min_lr(mut self, rate: f64) -> ReduceLROnPlateau {
        self.min_lr = rate;
        self
    }

    /// Which way the figure gets better; by default as its metric says.
    pub fn mode(mut self, mode: Mode) -> ReduceLROnPlateau {
        self.monitor.mode = mode;
        self
    }
}

impl Named for ReduceLROnPlateau {
    const NAME: &'static str = "ReduceLROnPlateau";
    const SUMMARY: &'static str = "Lowers the learning rate when a figure no longer gets better";
}

/// The learning rate, if it is one that can be changed.
pub(super) fn changeable_rate(who: &str, training: &Training) -> Result<f64> {
    training.trainer.learning_rate().ok_or_else(|| {
        let message = format!("{who} changes the learning rate, which the optimizer takes from a schedule");
        Error::argument(message)
            .help("give the optimizer a number as its learning rate, or leave the callback out")
    })
}

impl Callback for ReduceLROnPlateau {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        if !(0.0..1.0).contains(&self.factor) {
            let message = format!("ReduceLROnPlateau takes a factor from 0 to below 1, got {}", self.factor);
            return Err(Error::argument(message));
        }
        self.wait = 0;
        self.cooling = 0;
        self.monitor.best = None;
        changeable_rate(Self::NAME, training)?;
        self.monitor.check(Self::NAME, training)
    }

    fn on_epoch_end(&mut self, training: &mut Training, _: usize, logs: &mut Scores) -> Result<()> {
        let rate = changeable_rate(Self::NAME, training)?;
        report(logs, "learning_rate", rate);
        let Some(value) = self.monitor.read(Self::NAME, training, logs)? else { return Ok(()) };
        let better = self.monitor.better(Self::NAME, training)?;
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        if self.monitor.improves(better, value, self.monitor.best) {
            self.monitor.best = Some(value);
            self.wait = 0;
        } else if self.cooling == 0 {
            self.wait += 1;
            // The rate is kept in f32, where the least one may not be exact.
            if self.wait >= self.patience && rate > self.min_lr as f32 as f64 {
                training.trainer.set_learning_rate((rate * self.factor).max(self.min_lr))?;
                self.cooling = self.cooldown;
                self.wait = 0;
            }
        }
        Ok(())
    }
}
