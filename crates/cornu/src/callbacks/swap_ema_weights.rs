//! Puts moving averages in the place of weights while they are judged.

use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::model::Scores;
use crate::registry::Named;
use cornu_graph::Array;

/// Puts the moving averages that an optimizer keeps in the place of the weights while validation data is
/// evaluated; or, with [`SwapEMAWeights::swap_on_epoch`], from the end of each epoch to the beginning of
/// the next, so that callbacks after this one save the averages.
///
/// Agrees with Keras's `SwapEMAWeights`. The optimizer needs averages, `Adam::new(0.001).ema(0.99)`.
///
/// ```
/// use cornu::{Fit, callbacks::{ModelCheckpoint, SwapEMAWeights}};
/// let swap = SwapEMAWeights::new().swap_on_epoch(true);
/// let fit = Fit::new().callback(swap).callback(ModelCheckpoint::new("averages.keras"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SwapEMAWeights {
    swap_on_epoch: bool,
    /// The averages, while they are in the place of the weights, and whether that is so.
    swapped: bool,
    averages: Vec<(usize, usize, Array)>,
}

impl SwapEMAWeights {
    /// Averages while validation data is evaluated.
    pub fn new() -> SwapEMAWeights {
        SwapEMAWeights::default()
    }

    /// Whether averages are in the model from the end of an epoch on; false by default.
    pub fn swap_on_epoch(mut self, swap: bool) -> SwapEMAWeights {
        self.swap_on_epoch = swap;
        self
    }

    /// Averages and weights change places.
    fn swap(&mut self, training: &mut Training) -> Result<()> {
        let pairs = pairs(training)?;
        self.swapped = !self.swapped;
        self.averages.clear();
        let values = training.trainer.variables.values_mut();
        for (weight, average) in pairs {
            values.swap(weight, average);
            if self.swapped {
                self.averages.push((weight, average, values[weight].clone()));
            }
        }
        Ok(())
    }
}

/// The numbers of weights and of their averages.
fn pairs(training: &Training) -> Result<Vec<(usize, usize)>> {
    let optimizer = training.trainer.compiled_with().optimizer.item()?;
    Ok(optimizer.averages(training.trainer.variables()))
}

impl Named for SwapEMAWeights {
    const NAME: &'static str = "SwapEMAWeights";
    const SUMMARY: &'static str = "Puts moving averages in the place of weights while they are judged";
}

impl Callback for SwapEMAWeights {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        self.swapped = false;
        if pairs(training)?.is_empty() {
            return Err(Error::argument("SwapEMAWeights has no averages: the optimizer keeps none")
                .help("compile with an optimizer that does, such as Adam::new(0.001).ema(0.99)"));
        }
        Ok(())
    }

    fn on_epoch_begin(&mut self, training: &mut Training, _: usize) -> Result<()> {
        if self.swapped { self.swap(training) } else { Ok(()) }
    }

    fn on_test_begin(&mut self, training: &mut Training) -> Result<()> {
        if self.swapped { Ok(()) } else { self.swap(training) }
    }

    fn on_test_end(&mut self, training: &mut Training) -> Result<()> {
        if self.swapped { self.swap(training) } else { Ok(()) }
    }

    fn on_epoch_end(&mut self, training: &mut Training, _: usize, _: &mut Scores) -> Result<()> {
        if self.swap_on_epoch && !self.swapped { self.swap(training) } else { Ok(()) }
    }

    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        // The end of training takes what stands in the averages' place: the weights, if they are swapped.
        for (weight, average, value) in std::mem::take(&mut self.averages) {
            training.trainer.variables.set(weight, &value)?;
            training.trainer.variables.set(average, &value)?;
        }
        self.swapped = false;
        Ok(())
    }
}
