//! Sets the learning rate of each epoch.

use super::callback::report;
use super::reduce_lr_on_plateau::changeable_rate;
use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::model::Scores;
use crate::registry::Named;
use std::fmt;

/// Sets the learning rate of each epoch by a function of the epoch and the rate so far.
///
/// Each epoch reports its rate as `learning_rate`. Agrees with Keras's `LearningRateScheduler`.
///
/// ```
/// use cornu::{Fit, callbacks::LearningRateScheduler};
/// let halving = LearningRateScheduler::new(|epoch, rate| if epoch > 0 { rate / 2.0 } else { rate });
/// let fit = Fit::new().epochs(5).callback(halving);
/// ```
pub struct LearningRateScheduler {
    schedule: Box<dyn FnMut(usize, f64) -> f64 + Send>,
}

impl LearningRateScheduler {
    /// The rate of each epoch, from its number (the first is 0) and the rate so far.
    pub fn new(schedule: impl FnMut(usize, f64) -> f64 + Send + 'static) -> LearningRateScheduler {
        LearningRateScheduler { schedule: Box::new(schedule) }
    }
}

impl fmt::Debug for LearningRateScheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LearningRateScheduler")
    }
}

impl Named for LearningRateScheduler {
    const NAME: &'static str = "LearningRateScheduler";
    const SUMMARY: &'static str = "Sets the learning rate of each epoch";
}

impl Callback for LearningRateScheduler {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        changeable_rate(Self::NAME, training).map(|_| ())
    }

    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        let rate = (self.schedule)(epoch, changeable_rate(Self::NAME, training)?);
        if !rate.is_finite() || rate < 0.0 {
            let message = format!("LearningRateScheduler was given the rate {rate} for epoch {epoch}");
            return Err(Error::argument(message).help("return a number of at least 0"));
        }
        training.trainer.set_learning_rate(rate)
    }

    fn on_epoch_end(&mut self, training: &mut Training, _: usize, logs: &mut Scores) -> Result<()> {
        report(logs, "learning_rate", changeable_rate(Self::NAME, training)?);
        Ok(())
    }
}
