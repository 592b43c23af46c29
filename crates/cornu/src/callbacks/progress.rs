//! The progress bar.

use super::file_name::scientific;
use super::{Callback, Training};
use crate::error::Result;
use crate::model::Scores;
use crate::registry::Named;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the bar is drawn anew at most.
const REDRAW: Duration = Duration::from_millis(100);

/// The progress of `fit`: a bar while an epoch runs, and a line for each that is done.
///
/// ```text
/// Epoch 3/10 - 469/469 - 1s - 2ms/step - accuracy: 0.9102 - loss: 0.3141
/// ```
///
/// The bar is drawn on standard error if that is a terminal, ten times a second at most; the lines go
/// there too, or to any other writer. What cannot be written is left out: training goes on. Agrees
/// with Keras's `ProgbarLogger` in what it tells.
pub struct Progress {
    /// Where the lines go; `None` for standard error.
    writer: Option<Box<dyn Write + Send>>,
    bar: Option<ProgressBar>,
    started: Instant,
    drawn: Instant,
    steps: usize,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress { writer: None, bar: None, started: Instant::now(), drawn: Instant::now(), steps: 0 }
    }
}

impl Progress {
    /// A bar and lines on standard error.
    pub fn new() -> Progress {
        Progress::default()
    }

    /// Lines alone, an epoch each, to `writer`.
    pub fn to(writer: impl Write + Send + 'static) -> Progress {
        Progress { writer: Some(Box::new(writer)), ..Progress::default() }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

impl Named for Progress {
    const NAME: &'static str = "Progress";
    const SUMMARY: &'static str = "Shows a bar while an epoch runs, and a line for each that is done";
}

impl Callback for Progress {
    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        self.started = Instant::now();
        self.drawn = self.started;
        self.steps = 0;
        self.bar = None;
        if self.writer.is_none() && std::io::stderr().is_terminal() {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let bar = ProgressBar::with_draw_target(Some(training.steps as u64), target);
            let style = ProgressStyle::with_template("Epoch {prefix} {bar:24} {pos}/{len} - {eta} left{msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(format!("{}/{}", epoch + 1, training.epochs));
            self.bar = Some(bar);
        }
        Ok(())
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, _: f64) -> Result<()> {
        self.steps = step + 1;
        if let Some(bar) = &self.bar
            && self.drawn.elapsed() >= REDRAW
        {
            self.drawn = Instant::now();
            // Metrics are read from their totals only when they are shown.
            bar.set_message(figures(&training.trainer.scores()?));
            bar.set_position(self.steps as u64);
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        let seconds = self.started.elapsed().as_secs_f64();
        let (epoch, epochs, steps) = (epoch + 1, training.epochs, training.steps);
        let (done, each) = (self.steps, span(seconds / self.steps.max(1) as f64));
        let line =
            format!("Epoch {epoch}/{epochs} - {done}/{steps} - {seconds:.1}s - {each}/step{}", figures(logs));
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        // A reader that went away is no reason to stop training.
        let _ = match &mut self.writer {
            Some(writer) => writeln!(writer, "{line}"),
            None => writeln!(std::io::stderr(), "{line}"),
        };
        Ok(())
    }
}

/// A time a step, as Keras writes it: `2ms`.
fn span(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.0}s"),
        s if s >= 1e-3 => format!("{:.0}ms", s * 1e3),
        s => format!("{:.0}us", s * 1e6),
    }
}

/// Figures as Keras writes them, in alphabetical order: ` - accuracy: 0.9102 - loss: 0.3141`.
fn figures(scores: &Scores) -> String {
    let mut sorted: Vec<&(String, f64)> = scores.iter().collect();
    // What is measured on validation data, and the learning rate, come after what is trained on.
    sorted.sort_by_key(|(name, _)| (name == "learning_rate", name.starts_with("val_"), name.clone()));
    let number = |value: f64| match value.abs() > 1e-3 || value == 0.0 {
        true => format!("{value:.4}"),
        false => scientific(value, 4),
    };
    sorted.into_iter().map(|(name, value)| format!(" - {name}: {}", number(*value))).collect()
}

#[cfg(test)]
mod tests {
    use super::{figures, span};

    #[test]
    fn figures_are_written_as_keras_does() {
        let scores = [("loss", 0.31416), ("val_accuracy", 0.5), ("accuracy", 1.0), ("learning_rate", 1e-4)];
        let scores = scores.map(|(name, value)| (name.to_string(), value)).to_vec();
        let expected =
            " - accuracy: 1.0000 - loss: 0.3142 - val_accuracy: 0.5000 - learning_rate: 1.0000e-04";
        assert_eq!(figures(&scores), expected);
        assert_eq!([span(2.4), span(0.0021), span(0.000015)], ["2s", "2ms", "15us"]);
    }
}
