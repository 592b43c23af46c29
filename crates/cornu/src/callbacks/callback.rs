//! The trait that every callback implements.

use crate::error::Result;
use crate::model::{Scores, Trainer};
use std::sync::{Arc, Mutex};

/// A training in progress, as callbacks see it.
pub struct Training<'a> {
    /// What is trained: its weights, its learning rate.
    pub trainer: &'a mut Trainer,
    /// The epoch that the training ends before.
    pub epochs: usize,
    /// Steps in an epoch; 0 before the first one is over, where a pipeline does not know.
    pub steps: usize,
    /// Whether there is validation data, so that figures called `val_..` are reported.
    pub validates: bool,
    /// Set to true to end the training after the step or epoch at hand.
    pub stop: bool,
    /// The epoch and the step in it that the training begins with; a callback may set it in
    /// [`Callback::on_train_begin`], to go on with a training that was interrupted.
    pub start: (usize, usize),
}

/// Something that happens besides training, at its events.
///
/// An error ends the training and is what `fit` returns. To look at a callback after the training,
/// share it: an `Arc<Mutex<C>>` of a callback is one too.
///
/// ```
/// use cornu::callbacks::{Callback, EarlyStopping};
/// use std::sync::{Arc, Mutex};
/// let stopping = Arc::new(Mutex::new(EarlyStopping::new().patience(3)));
/// let fit = cornu::Fit::new().callback(stopping.clone());
/// assert_eq!(stopping.lock().unwrap().stopped_epoch(), None);
/// ```
#[allow(unused_variables)]
pub trait Callback: Send {
    /// Before the first epoch.
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        Ok(())
    }

    /// Before an epoch.
    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        Ok(())
    }

    /// After a step, with the loss of its batch.
    fn on_batch_end(&mut self, training: &mut Training, step: usize, loss: f64) -> Result<()> {
        Ok(())
    }

    /// Before the validation data is evaluated.
    fn on_test_begin(&mut self, training: &mut Training) -> Result<()> {
        Ok(())
    }

    /// After the validation data was evaluated.
    fn on_test_end(&mut self, training: &mut Training) -> Result<()> {
        Ok(())
    }

    /// After an epoch, with what is reported of it; a callback may report more.
    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        Ok(())
    }

    /// After the last epoch.
    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        Ok(())
    }
}

impl<C: Callback> Callback for Arc<Mutex<C>> {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        shared(self, |callback| callback.on_train_begin(training))
    }

    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        shared(self, |callback| callback.on_epoch_begin(training, epoch))
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, loss: f64) -> Result<()> {
        shared(self, |callback| callback.on_batch_end(training, step, loss))
    }

    fn on_test_begin(&mut self, training: &mut Training) -> Result<()> {
        shared(self, |callback| callback.on_test_begin(training))
    }

    fn on_test_end(&mut self, training: &mut Training) -> Result<()> {
        shared(self, |callback| callback.on_test_end(training))
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        shared(self, |callback| callback.on_epoch_end(training, epoch, logs))
    }

    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        shared(self, |callback| callback.on_train_end(training))
    }
}

/// Runs `work` on a callback that is shared. What another thread left behind when it panicked is as
/// good as what it found.
fn shared<C, R>(callback: &Mutex<C>, work: impl FnOnce(&mut C) -> R) -> R {
    work(&mut callback.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
}

/// Reports a figure, in the place of an earlier one of that name.
pub(super) fn report(logs: &mut Scores, name: &str, value: f64) {
    match logs.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => logs.push((name.into(), value)),
    }
}
