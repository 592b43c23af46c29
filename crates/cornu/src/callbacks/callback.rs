//! The trait that every callback implements.

use crate::error::Result;
use crate::model::{Scores, Trainer};

/// A training in progress, as callbacks see it.
pub struct Training<'a> {
    /// What is trained: its weights, its learning rate.
    pub trainer: &'a mut Trainer,
    /// The epoch that the training ends before.
    pub epochs: usize,
    /// Steps in an epoch.
    pub steps: usize,
    /// Set to true to end the training after the step or epoch at hand.
    pub stop: bool,
}

/// Something that happens besides training, at its events.
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

    /// After an epoch, with what is reported of it; a callback may report more.
    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        Ok(())
    }

    /// After the last epoch.
    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        Ok(())
    }
}
