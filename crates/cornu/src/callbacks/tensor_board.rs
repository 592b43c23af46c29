//! Writes figures for TensorBoard.

use super::model_checkpoint::make_folder;
use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::files::events::EventWriter;
use crate::model::Scores;
use crate::registry::Named;
use std::path::{Path, PathBuf};

/// Writes the figures of each epoch to files that TensorBoard shows.
///
/// The folder `train` of `log_dir` gets `epoch_loss`, `epoch_accuracy`, ... and `epoch_learning_rate`;
/// the folder `validation` gets those of the validation data, by epoch and, as
/// `evaluation_loss_vs_iterations`, by step. With [`TensorBoard::update_freq`] steps are written too, as
/// `batch_loss`. Agrees with Keras's `TensorBoard` in scalars; graphs, histograms, images, profiles and
/// embeddings are not written.
///
/// ```
/// use cornu::{Fit, callbacks::TensorBoard};
/// let fit = Fit::new().epochs(5).callback(TensorBoard::new("logs").update_freq(100));
/// ```
#[derive(Debug)]
pub struct TensorBoard {
    log_dir: PathBuf,
    update_freq: Option<usize>,
    train: Option<EventWriter>,
    validation: Option<EventWriter>,
    steps: u64,
}

impl TensorBoard {
    /// Writes to files in folders of `log_dir`.
    pub fn new(log_dir: impl AsRef<Path>) -> TensorBoard {
        let log_dir = log_dir.as_ref().into();
        TensorBoard { log_dir, update_freq: None, train: None, validation: None, steps: 0 }
    }

    /// Writes the figures of every so many steps too; of epochs alone by default.
    pub fn update_freq(mut self, steps: usize) -> TensorBoard {
        self.update_freq = Some(steps);
        self
    }

    fn open(&self, part: &str) -> Result<Option<EventWriter>> {
        let folder = self.log_dir.join(part);
        make_folder(&folder)?;
        EventWriter::create(folder).map(Some)
    }
}

impl Named for TensorBoard {
    const NAME: &'static str = "TensorBoard";
    const SUMMARY: &'static str = "Writes figures for TensorBoard";
}

impl Callback for TensorBoard {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        if self.update_freq == Some(0) {
            return Err(Error::argument("TensorBoard has an update_freq of 0")
                .help("1 writes every step; without update_freq epochs alone are written"));
        }
        self.steps = 0;
        self.train = self.open("train")?;
        if training.validates {
            self.validation = self.open("validation")?;
        }
        Ok(())
    }

    fn on_batch_end(&mut self, training: &mut Training, _: usize, _: f64) -> Result<()> {
        self.steps += 1;
        match (&mut self.train, self.update_freq) {
            (Some(writer), Some(steps)) if self.steps.is_multiple_of(steps as u64) => {
                let scores = training.trainer.scores()?;
                writer.scalars(self.steps, &tagged(&scores, |name| Some(format!("batch_{name}"))))
            }
            _ => Ok(()),
        }
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        if let Some(writer) = &mut self.train {
            let mut scalars =
                tagged(logs, |name| (!name.starts_with("val_")).then(|| format!("epoch_{name}")));
            let rate = "epoch_learning_rate";
            if let Some(value) = training.trainer.learning_rate()
                && !scalars.iter().any(|(tag, _)| tag == rate)
            {
                scalars.push((rate.into(), value));
            }
            writer.scalars(epoch as u64, &scalars)?;
        }
        if let Some(writer) = &mut self.validation {
            let by_step =
                |name: &str| name.strip_prefix("val_").map(|name| format!("evaluation_{name}_vs_iterations"));
            let by_epoch = |name: &str| name.strip_prefix("val_").map(|name| format!("epoch_{name}"));
            for (step, scalars) in
                [(self.steps, tagged(logs, by_step)), (epoch as u64, tagged(logs, by_epoch))]
            {
                // Not every epoch is evaluated.
                if !scalars.is_empty() {
                    writer.scalars(step, &scalars)?;
                }
            }
        }
        Ok(())
    }

    fn on_train_end(&mut self, _: &mut Training) -> Result<()> {
        (self.train, self.validation) = (None, None);
        Ok(())
    }
}

/// The figures that `tag` names.
fn tagged(scores: &Scores, tag: impl Fn(&str) -> Option<String>) -> Scores {
    scores.iter().filter_map(|(name, value)| Some((tag(name)?, *value))).collect()
}
