//! `cornu train`.

use crate::arguments::{Arguments, Schedule, Train};
use crate::failure::Failure;
use crate::scores;
use crate::task::{self, Task};
use cornu::callbacks::EarlyStopping;
use cornu::layers::{Activated, Dense, Dropout, GaussianNoise};
use cornu::optimizers::AnyOptimizer;
use cornu::schedules::{AnySchedule, CosineDecay};
use cornu::{Compile, Fit};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is done where the command line says nothing.
struct Defaults {
    hidden: &'static [usize],
    noise: f64,
    dropout: f64,
    epochs: usize,
    learning_rate: Option<f64>,
    schedule: Schedule,
}

const DEFAULTS: Defaults = Defaults {
    hidden: &[128, 64],
    noise: 0.0,
    dropout: 0.0,
    epochs: 20,
    learning_rate: None,
    schedule: Schedule::Constant,
};

/// The digits are few: a network learns them by heart unless noise and dropout keep it from that.
const DIGITS: Defaults = Defaults {
    hidden: &[384, 128],
    noise: 0.25,
    dropout: 0.3,
    epochs: 100,
    learning_rate: Some(0.002),
    schedule: Schedule::Cosine,
};

/// Trains a network, saves it, and says how well it does on rows it has not seen.
pub fn run(train: &Train, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let name = task::name(&train.data);
    let output = train.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.keras")));
    check_output(&output)?;
    let task = Task::new(cornu::data::load(&train.data, &train.data_dir)?, train.loss.as_deref())?;
    let defaults = if train.data == "digits" { DIGITS } else { DEFAULTS };
    let mut model = task.begin(&train.data, arguments.seed.unwrap_or(0))?;
    let noise = train.noise.unwrap_or(defaults.noise);
    if noise > 0.0 {
        model = model.add(GaussianNoise::new(noise));
    }
    let dropout = train.dropout.unwrap_or(defaults.dropout);
    for &units in train.hidden.as_ref().map_or(defaults.hidden, |hidden| &hidden.0) {
        model = model.add(Dense::new(units).activation(train.activation));
        if dropout > 0.0 {
            model = model.add(Dropout::new(dropout));
        }
    }
    let model = task.end(model)?.named(&name).threads(arguments.threads());
    let (known, unseen) = (&task.parts.train, &task.parts.test);
    let optimizer = optimizer(train, &defaults, known.x.rows())?;
    let compile = Compile::new(optimizer, task.loss.as_str()).metrics(task.metrics.iter().copied());
    let mut trainer = model.compile(compile)?;
    writeln!(
        out,
        "{name}: {} rows to train on, {} to test on; {} -> {}; {} parameters",
        known.x.rows(),
        unseen.x.rows(),
        shape(&known.x.shape()[1..]),
        task.target,
        trainer.count_params()
    )?;
    out.flush()?;
    let mut fit = Fit::new()
        .epochs(train.epochs.unwrap_or(defaults.epochs))
        .batch_size(train.batch_size)
        .validation_split(train.validation_split);
    if let Some(patience) = train.early_stopping {
        let monitor = if train.validation_split > 0.0 { "val_loss" } else { "loss" };
        fit =
            fit.callback(EarlyStopping::new().monitor(monitor).patience(patience).restore_best_weights(true));
    }
    trainer.fit(&known.x, &known.y, fit)?;
    let test = trainer.evaluate(&unseen.x, &unseen.y)?;
    // The model is safe before anything is printed: who reads that may have gone away.
    trainer.save(&output)?;
    scores::print(out, "Test", &test)?;
    scores::print_confusion(out, &trainer, &task.loss, &unseen.x, &unseen.y)?;
    writeln!(out, "\nSaved {}", output.display())?;
    Ok(())
}

/// The optimizer with its learning rate, for a training on so many rows.
fn optimizer(train: &Train, defaults: &Defaults, rows: usize) -> Result<AnyOptimizer, Failure> {
    let by_name = |config| AnyOptimizer::from_name(&train.optimizer, config).map_err(cornu::Error::argument);
    // Another optimizer wants another rate than the one that suits Adam.
    let adam = by_name(Value::Null)?.class_name() == "Adam";
    let rate = train.learning_rate.or(defaults.learning_rate.filter(|_| adam));
    let config = match (train.schedule.unwrap_or(defaults.schedule), rate) {
        (Schedule::Constant, None) => Value::Null,
        (Schedule::Constant, Some(rate)) => json!({"learning_rate": rate}),
        (Schedule::Cosine, rate) => {
            let own = by_name(Value::Null)?.settings().learning_rate.constant();
            let trained = (rows as f64 * (1.0 - train.validation_split)).floor() as usize;
            let steps = train.epochs.unwrap_or(defaults.epochs) * trained.div_ceil(train.batch_size);
            let cosine = CosineDecay::new(rate.or(own).unwrap_or(0.001), steps.max(1) as f64);
            json!({"learning_rate": AnySchedule::from(cosine).to_json()})
        }
    };
    Ok(by_name(config)?)
}

/// Refuses a file that could not be written, before the time for training is spent.
fn check_output(output: &Path) -> Result<(), Failure> {
    let failed = |message: String, help: &str| Err(cornu::Error::file(output, message).help(help).into());
    if output.extension().is_none_or(|extension| extension != "keras") {
        return failed("a model is saved as a .keras file".into(), "end the name in .keras");
    }
    if output.is_dir() {
        return failed("this is a folder, not a file".into(), "name a file in it");
    }
    match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => failed(
            format!("there is no folder {}", folder.display()),
            "make the folder first, or correct the path",
        ),
        _ => Ok(()),
    }
}

/// The shape of a row: `(28, 28)`.
fn shape(extents: &[usize]) -> String {
    let extents: Vec<String> = extents.iter().map(usize::to_string).collect();
    format!("({})", extents.join(", "))
}
