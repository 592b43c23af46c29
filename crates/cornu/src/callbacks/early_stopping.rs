//! Stops when a figure no longer gets better.

use super::monitor::{Mode, Monitor};
use super::{Callback, Training};
use crate::error::Result;
use crate::model::Scores;
use crate::registry::Named;
use cornu_graph::Array;

/// Stops the training when a figure has not got better for some epochs.
///
/// An epoch is better when its figure beats the best so far by more than `min_delta`. Training stops
/// after `patience` epochs in a row that are not, at the second epoch at the earliest. Agrees with
/// Keras's `EarlyStopping`.
///
/// ```
/// use cornu::{Fit, callbacks::EarlyStopping};
/// let stopping = EarlyStopping::new().monitor("val_accuracy").patience(5).restore_best_weights(true);
/// let fit = Fit::new().epochs(100).validation_split(0.2).callback(stopping);
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping {
    monitor: Monitor,
    patience: usize,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    wait: usize,
    stopped: Option<usize>,
    best_epoch: usize,
    best_weights: Option<Vec<Array>>,
}

impl Default for EarlyStopping {
    fn default() -> EarlyStopping {
        EarlyStopping {
            monitor: Monitor::new("val_loss", 0.0),
            patience: 0,
            baseline: None,
            restore_best_weights: false,
            start_from_epoch: 0,
            wait: 0,
            stopped: None,
            best_epoch: 0,
            best_weights: None,
        }
    }
}

impl EarlyStopping {
    /// Stops at the first epoch whose `val_loss` is not below the best so far.
    pub fn new() -> EarlyStopping {
        EarlyStopping::default()
    }

    /// The figure to watch; `val_loss` by default.
    pub fn monitor(mut self, name: &str) -> EarlyStopping {
        self.monitor.name = name.into();
        self
    }

    /// By how much the figure has to beat the best so far; 0 by default.
    pub fn min_delta(mut self, min_delta: f64) -> EarlyStopping {
        self.monitor.min_delta = min_delta;
        self
    }

    /// How many epochs in a row may fail to be better; at the last of them training stops. 0 by default,
    /// which is as good as 1.
    pub fn patience(mut self, patience: usize) -> EarlyStopping {
        self.patience = patience;
        self
    }

    /// Which way the figure gets better; by default as its metric says.
    pub fn mode(mut self, mode: Mode) -> EarlyStopping {
        self.monitor.mode = mode;
        self
    }

    /// What the figure has to beat besides for the patience to begin anew; nothing by default.
    pub fn baseline(mut self, baseline: f64) -> EarlyStopping {
        self.baseline = Some(baseline);
        self
    }

    /// Whether the model gets the weights of its best epoch back when training ends; false by default.
    pub fn restore_best_weights(mut self, restore: bool) -> EarlyStopping {
        self.restore_best_weights = restore;
        self
    }

    /// Epochs before this one are not looked at; 0 by default.
    pub fn start_from_epoch(mut self, epoch: usize) -> EarlyStopping {
        self.start_from_epoch = epoch;
        self
    }

    /// The epoch after which training was stopped, if it was.
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.stopped
    }

    /// The best epoch.
    pub fn best_epoch(&self) -> usize {
        self.best_epoch
    }

    /// The best figure.
    pub fn best(&self) -> Option<f64> {
        self.monitor.best
    }
}

impl Named for EarlyStopping {
    const NAME: &'static str = "EarlyStopping";
    const SUMMARY: &'static str = "Stops when a figure no longer gets better";
}

impl Callback for EarlyStopping {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        self.wait = 0;
        self.stopped = None;
        self.best_epoch = 0;
        self.best_weights = None;
        self.monitor.best = None;
        self.monitor.check(Self::NAME, training)
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        let Some(value) = self.monitor.read(Self::NAME, training, logs)? else { return Ok(()) };
        let better = self.monitor.better(Self::NAME, training)?;
        if epoch < self.start_from_epoch {
            return Ok(());
        }
        let keep = |weights: &mut Option<Vec<Array>>| *weights = Some(training.trainer.get_weights());
        if self.restore_best_weights && self.best_weights.is_none() {
            keep(&mut self.best_weights);
            self.best_epoch = epoch;
        }
        self.wait += 1;
        if self.monitor.improves(better, value, self.monitor.best) {
            self.monitor.best = Some(value);
            self.best_epoch = epoch;
            if self.restore_best_weights {
                keep(&mut self.best_weights);
            }
            if self.baseline.is_none_or(|baseline| self.monitor.improves(better, value, Some(baseline))) {
                self.wait = 0;
            }
        } else if self.wait >= self.patience && epoch > 0 {
            self.stopped = Some(epoch);
            training.stop = true;
        }
        Ok(())
    }

    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        match self.best_weights.take() {
            Some(weights) => training.trainer.set_weights(&weights),
            None => Ok(()),
        }
    }
}
