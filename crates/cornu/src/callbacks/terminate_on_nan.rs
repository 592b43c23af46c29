//! Stops when the loss is not a number any more.

use super::{Callback, Training};
use crate::error::Result;
use crate::registry::Named;

/// Stops the training after the first step whose loss is infinite or not a number. Agrees with Keras's
/// `TerminateOnNaN`, and prints nothing: the history ends with that loss.
#[derive(Clone, Debug, Default)]
pub struct TerminateOnNaN;

impl TerminateOnNaN {
    /// Stops when the loss is not finite.
    pub fn new() -> TerminateOnNaN {
        TerminateOnNaN
    }
}

impl Named for TerminateOnNaN {
    const NAME: &'static str = "TerminateOnNaN";
    const SUMMARY: &'static str = "Stops when the loss is not a number any more";
}

impl Callback for TerminateOnNaN {
    fn on_batch_end(&mut self, training: &mut Training, _: usize, loss: f64) -> Result<()> {
        if !loss.is_finite() {
            training.stop = true;
        }
        Ok(())
    }
}
