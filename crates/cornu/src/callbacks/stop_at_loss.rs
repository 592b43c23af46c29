//! Stops when a figure is low enough.

use super::monitor::Monitor;
use super::{Callback, Training};
use crate::error::Result;
use crate::model::Scores;
use crate::registry::Named;

/// Stops the training after the first epoch whose loss, or another figure, is at or under a threshold.
/// Keras has no such callback.
///
/// ```
/// use cornu::{Fit, callbacks::StopAtLoss};
/// let fit = Fit::new().epochs(1000).callback(StopAtLoss::new(0.01));
/// ```
#[derive(Clone, Debug)]
pub struct StopAtLoss {
    monitor: Monitor,
    threshold: f64,
}

impl StopAtLoss {
    /// Stops when `loss` is at or under `threshold`.
    pub fn new(threshold: f64) -> StopAtLoss {
        StopAtLoss { monitor: Monitor::new("loss", 0.0), threshold }
    }

    /// The figure to watch; `loss` by default.
    pub fn monitor(mut self, name: &str) -> StopAtLoss {
        self.monitor.name = name.into();
        self
    }
}

impl Named for StopAtLoss {
    const NAME: &'static str = "StopAtLoss";
    const SUMMARY: &'static str = "Stops when a figure is low enough";
}

impl Callback for StopAtLoss {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        self.monitor.check(Self::NAME, training)
    }

    fn on_epoch_end(&mut self, training: &mut Training, _: usize, logs: &mut Scores) -> Result<()> {
        if self.monitor.read(Self::NAME, training, logs)?.is_some_and(|value| value <= self.threshold) {
            training.stop = true;
        }
        Ok(())
    }
}
