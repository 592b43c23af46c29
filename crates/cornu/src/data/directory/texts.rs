//! Texts in folders.

use super::{Directory, LabelMode, Listed, label_of};
use crate::error::{Error, Result};
use crate::files::read_file;
use cornu_graph::{Array, Shape};
use std::path::PathBuf;

/// Texts with their labels, in memory: arrays hold no text, so a vectorization comes next.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts {
    /// The texts.
    pub texts: Vec<String>,
    /// The labels, a row for each text; `None` with [`LabelMode::None`].
    pub labels: Option<Array>,
    /// The names of the classes, in the order of their numbers.
    pub class_names: Vec<String>,
    /// The files.
    pub paths: Vec<PathBuf>,
}

impl Directory {
    /// The texts in the folder: UTF-8 files whose names end in `.txt`, cut to `max_length` characters.
    /// Agrees with `keras.utils.text_dataset_from_directory`; batches are made of what the texts become.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, there are no texts, or labels do not fit.
    pub fn texts(&self, max_length: Option<usize>) -> Result<Texts> {
        let Listed { files, class_names } = self.list(&[".txt"])?;
        let mut texts = Vec::new();
        let mut labels = Vec::new();
        for (path, label) in &files {
            let text = String::from_utf8(read_file(path)?).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                Error::file(path, format!("this is no UTF-8 text from byte {at} on")).help("save it as UTF-8")
            })?;
            texts.push(match max_length {
                Some(most) => text.chars().take(most).collect(),
                None => text,
            });
            labels.extend(label_of(*label, self.label_mode, class_names.len()));
        }
        let labels = match (labels.first(), self.label_mode) {
            (Some(first), mode) if mode != LabelMode::None => {
                let shape: Shape = [labels.len()].into_iter().chain(first.shape().iter().copied()).collect();
                let values: Vec<f64> = labels.iter().flat_map(Array::to_f64).collect();
                Some(Array::from_f64(shape, first.dtype(), &values).map_err(Error::argument)?)
            }
            _ => None,
        };
        Ok(Texts { texts, labels, class_names, paths: files.into_iter().map(|(path, _)| path).collect() })
    }
}
