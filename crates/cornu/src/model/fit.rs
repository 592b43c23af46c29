//! The training loop.

use super::trainer::Scores;
use super::{Arrays, Signature, Trainer};
use crate::callbacks::{Callback, History, Progress, Training};
use crate::data::Dataset;
use crate::error::{Error, Result, count};
use crate::scope::Mode;
use cornu_graph::philox::Random;
use cornu_graph::{Array, DType};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::Location;

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
    validation: Option<(Given, Given)>,
    validation_sample_weight: Vec<Array>,
    validation_freq: usize,
    shuffle: bool,
    class_weight: Option<BTreeMap<i64, f64>>,
    sample_weight: Vec<Array>,
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
            validation_sample_weight: Vec::new(),
            validation_freq: 1,
            shuffle: true,
            class_weight: None,
            sample_weight: Vec::new(),
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
        self.validation = Some((Given::new(x), Given::new(y)));
        self
    }

    /// What each row of the validation data counts for: one array, or one for each output.
    pub fn validation_sample_weight<'a>(mut self, weight: impl Arrays<'a>) -> Fit {
        self.validation_sample_weight = owned(weight.arrays());
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

    /// What each row counts for in the loss: one array, or one for each output.
    pub fn sample_weight<'a>(mut self, weight: impl Arrays<'a>) -> Fit {
        self.sample_weight = owned(weight.arrays());
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

    /// Whether the options make sense by themselves.
    fn check(&self) -> Result<()> {
        check_batch_size(self.batch_size)?;
        if self.steps_per_epoch == Some(0) {
            return Err(Error::argument("steps_per_epoch is 0").help("an epoch has at least one step"));
        }
        if self.validation_freq == 0 {
            return Err(Error::argument("validation_freq is 0").help("1 validates after every epoch"));
        }
        if !(0.0..1.0).contains(&self.validation_split) {
            let message =
                format!("validation_split is {}, not a share from 0 to below 1", self.validation_split);
            return Err(Error::argument(message).help("0.2 holds the last fifth of the rows back"));
        }
        if self.class_weight.is_some() && !self.sample_weight.is_empty() {
            return Err(Error::argument("class_weight and sample_weight are both given")
                .help("multiply them into one sample_weight"));
        }
        Ok(())
    }
}

fn owned(arrays: Vec<Cow<Array>>) -> Vec<Array> {
    arrays.into_iter().map(Cow::into_owned).collect()
}

/// Data that is kept until it is needed, with the names it came under.
struct Given {
    arrays: Vec<Array>,
    names: Option<Vec<String>>,
}

impl Given {
    fn new<'a>(arrays: impl Arrays<'a>) -> Given {
        let names = arrays.names();
        Given { arrays: owned(arrays.arrays()), names }
    }
}

impl Arrays<'static> for Given {
    fn arrays(self) -> Vec<Cow<'static, Array>> {
        self.arrays.into_iter().map(Cow::Owned).collect()
    }

    fn names(&self) -> Option<Vec<String>> {
        self.names.clone()
    }
}

/// Arrays of equally many rows: inputs, targets, and perhaps what each row counts for, in one array
/// or one for each target.
pub(crate) struct Data<'a> {
    x: Vec<&'a Array>,
    y: Vec<&'a Array>,
    weights: Vec<&'a Array>,
}

impl<'a> Data<'a> {
    pub(crate) fn new(x: &'a [Cow<'a, Array>], y: &'a [Cow<'a, Array>], weights: &'a [Array]) -> Data<'a> {
        let weights = match weights {
            // Each output has the weights to itself.
            [one] => vec![one; y.len()],
            several => several.iter().collect(),
        };
        Data { x: x.iter().map(|a| &**a).collect(), y: y.iter().map(|a| &**a).collect(), weights }
    }

    fn rows(&self) -> usize {
        self.x[0].rows()
    }

    fn all(&self) -> Vec<&'a Array> {
        self.x.iter().chain(&self.y).chain(&self.weights).copied().collect()
    }
}

/// One batch's memory, filled anew for each step.
struct Batch {
    arrays: Vec<Array>,
    signature: Signature,
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
        let refs: Vec<&Array> = arrays.iter().collect();
        let (x, rest) = refs.split_at(data.x.len());
        let (y, weights) = rest.split_at(data.y.len());
        let mut weights: Vec<Option<&Array>> = weights.iter().map(|weight| Some(*weight)).collect();
        weights.resize(y.len(), None);
        let signature = Signature::new(mode, x, y, &weights);
        trainer.plan(&signature)?;
        Ok(Batch { arrays, signature })
    }

    /// Fills the batch with rows and runs its step.
    fn run(&mut self, trainer: &mut Trainer, data: &[&Array], rows: &[usize]) -> Result<f64> {
        for (array, source) in self.arrays.iter_mut().zip(data) {
            source.copy_rows_to(rows, array);
        }
        trainer.run(&self.signature, &self.arrays)
    }
}

/// What rows count for, as `f32`: nothing, one array, or one for each output.
pub(crate) fn check_weights(weights: &[&Array], outputs: usize, rows: usize) -> Result<Vec<Array>> {
    if weights.len() > 1 && weights.len() != outputs {
        let message =
            format!("the model has {}, got sample_weight for {}", count(outputs, "output"), weights.len());
        return Err(Error::argument(message).help("give one for all outputs, or one for each"));
    }
    for weight in weights {
        if weight.shape().is_empty() || weight.rows() != rows {
            let message = format!("there are {rows} rows, and sample_weight has shape {}", weight.shape());
            return Err(Error::argument(message).help("give one number for each row"));
        }
        if !weight.is_finite() {
            let at = weight.to_f64().iter().position(|value| !value.is_finite()).unwrap_or(0);
            let (value, row) = (weight.to_f64()[at], at / (weight.size() / rows).max(1));
            return Err(Error::argument(format!("sample_weight has {value} in row {row}"))
                .help("weights are finite numbers; 0 leaves a row out"));
        }
    }
    Ok(weights.iter().map(|weight| weight.cast(DType::F32)).collect())
}

impl Trainer {
    /// Trains: goes through the data in batches, epoch by epoch, and returns what was reported.
    ///
    /// # Errors
    /// If shapes, rows, labels or options do not fit, told before the first step; or if a callback
    /// fails.
    #[track_caller]
    pub fn fit<'a>(&mut self, x: impl Arrays<'a>, y: impl Arrays<'a>, fit: Fit) -> Result<History> {
        let place = Location::caller();
        let done = self.in_order(x, y).and_then(|(x, y)| self.checked_fit(x, y, fit));
        done.map_err(|error| error.at(place))
    }

    fn checked_fit(&mut self, x: Vec<Cow<Array>>, y: Vec<Cow<Array>>, mut fit: Fit) -> Result<History> {
        let (mut x, mut y) = self.check_data(x, y)?;
        fit.check()?;
        let (rows, outputs) = (x[0].rows(), y.len());
        let mut weights = check_weights(&fit.sample_weight.iter().collect::<Vec<_>>(), outputs, rows)?;
        let mut validation = match fit.validation.take() {
            Some((vx, vy)) => {
                let own = || {
                    let (vx, vy) = self.in_order(vx, vy)?;
                    let (vx, vy) = self.check_data(vx, vy)?;
                    let given: Vec<&Array> = fit.validation_sample_weight.iter().collect();
                    let weights = check_weights(&given, outputs, vx[0].rows())?;
                    Ok((vx, vy, weights))
                };
                Some(own().map_err(|error: Error| error.within("validation data"))?)
            }
            None if !fit.validation_sample_weight.is_empty() => {
                return Err(Error::argument("there are weights for validation data, and no such data").help(
                    "give Fit validation_data; a validation_split takes its weights from sample_weight",
                ));
            }
            None => None,
        };
        if validation.is_none() && fit.validation_split > 0.0 {
            let at = (rows as f64 * (1.0 - fit.validation_split)).floor() as usize;
            if at == 0 || at == rows {
                let message =
                    format!("validation_split {} of {rows} rows leaves one part empty", fit.validation_split);
                return Err(Error::argument(message).help("give more rows, or validation_data of its own"));
            }
            let part = |arrays: &[Cow<Array>], range: Range<usize>| -> Vec<Cow<'static, Array>> {
                arrays.iter().map(|array| Cow::Owned(array.slice_rows(range.clone()))).collect()
            };
            let share = |range: Range<usize>| weights.iter().map(|w| w.slice_rows(range.clone())).collect();
            validation = Some((part(&x, at..rows), part(&y, at..rows), share(at..rows)));
            (x, y, weights) = (part(&x, 0..at), part(&y, 0..at), share(0..at));
        }
        // Classes count for something in the loss that is trained on alone.
        if let Some(classes) = &fit.class_weight {
            weights = vec![class_weights(&y, classes)?];
        }
        let data = Data::new(&x, &y, &weights);
        let validation = validation.as_ref().map(|(x, y, weights)| Data::new(x, y, weights));
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
            // It shows what the other callbacks report.
            callbacks.push(Box::new(Progress::new()));
        }
        let mut history = History::default();
        let validates = validation.is_some();
        let mut training = Training { trainer: self, epochs: fit.epochs, steps, validates, stop: false };
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
                let loss = batch.run(training.trainer, &arrays, &order[from..to])?;
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
                && (epoch + 1) % fit.validation_freq == 0
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
        // Before callbacks end: the best weights that one of them kept win over averages.
        training.trainer.take_averages()?;
        for callback in &mut callbacks {
            callback.on_train_end(&mut training)?;
        }
        Ok(history)
    }

    /// Gives weights their moving averages, if the optimizer keeps some for the end of training.
    fn take_averages(&mut self) -> Result<()> {
        let optimizer = self.compiled_with().optimizer.item()?;
        for (weight, average) in optimizer.averages(self.variables()) {
            let value = self.variables().values()[average].clone();
            self.variables.set(weight, &value)?;
        }
        Ok(())
    }

    /// Loss and metrics on data.
    pub(crate) fn evaluate_data(&mut self, data: &Data, batch_size: usize) -> Result<Scores> {
        check_batch_size(batch_size)?;
        self.reset_metrics();
        let rows = data.rows();
        let batch_size = batch_size.min(rows);
        let arrays = data.all();
        let order: Vec<usize> = (0..rows).collect();
        let mut whole = Batch::new(self, data, batch_size, Mode::Evaluate)?;
        for batch in order.chunks(batch_size) {
            if batch.len() < batch_size {
                Batch::new(self, data, batch.len(), Mode::Evaluate)?.run(self, &arrays, batch)?;
            } else {
                whole.run(self, &arrays, batch)?;
            }
        }
        self.scores()
    }
}

fn check_batch_size(batch_size: usize) -> Result<()> {
    match batch_size {
        0 => Err(Error::argument("batch_size is 0").help("a batch has at least one row")),
        _ => Ok(()),
    }
}

/// What each row counts for, from its class.
fn class_weights(y: &[Cow<Array>], weights: &BTreeMap<i64, f64>) -> Result<Array> {
    let [y] = y else {
        let message = format!("class_weight is for models of one output, this one has {}", y.len());
        return Err(Error::argument(message).help("give sample_weight instead, an array for each output"));
    };
    if let Some((class, weight)) = weights.iter().find(|(_, weight)| !weight.is_finite()) {
        return Err(
            Error::argument(format!("class_weight of class {class} is {weight}")).help("give finite numbers")
        );
    }
    let values = y.to_f64();
    let width = values.len() / y.rows().max(1);
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
