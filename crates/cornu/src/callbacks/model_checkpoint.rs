//! Saves the model as it is trained.

use super::file_name::FileName;
use super::monitor::{Mode, Monitor};
use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::model::Scores;
use crate::registry::Named;
use std::path::{Path, PathBuf};

/// Saves the model after each epoch, or after each that is the best so far.
///
/// The file's name may hold the number of the epoch (the first is 1) and figures of it, formatted as
/// Python does: `{epoch:02d}-{val_loss:.2f}.keras`. Folders that do not exist are made. What is saved
/// holds the optimizer's state too, so that training can go on from it. Agrees with Keras's
/// `ModelCheckpoint`.
///
/// ```
/// use cornu::{Fit, callbacks::ModelCheckpoint};
/// let checkpoint = ModelCheckpoint::new("best.keras").monitor("val_accuracy").save_best_only(true);
/// let fit = Fit::new().epochs(50).validation_split(0.1).callback(checkpoint);
/// ```
#[derive(Clone, Debug)]
pub struct ModelCheckpoint {
    path: String,
    name: FileName,
    monitor: Monitor,
    save_best_only: bool,
    save_weights_only: bool,
    save_freq: Option<usize>,
    epoch: usize,
    steps: usize,
}

impl ModelCheckpoint {
    /// Saves after each epoch to the file of this name, which ends in `.keras`, or in `.weights.h5` where
    /// weights alone are saved.
    pub fn new(path: impl AsRef<Path>) -> ModelCheckpoint {
        ModelCheckpoint {
            path: path.as_ref().display().to_string(),
            name: FileName::default(),
            monitor: Monitor::new("val_loss", 0.0),
            save_best_only: false,
            save_weights_only: false,
            save_freq: None,
            epoch: 0,
            steps: 0,
        }
    }

    /// The figure that says which epoch is the best; `val_loss` by default.
    pub fn monitor(mut self, name: &str) -> ModelCheckpoint {
        self.monitor.name = name.into();
        self
    }

    /// Whether only epochs that are the best so far are saved; false by default.
    pub fn save_best_only(mut self, best: bool) -> ModelCheckpoint {
        self.save_best_only = best;
        self
    }

    /// Whether weights and the optimizer's state alone are saved, to files that end in `.weights.h5`;
    /// false by default.
    pub fn save_weights_only(mut self, weights: bool) -> ModelCheckpoint {
        self.save_weights_only = weights;
        self
    }

    /// Saves after every so many steps, counted over epochs, and not after epochs. Names may hold the
    /// `batch` then, and figures are those of the epoch so far.
    pub fn save_freq(mut self, steps: usize) -> ModelCheckpoint {
        self.save_freq = Some(steps);
        self
    }

    /// Which way the figure gets better; by default as its metric says.
    pub fn mode(mut self, mode: Mode) -> ModelCheckpoint {
        self.monitor.mode = mode;
        self
    }

    /// What the figure has to beat for the first epoch to be saved, when only the best are; nothing by
    /// default.
    pub fn initial_value_threshold(mut self, value: f64) -> ModelCheckpoint {
        self.monitor.best = Some(value);
        self
    }

    /// The best figure so far, if only the best epochs are saved.
    pub fn best(&self) -> Option<f64> {
        self.monitor.best
    }
}

impl Named for ModelCheckpoint {
    const NAME: &'static str = "ModelCheckpoint";
    const SUMMARY: &'static str = "Saves the model as it is trained";
}

impl ModelCheckpoint {
    /// Saves, if this is to be saved.
    fn save(&mut self, training: &mut Training, batch: Option<usize>, logs: &Scores) -> Result<()> {
        if self.save_best_only {
            let Some(value) = self.monitor.read(Self::NAME, training, logs)? else { return Ok(()) };
            let better = self.monitor.better(Self::NAME, training)?;
            if !self.monitor.improves(better, value, self.monitor.best) {
                return Ok(());
            }
            self.monitor.best = Some(value);
        }
        let value = |name: &str| match name {
            "epoch" => Some(self.epoch as f64 + 1.0),
            "batch" => batch.map(|batch| batch as f64),
            _ => logs.iter().find(|(known, _)| known == name).map(|(_, value)| *value),
        };
        let path = self.name.fill(value).map_err(|name| {
            let names: Vec<&str> = logs.iter().map(|(name, _)| name.as_str()).collect();
            Error::argument(format!("ModelCheckpoint cannot name files {}: there is no {name}", self.path))
                .help(format!("there are epoch, {}", names.join(", ")))
        })?;
        let path = PathBuf::from(path);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_folder(folder)?;
        }
        match self.save_weights_only {
            true => training.trainer.save_weights(&path),
            false => training.trainer.save(&path),
        }
    }
}

/// Makes a folder, if it is not there.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::file(folder, format!("the folder cannot be made: {error}")))
}

impl Callback for ModelCheckpoint {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        let (what, end) = match self.save_weights_only {
            true => ("weights in .weights.h5 files", ".weights.h5"),
            false => (".keras files", ".keras"),
        };
        if !self.path.ends_with(end) {
            let message = format!("ModelCheckpoint saves {what}, got the name {}", self.path);
            return Err(Error::argument(message).help(format!("end the name in {end}")));
        }
        if self.save_freq == Some(0) {
            return Err(Error::argument("ModelCheckpoint has a save_freq of 0")
                .help("1 saves after every step; without save_freq it saves after every epoch"));
        }
        self.steps = 0;
        let refused = |message: String| {
            Error::argument(format!("ModelCheckpoint cannot name files {}: {message}", self.path))
                .help("write figures as in {epoch:02d}-{val_loss:.2f}.keras")
        };
        self.name = FileName::parse(&self.path).map_err(refused)?;
        if let Some(name) = self.name.names().find(|name| name.starts_with("val_") && !training.validates) {
            return Err(refused(format!("there is no {name} without validation data")));
        }
        if self.save_best_only { self.monitor.check(Self::NAME, training) } else { Ok(()) }
    }

    fn on_epoch_begin(&mut self, _: &mut Training, epoch: usize) -> Result<()> {
        self.epoch = epoch;
        Ok(())
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, _: f64) -> Result<()> {
        self.steps += 1;
        if self.save_freq.is_some_and(|steps| self.steps.is_multiple_of(steps)) {
            let logs = training.trainer.scores()?;
            self.save(training, Some(step + 1), &logs)?;
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, training: &mut Training, _: usize, logs: &mut Scores) -> Result<()> {
        match self.save_freq {
            None => self.save(training, None, logs),
            Some(_) => Ok(()),
        }
    }
}
