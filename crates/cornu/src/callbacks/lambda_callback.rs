//! A callback made of functions.

use super::{Callback, Training};
use crate::error::Result;
use crate::model::Scores;
use crate::registry::Named;
use std::fmt;

type Boundary = Box<dyn FnMut(&mut Training) -> Result<()> + Send>;
type Begin = Box<dyn FnMut(&mut Training, usize) -> Result<()> + Send>;
type Batch = Box<dyn FnMut(&mut Training, usize, f64) -> Result<()> + Send>;
type Epoch = Box<dyn FnMut(&mut Training, usize, &mut Scores) -> Result<()> + Send>;

/// A callback made of functions, one for each event that is of interest. Agrees with Keras's
/// `LambdaCallback`.
///
/// ```
/// use cornu::{Fit, callbacks::LambdaCallback};
/// let printing = LambdaCallback::new().on_epoch_end(|_, epoch, logs| {
///     println!("{epoch}: {logs:?}");
///     Ok(())
/// });
/// let fit = Fit::new().callback(printing);
/// ```
#[derive(Default)]
pub struct LambdaCallback {
    train_begin: Option<Boundary>,
    epoch_begin: Option<Begin>,
    batch_end: Option<Batch>,
    test_begin: Option<Boundary>,
    test_end: Option<Boundary>,
    epoch_end: Option<Epoch>,
    train_end: Option<Boundary>,
}

impl LambdaCallback {
    /// A callback that does nothing yet.
    pub fn new() -> LambdaCallback {
        LambdaCallback::default()
    }

    /// Does this before the first epoch.
    pub fn on_train_begin(
        mut self,
        call: impl FnMut(&mut Training) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.train_begin = Some(Box::new(call));
        self
    }

    /// Does this before each epoch.
    pub fn on_epoch_begin(
        mut self,
        call: impl FnMut(&mut Training, usize) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.epoch_begin = Some(Box::new(call));
        self
    }

    /// Does this after each step, with the loss of its batch.
    pub fn on_batch_end(
        mut self,
        call: impl FnMut(&mut Training, usize, f64) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.batch_end = Some(Box::new(call));
        self
    }

    /// Does this before the validation data is evaluated.
    pub fn on_test_begin(
        mut self,
        call: impl FnMut(&mut Training) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.test_begin = Some(Box::new(call));
        self
    }

    /// Does this after the validation data was evaluated.
    pub fn on_test_end(
        mut self,
        call: impl FnMut(&mut Training) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.test_end = Some(Box::new(call));
        self
    }

    /// Does this after each epoch, with what is reported of it.
    pub fn on_epoch_end(
        mut self,
        call: impl FnMut(&mut Training, usize, &mut Scores) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.epoch_end = Some(Box::new(call));
        self
    }

    /// Does this after the last epoch.
    pub fn on_train_end(
        mut self,
        call: impl FnMut(&mut Training) -> Result<()> + Send + 'static,
    ) -> LambdaCallback {
        self.train_end = Some(Box::new(call));
        self
    }
}

impl fmt::Debug for LambdaCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LambdaCallback")
    }
}

impl Named for LambdaCallback {
    const NAME: &'static str = "LambdaCallback";
    const SUMMARY: &'static str = "A callback made of functions";
}

impl Callback for LambdaCallback {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        self.train_begin.as_mut().map_or(Ok(()), |call| call(training))
    }

    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        self.epoch_begin.as_mut().map_or(Ok(()), |call| call(training, epoch))
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, loss: f64) -> Result<()> {
        self.batch_end.as_mut().map_or(Ok(()), |call| call(training, step, loss))
    }

    fn on_test_begin(&mut self, training: &mut Training) -> Result<()> {
        self.test_begin.as_mut().map_or(Ok(()), |call| call(training))
    }

    fn on_test_end(&mut self, training: &mut Training) -> Result<()> {
        self.test_end.as_mut().map_or(Ok(()), |call| call(training))
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        self.epoch_end.as_mut().map_or(Ok(()), |call| call(training, epoch, logs))
    }

    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        self.train_end.as_mut().map_or(Ok(()), |call| call(training))
    }
}
