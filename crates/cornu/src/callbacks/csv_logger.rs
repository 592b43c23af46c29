//! Writes what is reported of each epoch to a CSV file.

use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::model::Scores;
use crate::registry::Named;
use csv::{Writer, WriterBuilder};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Writes what is reported of each epoch to a CSV file, a row an epoch: first `epoch`, then the figures
/// in alphabetical order.
///
/// The figures of the first epoch are the columns; what a later epoch does not report is `NA`. Each row
/// is on the disk when its epoch ends. Agrees with Keras's `CSVLogger`.
///
/// ```
/// use cornu::{Fit, callbacks::CSVLogger};
/// let fit = Fit::new().epochs(5).callback(CSVLogger::new("log.csv").separator(';'));
/// ```
#[derive(Debug)]
pub struct CSVLogger {
    path: PathBuf,
    separator: char,
    append: bool,
    /// Whether the column names are still to be written.
    header: bool,
    columns: Vec<String>,
    writer: Option<Writer<File>>,
}

impl CSVLogger {
    /// Writes to a new file, with commas.
    pub fn new(path: impl AsRef<Path>) -> CSVLogger {
        CSVLogger {
            path: path.as_ref().into(),
            separator: ',',
            append: false,
            header: true,
            columns: Vec::new(),
            writer: None,
        }
    }

    /// What stands between the columns: one ASCII character, `,` by default.
    pub fn separator(mut self, separator: char) -> CSVLogger {
        self.separator = separator;
        self
    }

    /// Whether rows are added to a file that is already there; by default it is written anew.
    pub fn append(mut self, append: bool) -> CSVLogger {
        self.append = append;
        self
    }

    fn write(&mut self, row: Vec<String>) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let written = writer.write_record(row).and_then(|()| writer.flush().map_err(csv::Error::from));
        written.map_err(|error| Error::file(&self.path, format!("the log cannot be written: {error}")))
    }
}

impl Named for CSVLogger {
    const NAME: &'static str = "CSVLogger";
    const SUMMARY: &'static str = "Writes what is reported of each epoch to a CSV file";
}

impl Callback for CSVLogger {
    fn on_train_begin(&mut self, _: &mut Training) -> Result<()> {
        if !self.separator.is_ascii() || matches!(self.separator, '\n' | '\r' | '"') {
            let message = format!("CSVLogger cannot separate columns by {:?}", self.separator);
            return Err(Error::argument(message).help("give one ASCII character, such as ',' or ';'"));
        }
        let open = || {
            let mut options = OpenOptions::new();
            let file = match self.append {
                true => options.append(true),
                false => options.write(true).truncate(true),
            };
            let file = file.create(true).open(&self.path)?;
            Ok((file.metadata()?.len(), file))
        };
        let (size, file) = open().map_err(|error: std::io::Error| {
            Error::file(&self.path, format!("the log cannot be opened: {error}"))
                .help("name a file in a folder that exists and can be written to")
        })?;
        self.header = size == 0;
        self.columns.clear();
        self.writer = Some(WriterBuilder::new().delimiter(self.separator as u8).from_writer(file));
        Ok(())
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        if self.columns.is_empty() {
            let mut names: Vec<String> = logs.iter().map(|(name, _)| name.clone()).collect();
            // The first epoch may be one without validation.
            if training.validates && !names.iter().any(|name| name.starts_with("val_")) {
                names.extend(training.trainer.figures().map(|name| format!("val_{name}")));
            }
            names.sort();
            self.columns = names;
            if self.header {
                self.write(std::iter::once("epoch").map(String::from).chain(self.columns.clone()).collect())?;
            }
        }
        let value = |column: &String| {
            let found = logs.iter().find(|(name, _)| name == column);
            found.map_or("NA".into(), |(_, value)| value.to_string())
        };
        let row = std::iter::once(epoch.to_string()).chain(self.columns.iter().map(value)).collect();
        self.write(row)
    }

    fn on_train_end(&mut self, _: &mut Training) -> Result<()> {
        self.writer = None;
        Ok(())
    }
}
