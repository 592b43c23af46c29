//! Keeps the state of a training on the disk, and goes on from it.

use super::model_checkpoint::make_folder;
use super::{Callback, Training};
use crate::data::{read_npz, write_npz};
use crate::error::{Error, Result};
use crate::files::archive::Compression;
use crate::model::Scores;
use crate::registry::Named;
use cornu_graph::Array;
use std::path::{Path, PathBuf};

/// The array that says which epoch, and which step in it, comes next.
const POSITION: &str = "position";

/// Keeps the state of a training in a file, after each epoch or every so many steps; a training that
/// finds one goes on from there, and ends with the bits that one without interruption ends with.
///
/// The state is that of the model: weights, optimizer, totals of metrics, what random numbers are drawn
/// from, and the place in the data. What other callbacks have seen is not in it; put this one last, so
/// that what they change is. The file is removed when training ends. It is written in full or not at all,
/// so Keras's `double_checkpoint` has no counterpart; else this agrees with Keras's `BackupAndRestore`.
///
/// ```
/// use cornu::{Fit, callbacks::BackupAndRestore};
/// let fit = Fit::new().epochs(100).callback(BackupAndRestore::new("backup").save_freq(1000));
/// ```
#[derive(Clone, Debug)]
pub struct BackupAndRestore {
    folder: PathBuf,
    save_freq: Option<usize>,
    delete_checkpoint: bool,
    epoch: usize,
    steps: usize,
}

impl BackupAndRestore {
    /// Keeps the state in `folder`, which is made if need be, after each epoch.
    pub fn new(folder: impl AsRef<Path>) -> BackupAndRestore {
        BackupAndRestore {
            folder: folder.as_ref().into(),
            save_freq: None,
            delete_checkpoint: true,
            epoch: 0,
            steps: 0,
        }
    }

    /// Keeps the state after every so many steps, counted over epochs, and not after epochs.
    pub fn save_freq(mut self, steps: usize) -> BackupAndRestore {
        self.save_freq = Some(steps);
        self
    }

    /// Whether the file is removed when training ends; true by default.
    pub fn delete_checkpoint(mut self, delete: bool) -> BackupAndRestore {
        self.delete_checkpoint = delete;
        self
    }

    fn path(&self) -> PathBuf {
        self.folder.join("state.npz")
    }

    fn save(&self, training: &Training, epoch: usize, step: usize) -> Result<()> {
        make_folder(&self.folder)?;
        let position = Array::from_vec(vec![epoch as i64, step as i64]);
        let variables = training.trainer.variables();
        let list = variables.list().iter().zip(variables.values());
        let arrays = list.map(|(variable, value)| (variable.path.as_str(), value));
        write_npz(self.path(), arrays.chain([(POSITION, &position)]), Compression::Stored)
    }

    /// Gives the model the state in the file, and says where to begin.
    fn restore(&self, training: &mut Training) -> Result<()> {
        let path = self.path();
        let mut arrays = read_npz(&path)?;
        let refused = |message: String| {
            Error::file(&path, message)
                .help("remove the file to train from the beginning, or train the model that it is of")
        };
        let position = arrays.remove(POSITION).map(|array| array.to_f64()).unwrap_or_default();
        let [epoch, step] = position[..] else {
            return Err(refused("the state says not where training stopped".into()));
        };
        let variables = training.trainer.variables();
        let known = variables.list().len();
        if arrays.len() != known {
            let there = arrays.len();
            return Err(refused(format!("the state is of {there} variables, and the model has {known}")));
        }
        let mut values = Vec::new();
        for variable in variables.list() {
            match arrays.remove(&variable.path) {
                Some(value) if *value.shape() == variable.ty.shape && value.dtype() == variable.ty.dtype => {
                    values.push(value);
                }
                _ => {
                    let what = format!("{}, {}", variable.path, variable.ty);
                    return Err(refused(format!("the state is of another model: it has no {what}")));
                }
            }
        }
        training.trainer.variables.values_mut().clone_from_slice(&values);
        training.start = (epoch as usize, step as usize);
        Ok(())
    }
}

impl Named for BackupAndRestore {
    const NAME: &'static str = "BackupAndRestore";
    const SUMMARY: &'static str = "Keeps the state of a training on the disk, and goes on from it";
}

impl Callback for BackupAndRestore {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        if self.save_freq == Some(0) {
            return Err(Error::argument("BackupAndRestore has a save_freq of 0")
                .help("1 saves after every step; without save_freq it saves after every epoch"));
        }
        self.steps = 0;
        if self.path().exists() { self.restore(training) } else { Ok(()) }
    }

    fn on_epoch_begin(&mut self, _: &mut Training, epoch: usize) -> Result<()> {
        self.epoch = epoch;
        Ok(())
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, _: f64) -> Result<()> {
        self.steps += 1;
        match self.save_freq {
            Some(steps) if self.steps.is_multiple_of(steps) => self.save(training, self.epoch, step + 1),
            _ => Ok(()),
        }
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, _: &mut Scores) -> Result<()> {
        if self.save_freq.is_none() { self.save(training, epoch + 1, 0) } else { Ok(()) }
    }

    fn on_train_end(&mut self, _: &mut Training) -> Result<()> {
        let path = self.path();
        if self.delete_checkpoint && path.exists() {
            std::fs::remove_file(&path)
                .map_err(|error| Error::file(&path, format!("the file cannot be removed: {error}")))?;
            // A folder that holds other things stays.
            let _ = std::fs::remove_dir(&self.folder);
        }
        Ok(())
    }
}
