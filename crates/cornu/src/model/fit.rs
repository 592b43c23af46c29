//! The training loop.

use super::trainer::Scores;
use super::{Arrays, Signature, Trainer};
use crate::callbacks::{Callback, History, Progress, Training};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::optimizers;
use crate::scope::Mode;
use cornu_graph::philox::Random;
use cornu_graph::{Array, DType};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How [`Trainer::fit`] trains. Agrees with the arguments of Keras's `fit`.
///
/// ```
/// use cornu::Fit;
/// let fit = Fit::new().epochs(10).batch_size(128).validation_split(0.1);
/// ```
pub struct Fit {
    batch_size: usize,
    epochs: usize,
    initial_epoch: usize,
    steps_per_epoch: Option<usize>,
    validation_split: f64,
    validation: Option<(Vec<Array>, Vec<Array>, Option<Array>)>,
    validation_freq: usize,
    shuffle: bool,
    class_weight: Option<BTreeMap<i64, f64>>,
    sample_weight: Option<Array>,
    progress: bool,
    callbacks: Vec<Box<dyn Callback>>,
}

impl Default for Fit {
    fn default() -> Fit {
        Fit {
            batch_size: 32,
            epochs: 1,
            initial_epoch: 0,
            steps_per_epoch: None,
            validation_split: 0.0,
            validation: None,
            validation_freq: 1,
            shuffle: true,
            class_weight: None,
            sample_weight: None,
            progress: true,
            callbacks: Vec::new(),
        }
    }
}

impl Fit {
    /// One epoch in shuffled batches of 32 rows, with a progress bar.
    pub fn new() -> Fit {
        Fit::default()
    }

    /// Rows a step: 1 for single-sample descent, all rows for full-batch descent; 32 by default.
    pub fn batch_size(mut self, batch_size: usize) -> Fit {
        self.batch_size = batch_size;
        self
    }

    /// How often the data is gone through; 1 by default. Counted from epoch 0, whatever
    /// [`Fit::initial_epoch`] is.
    pub fn epochs(mut self, epochs: usize) -> Fit {
        self.epochs = epochs;
        self
    }

    /// The epoch to begin with, to go on with a training that was interrupted; 0 by default.
    pub fn initial_epoch(mut self, epoch: usize) -> Fit {
        self.initial_epoch = epoch;
        self
    }

    /// Steps that make an epoch; as many as the data has batches by default. The next epoch goes on in
    /// the data where the last one stopped.
    pub fn steps_per_epoch(mut self, steps: usize) -> Fit {
        self.steps_per_epoch = Some(steps);
        self
    }

    /// The share of the rows, taken from the end, that is not trained on but evaluated.
    pub fn validation_split(mut self, share: f64) -> Fit {
        self.validation_split = share;
        self
    }

    /// Data to evaluate after each epoch.
    pub fn validation_data<'a>(mut self, x: impl Arrays<'a>, y: impl Arrays<'a>) -> Fit {
        let owned = |arrays: Vec<Cow<Array>>| arrays.into_iter().map(Cow::into_owned).collect();
        self.validation = Some((owned(x.arrays()), owned(y.arrays()), None));
        self
    }

    /// What each row of the validation data counts for.
    pub fn validation_sample_weight(mut self, weight: &Array) -> Fit {
        if let Some(validation) = &mut self.validation {
            validation.2 = Some(weight.clone());
        }
        self
    }

    /// Evaluates after every `n`th epoch alone.
    pub fn validation_freq(mut self, n: usize) -> Fit {
        self.validation_freq = n;
        self
    }

    /// Whether rows are put in a new random order for each epoch; true by default.
    pub fn shuffle(mut self, shuffle: bool) -> Fit {
        self.shuffle = shuffle;
        self
    }

    /// What samples of each class count for in the loss; 1 for classes not named.
    pub fn class_weight(mut self, weights: impl IntoIterator<Item = (i64, f64)>) -> Fit {
        self.class_weight = Some(weights.into_iter().collect());
        self
    }

    /// What each row counts for in the loss.
    pub fn sample_weight(mut self, weight: &Array) -> Fit {
        self.sample_weight = Some(weight.clone());
        self
    }

    /// One more callback.
    pub fn callback(mut self, callback: impl Callback + 'static) -> Fit {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Without the progress bar (Keras's `verbose=0`).
    pub fn silent(mut self) -> Fit {
        self.progress = false;
        self
    }
}

/// Arrays of equally many rows: inputs, targets, and perhaps what each row counts for.
pub(crate) struct Data<'a> {
    x: Vec<&'a Array>,
    y: Vec<&'a Array>,
    weight: Option<&'a Array>,
}

impl<'a> Data<'a> {
    pub(crate) fn new(x: &'a [Cow<'a, Array>], y: &'a [Cow<'a, Array>], weight: Option<&'a Array>) -> Data<'a> {
        Data { x: x.iter().map(|a| &**a).collect(), y: y.iter().map(|a| &**a).collect(), weight }
    }

    fn rows(&self) -> usize {
        self.x[0].rows()
    }

    fn all(&self) -> Vec<&'a Array> {
        // Each output has the weights to itself.
        let weights = self.weight.into_iter().flat_map(|weight| std::iter::repeat_n(weight, self.y.len()));
        self.x.iter().chain(&self.y).copied().chain(weights).collect()
    }
}

/// One batch's memory, filled anew for each step.
struct Batch {
    arrays: Vec<Array>,
    plan: usize,
    rows: usize,
}

impl Batch {
    fn new(trainer: &mut Trainer, data: &Data, rows: usize, mode: Mode) -> Result<Batch> {
        let arrays: Vec<Array> = (data.all().into_iter())
            .map(|array| {
                let mut shape = array.shape().to_vec();
                shape[0] = rows;
                Array::zeros(shape, array.dtype())
            })
            .collect();
        let (n_x, n_y) = (data.x.len(), data.y.len());
        let refs: Vec<&Array> = arrays.iter().collect();
        let weights: Vec<Option<&Array>> = match data.weight {
            Some(_) => refs[n_x + n_y..].iter().map(|weight| Some(*weight)).collect(),
            None => vec![None; n_y],
        };
        let signature = Signature::new(mode, &refs[..n_x], &refs[n_x..n_x + n_y], &weights);
        let plan = trainer.plan(&signature)?;
        Ok(Batch { arrays, plan, rows })
    }

    /// Fills the batch with rows and runs its step.
    fn run(&mut self, trainer: &mut Trainer, data: &[&Array], rows: &[usize], refs: &mut Vec<&'static Array>) -> Result<f64> {
        debug_assert_eq!(rows.len(), self.rows);
        for (array, source) in self.arrays.iter_mut().zip(data) {
            source.copy_rows_to(rows, array);
        }
        let _ = refs;
        let arrays: Vec<&Array> = self.arrays.iter().collect();
        trainer.run(self.plan, &arrays)
    }
}

/// What a row counts for, as `f32`, one number a row.
#[track_caller]
pub(crate) fn check_weight(weight: &Array, rows: usize) -> Result<Array> {
    if weight.rows() != rows || weight.shape().is_empty() {
        let message = format!("there are {rows} rows, and sample_weight has shape {}", weight.shape());
        return Err(Error::argument(message));
    }
    if !weight.is_finite() {
        return Err(Error::argument("sample_weight has numbers that are not finite"));
    }
    Ok(weight.cast(DType::F32))
}

impl Trainer {
    /// Trains: goes through the data in batches, epoch by epoch, and returns what was reported.
    ///
    /// # Errors
    /// If shapes, rows, labels or options do not fit, told before the first step; or if a callback
    /// fails.
    #[track_caller]
    pub fn fit<'a>(&mut self, x: impl Arrays<'a>, y: impl Arrays<'a>, mut fit: Fit) -> Result<History> {
        let (x, y) = self.check_data(x.arrays(), y.arrays())?;
        if fit.batch_size == 0 {
            return Err(Error::argument("batch_size is 0").help("a batch has at least one row"));
        }
        if fit.steps_per_epoch == Some(0) {
            return Err(Error::argument("steps_per_epoch is 0"));
        }
        if !(0.0..1.0).contains(&fit.validation_split) {
            let message = format!("validation_split is {}, not a share between 0 and 1", fit.validation_split);
            return Err(Error::argument(message));
        }
        if fit.class_weight.is_some() && fit.sample_weight.is_some() {
            return Err(Error::argument("class_weight and sample_weight are both given")
                .help("multiply them into one sample_weight"));
        }
        let rows = x[0].rows();
        let mut weight = match (&fit.sample_weight, &fit.class_weight) {
            (Some(weight), _) => Some(check_weight(weight, rows)?),
            (None, Some(weights)) => Some(class_weights(&y[0], rows, weights)?),
            (None, None) => None,
        };
        let (mut x, mut y) = (x, y);
        let mut validation = match fit.validation.take() {
            Some((vx, vy, weight)) => {
                let (vx, vy) = (vx.into_iter().map(Cow::Owned).collect(), vy.into_iter().map(Cow::Owned).collect());
                let (vx, vy) = self.check_data(vx, vy)?;
                let weight = weight.map(|weight| check_weight(&weight, vx[0].rows())).transpose()?;
                Some((vx, vy, weight))
            }
            None => None,
        };
        if validation.is_none() && fit.validation_split > 0.0 {
            let at = (rows as f64 * (1.0 - fit.validation_split)).floor() as usize;
            if at == 0 || at == rows {
                let message = format!("validation_split {} of {rows} rows leaves one part empty", fit.validation_split);
                return Err(Error::argument(message));
            }
            let part = |arrays: &[Cow<Array>], range: std::ops::Range<usize>| -> Vec<Cow<'static, Array>> {
                arrays.iter().map(|array| Cow::Owned(array.slice_rows(range.clone()))).collect()
            };
            let held = weight.as_ref().map(|weight| weight.slice_rows(at..rows));
            validation = Some((part(&x, at..rows), part(&y, at..rows), held));
            (x, y) = (part(&x, 0..at), part(&y, 0..at));
            weight = weight.map(|weight| weight.slice_rows(0..at));
        }
        let data = Data::new(&x, &y, weight.as_ref());
        let validation = validation.as_ref().map(|(x, y, weight)| Data::new(x, y, weight.as_ref()));
        self.train(&data, validation.as_ref(), fit)
    }

    /// [`Trainer::fit`] on a data set.
    ///
    /// # Errors
    /// As for [`Trainer::fit`].
    #[track_caller]
    pub fn fit_dataset(&mut self, data: &Dataset, fit: Fit) -> Result<History> {
        self.fit(&data.x, &data.y, fit)
    }

    fn train(&mut self, data: &Data, validation: Option<&Data>, mut fit: Fit) -> Result<History> {
        let rows = data.rows();
        let batch_size = fit.batch_size.min(rows);
        let batches = rows.div_ceil(batch_size);
        let steps = fit.steps_per_epoch.unwrap_or(batches);
        let arrays = data.all();
        let mut whole = Batch::new(self, data, batch_size, Mode::Train)?;
        let mut rest = match rows % batch_size {
            0 => None,
            left => Some(Batch::new(self, data, left, Mode::Train)?),
        };
        let mut order: Vec<usize> = (0..rows).collect();
        let mut callbacks = std::mem::take(&mut fit.callbacks);
        if fit.progress {
            callbacks.insert(0, Box::new(Progress::new()));
        }
        let mut history = History::default();
        let mut training = Training { trainer: self, epochs: fit.epochs, steps, stop: false };
        for callback in &mut callbacks {
            callback.on_train_begin(&mut training)?;
        }
        // The pass through the data, and the batch in it, that comes next.
        let start = fit.initial_epoch * steps;
        let (mut pass, mut position) = (start / batches, start % batches);
        let seed = training.trainer.seed();
        let shuffled = |order: &mut Vec<usize>, pass: usize| {
            if fit.shuffle {
                order.iter_mut().enumerate().for_each(|(i, row)| *row = i);
                Random::new(seed, 0x2_0000 + pass as u64).shuffle(order);
            }
        };
        shuffled(&mut order, pass);
        let mut refs = Vec::new();
        for epoch in fit.initial_epoch..fit.epochs {
            training.trainer.reset_metrics();
            for callback in &mut callbacks {
                callback.on_epoch_begin(&mut training, epoch)?;
            }
            for step in 0..steps {
                let from = position * batch_size;
                let to = (from + batch_size).min(rows);
                let batch = match &mut rest {
                    Some(rest) if to - from < batch_size => rest,
                    _ => &mut whole,
                };
                let loss = batch.run(training.trainer, &arrays, &order[from..to], &mut refs)?;
                for callback in &mut callbacks {
                    callback.on_batch_end(&mut training, step, loss)?;
                }
                position += 1;
                if position == batches {
                    (position, pass) = (0, pass + 1);
                    shuffled(&mut order, pass);
                }
                if training.stop {
                    break;
                }
            }
            let mut logs: Scores = training.trainer.scores()?;
            if let Some(validation) = validation
                && (epoch + 1) % fit.validation_freq.max(1) == 0
            {
                let scores = training.trainer.evaluate_data(validation, fit.batch_size)?;
                logs.extend(scores.into_iter().map(|(name, value)| (format!("val_{name}"), value)));
            }
            for callback in &mut callbacks {
                callback.on_epoch_end(&mut training, epoch, &mut logs)?;
            }
            history.push(epoch, &logs);
            if training.stop {
                break;
            }
        }
        for callback in &mut callbacks {
            callback.on_train_end(&mut training)?;
        }
        let optimizer = self.compiled_with().optimizer.item()?;
        for (weight, average) in optimizers::averages(&*optimizer, self.variables()) {
            let value = self.variables().values()[average].clone();
            self.variables.set(weight, &value)?;
        }
        Ok(history)
    }

    /// Loss and metrics on data.
    pub(crate) fn evaluate_data(&mut self, data: &Data, batch_size: usize) -> Result<Scores> {
        if batch_size == 0 {
            return Err(Error::argument("batch_size is 0").help("a batch has at least one row"));
        }
        self.reset_metrics();
        let rows = data.rows();
        let batch_size = batch_size.min(rows);
        let arrays = data.all();
        let order: Vec<usize> = (0..rows).collect();
        let mut whole = Batch::new(self, data, batch_size, Mode::Evaluate)?;
        let mut refs = Vec::new();
        for batch in order.chunks(batch_size) {
            if batch.len() < batch_size {
                Batch::new(self, data, batch.len(), Mode::Evaluate)?.run(self, &arrays, batch, &mut refs)?;
            } else {
                whole.run(self, &arrays, batch, &mut refs)?;
            }
        }
        self.scores()
    }
}

/// What each row counts for, from its class.
#[track_caller]
fn class_weights(y: &Array, rows: usize, weights: &BTreeMap<i64, f64>) -> Result<Array> {
    let values = y.to_f64();
    let width = values.len() / rows;
    let classes: Vec<i64> = match width {
        1 => values.iter().map(|&label| label as i64).collect(),
        // One-hot rows: the class is the largest one's.
        _ if y.shape().rank() == 2 => values
            .chunks_exact(width)
            .map(|row| (0..width).fold(0, |best, i| if row[i] > row[best] { i } else { best }) as i64)
            .collect(),
        _ => {
            let message = format!("class_weight takes one class a row, got labels of shape {}", y.shape());
            return Err(Error::argument(message).help("give sample_weight instead"));
        }
    };
    let each = classes.iter().map(|class| weights.get(class).copied().unwrap_or(1.0) as f32);
    Ok(Array::from_vec(each.collect()))
}
