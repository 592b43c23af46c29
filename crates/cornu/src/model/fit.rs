//! The training loop.

use super::batches::{ArrayBatches, Batches, Data, PipelineBatches, class_weights};
use super::trainer::Scores;
use super::{Arrays, Trainer};
use crate::callbacks::{Callback, History, Progress, Training};
use crate::data::{Dataset, Pipeline};
use crate::error::{Error, Result, count};
use crate::scope::Mode;
use cornu_graph::{Array, DType};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::Location;
use std::thread;

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
    validation_pipeline: Option<Pipeline>,
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
            validation_pipeline: None,
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

    /// Batches to evaluate after each epoch.
    pub fn validation_pipeline(mut self, data: &Pipeline) -> Fit {
        self.validation_pipeline = Some(data.clone());
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
        if self.validation_pipeline.is_some() && (self.validation.is_some() || self.validation_split > 0.0) {
            return Err(Error::argument("validation data is given as a pipeline, and as arrays besides")
                .help("give one of the two"));
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
            Some((vx, vy)) => Some(self.check_validation(vx, vy, &fit)?),
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
        thread::scope(|scope| {
            let (size, steps, shuffle) = (fit.batch_size, fit.steps_per_epoch, fit.shuffle);
            let mut batches = ArrayBatches::to_train(scope, self, &data, size, steps, shuffle)?;
            self.train(&mut batches, validation.as_ref(), fit)
        })
    }

    /// [`Trainer::fit`] on a data set.
    ///
    /// # Errors
    /// As for [`Trainer::fit`].
    #[track_caller]
    pub fn fit_dataset(&mut self, data: &Dataset, fit: Fit) -> Result<History> {
        self.fit(&data.x, &data.y, fit)
    }

    /// Trains on the pieces of a pipeline, each of which is a batch: the inputs, the targets and, if there
    /// are more arrays, what rows count for. A pass through the pipeline is an epoch, unless
    /// [`Fit::steps_per_epoch`] says otherwise; `batch_size` and `shuffle` are the pipeline's affair. With
    /// [`Pipeline::prefetch`] at its end, batches are made while the model trains.
    ///
    /// ```
    /// use cornu::{Array, Compile, Fit, Input, Sequential, data::Pipeline, layers::Dense};
    /// let (x, y) = (Array::zeros([8, 2], cornu::DType::F32), Array::zeros([8, 1], cornu::DType::F32));
    /// let batches = Pipeline::from_arrays([&x, &y]).unwrap().shuffle(8, 1).batch(4);
    /// let model = Sequential::new().add(Input::new([2])).add(Dense::new(1));
    /// let mut trainer = model.compile(Compile::new("adam", "mse")).unwrap();
    /// let history = trainer.fit_pipeline(&batches, Fit::new().epochs(2).silent()).unwrap();
    /// assert_eq!(history.epochs(), [0, 1]);
    /// ```
    ///
    /// # Errors
    /// If a batch does not fit the model, the pipeline gives none or fails, or options do not fit; or if a
    /// callback fails.
    #[track_caller]
    pub fn fit_pipeline(&mut self, data: &Pipeline, fit: Fit) -> Result<History> {
        let place = Location::caller();
        self.checked_fit_pipeline(data, fit).map_err(|error| error.at(place))
    }

    fn checked_fit_pipeline(&mut self, data: &Pipeline, mut fit: Fit) -> Result<History> {
        fit.check()?;
        if fit.validation_split > 0.0 || !fit.sample_weight.is_empty() {
            let option = if fit.validation_split > 0.0 { "validation_split" } else { "sample_weight" };
            return Err(Error::argument(format!("{option} is for arrays, and a pipeline is trained on"))
                .help("give validation data of its own, and weights as the last arrays of each batch"));
        }
        let arrays = match fit.validation.take() {
            Some((x, y)) => Some(self.check_validation(x, y, &fit)?),
            None => None,
        };
        let validation = arrays.as_ref().map(|(x, y, weights)| Data::new(x, y, weights));
        let classes = fit.class_weight.take();
        let mut batches = PipelineBatches::new(self, data, fit.steps_per_epoch, classes)?;
        self.train(&mut batches, validation.as_ref(), fit)
    }

    /// Validation data, if it fits the model.
    #[allow(clippy::type_complexity)]
    fn check_validation(
        &self,
        x: Given,
        y: Given,
        fit: &Fit,
    ) -> Result<(Vec<Cow<'static, Array>>, Vec<Cow<'static, Array>>, Vec<Array>)> {
        let checked = || {
            let (x, y) = self.in_order(x, y)?;
            let (x, y) = self.check_data(x, y)?;
            let given: Vec<&Array> = fit.validation_sample_weight.iter().collect();
            let weights = check_weights(&given, y.len(), x[0].rows())?;
            Ok((x, y, weights))
        };
        checked().map_err(|error: Error| error.within("validation data"))
    }

    fn train(
        &mut self,
        batches: &mut dyn Batches,
        validation: Option<&Data>,
        mut fit: Fit,
    ) -> Result<History> {
        let mut callbacks = std::mem::take(&mut fit.callbacks);
        if fit.progress {
            // It shows what the other callbacks report.
            callbacks.push(Box::new(Progress::new()));
        }
        let mut history = History::default();
        let validates = validation.is_some() || fit.validation_pipeline.is_some();
        let mut training = Training {
            trainer: self,
            epochs: fit.epochs,
            steps: batches.steps().unwrap_or(0),
            validates,
            stop: false,
            start: (fit.initial_epoch, 0),
        };
        for callback in &mut callbacks {
            callback.on_train_begin(&mut training)?;
        }
        let (first_epoch, first_step) = training.start;
        batches.seek(training.trainer, first_epoch, first_step)?;
        for epoch in first_epoch..fit.epochs {
            let mut step = if epoch == first_epoch { first_step } else { 0 };
            // In the middle of an epoch, totals of its first part were restored.
            if step == 0 {
                training.trainer.reset_metrics();
            }
            for callback in &mut callbacks {
                callback.on_epoch_begin(&mut training, epoch)?;
            }
            while batches.steps().is_none_or(|steps| step < steps) {
                let Some(loss) = batches.step(training.trainer)? else { break };
                for callback in &mut callbacks {
                    callback.on_batch_end(&mut training, step, loss)?;
                }
                step += 1;
                if training.stop {
                    break;
                }
            }
            training.steps = batches.steps().unwrap_or(step);
            let mut logs: Scores = training.trainer.scores()?;
            if validates && (epoch + 1) % fit.validation_freq == 0 {
                for callback in &mut callbacks {
                    callback.on_test_begin(&mut training)?;
                }
                let scores = match (&fit.validation_pipeline, validation) {
                    (Some(pipeline), _) => {
                        let evaluated = training.trainer.checked_evaluate_pipeline(pipeline);
                        evaluated.map_err(|error| error.within("validation data"))?
                    }
                    (None, Some(data)) => training.trainer.evaluate_data(data, fit.batch_size)?,
                    (None, None) => Scores::new(),
                };
                for callback in &mut callbacks {
                    callback.on_test_end(&mut training)?;
                }
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

    /// The loss and metrics on the batches of a pipeline, which are as [`Trainer::fit_pipeline`] takes them.
    ///
    /// # Errors
    /// If a batch does not fit the model, or the pipeline gives none or fails.
    #[track_caller]
    pub fn evaluate_pipeline(&mut self, data: &Pipeline) -> Result<Scores> {
        let place = Location::caller();
        self.checked_evaluate_pipeline(data).map_err(|error| error.at(place))
    }

    fn checked_evaluate_pipeline(&mut self, data: &Pipeline) -> Result<Scores> {
        self.reset_metrics();
        let mut pieces = data.iter();
        let mut some = false;
        for piece in &mut pieces {
            PipelineBatches::run(self, Mode::Evaluate, piece?, None)?;
            some = true;
        }
        match some {
            true => self.scores(),
            false => Err(super::batches::no_batch()),
        }
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
        thread::scope(|scope| {
            let mut batches = ArrayBatches::to_evaluate(scope, self, data, batch_size)?;
            for _ in 0..batches.steps().unwrap_or(0) {
                batches.step(self)?;
            }
            Ok::<(), Error>(())
        })?;
        self.scores()
    }
}

fn check_batch_size(batch_size: usize) -> Result<()> {
    match batch_size {
        0 => Err(Error::argument("batch_size is 0").help("a batch has at least one row")),
        _ => Ok(()),
    }
}
