//! What happens besides training: Cornu's own callbacks, and those that are written in Python.

use crate::errors::{keep, type_error, value_error};
use crate::running::{give_back, lend};
use crate::variable::Variable;
use cornu::callbacks::{
    BackupAndRestore, CSVLogger, Callback, EarlyStopping, LearningRateScheduler, Mode, ModelCheckpoint,
    ReduceLROnPlateau, RemoteMonitor, StopAtLoss, SwapEMAWeights, TensorBoard, TerminateOnNaN, Training,
};
use cornu::{Result, Scores, Trainer};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use scoped_tls_hkt::{ReborrowMut, scoped_thread_local};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A training that Python is called in the middle of.
pub trait Session {
    /// The model's number.
    fn id(&self) -> u64;
    /// Does `work` with the trainer and its weights.
    fn with_trainer(&mut self, work: &mut dyn FnMut(&mut Trainer));
    /// Looks at the trainer, without its weights.
    fn look(&mut self, look: &mut dyn FnMut(&mut Trainer));
    /// Does `work` with the training, for a callback of Cornu's own that Python calls.
    fn with_training(&mut self, work: &mut dyn FnMut(&mut Training));
}

pub struct Now<'a>(pub &'a mut (dyn Session + 'a));

impl<'b> ReborrowMut<'b> for Now<'_> {
    type Result = Now<'b>;
    fn reborrow_mut(&'b mut self) -> Now<'b> {
        Now(&mut *self.0)
    }
}

scoped_thread_local!(pub static mut TRAINING: for<'a> Now<'a>);

struct Lent<'a, 'b> {
    id: u64,
    training: &'a mut Training<'b>,
    variables: &'a [(usize, Py<Variable>)],
}

impl Session for Lent<'_, '_> {
    fn id(&self) -> u64 {
        self.id
    }

    fn with_trainer(&mut self, work: &mut dyn FnMut(&mut Trainer)) {
        self.with_training(&mut |training| work(training.trainer));
    }

    fn look(&mut self, look: &mut dyn FnMut(&mut Trainer)) {
        look(self.training.trainer);
    }

    fn with_training(&mut self, work: &mut dyn FnMut(&mut Training)) {
        if lend(self.training.trainer.variables_mut(), self.variables) {
            work(self.training);
            give_back(self.training.trainer.variables_mut(), self.variables);
        }
    }
}

/// A callback that a Python object is: its events of interest are told to it.
pub struct FromPython {
    object: Py<PyAny>,
    /// The events it has something to do at.
    events: Vec<String>,
    model: u64,
    variables: Vec<(usize, Py<Variable>)>,
}

impl FromPython {
    pub fn new(
        object: &Bound<'_, PyAny>,
        model: u64,
        variables: Vec<(usize, Py<Variable>)>,
    ) -> PyResult<FromPython> {
        let events = object.call_method0("_events")?.extract()?;
        Ok(FromPython { object: object.clone().unbind(), events, model, variables })
    }

    fn listens(&self, event: &str) -> bool {
        self.events.iter().any(|known| known == event)
    }

    /// Tells Python of an event. Meanwhile the weights are Python's own.
    fn tell(
        &mut self,
        training: &mut Training,
        event: &str,
        number: Option<usize>,
        logs: Option<&mut Scores>,
    ) -> Result<()> {
        if !self.listens(event) {
            return Ok(());
        }
        give_back(training.trainer.variables_mut(), &self.variables);
        let told = Python::attach(|py| -> PyResult<bool> {
            let figures = PyDict::new(py);
            for (name, value) in logs.iter().flat_map(|logs| logs.iter()) {
                figures.set_item(name, *value)?;
            }
            let object = self.object.bind(py);
            let mut session = Lent { id: self.model, training: &mut *training, variables: &self.variables };
            let stop = TRAINING.set(Now(&mut session), || {
                object.call_method1("_tell", (event, number, &figures))?.extract::<bool>()
            })?;
            if let Some(logs) = logs {
                for (name, value) in figures.iter() {
                    let (name, Ok(value)) = (name.extract::<String>()?, value.extract::<f64>()) else {
                        continue;
                    };
                    match logs.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = value,
                        None => logs.push((name, value)),
                    }
                }
            }
            Ok(stop)
        });
        let lent = lend(training.trainer.variables_mut(), &self.variables);
        training.stop |= told.map_err(keep)?;
        match lent {
            true => Ok(()),
            false => Err(keep(crate::errors::in_use())),
        }
    }
}

impl Callback for FromPython {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        self.tell(training, "on_train_begin", None, None)
    }

    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        self.tell(training, "on_epoch_begin", Some(epoch), None)?;
        self.tell(training, "on_train_batch_begin", Some(0), None)
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, _: f64) -> Result<()> {
        if self.listens("on_train_batch_end") {
            let mut logs = training.trainer.scores()?;
            self.tell(training, "on_train_batch_end", Some(step), Some(&mut logs))?;
        }
        // The next one begins now, unless there is none.
        match training.steps == 0 || step + 1 < training.steps {
            true => self.tell(training, "on_train_batch_begin", Some(step + 1), None),
            false => Ok(()),
        }
    }

    fn on_test_begin(&mut self, training: &mut Training) -> Result<()> {
        self.tell(training, "on_test_begin", None, None)
    }

    fn on_test_end(&mut self, training: &mut Training) -> Result<()> {
        let mut logs = match self.listens("on_test_end") {
            true => training.trainer.scores()?,
            false => Scores::new(),
        };
        self.tell(training, "on_test_end", None, Some(&mut logs))
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        self.tell(training, "on_epoch_end", Some(epoch), Some(logs))
    }

    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        self.tell(training, "on_train_end", None, None)
    }
}

/// Ends the training when the user presses Ctrl-C.
pub struct Interrupt {
    looked: Instant,
}

impl Default for Interrupt {
    fn default() -> Interrupt {
        Interrupt { looked: Instant::now() }
    }
}

/// How often signals are looked for, in steps that are shorter.
const LOOK: Duration = Duration::from_millis(50);

impl Callback for Interrupt {
    fn on_batch_end(&mut self, _: &mut Training, _: usize, _: f64) -> Result<()> {
        if self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        Python::attach(|py| py.check_signals()).map_err(keep)
    }
}

/// Shows the progress through a Python object, ten times a second at most.
pub struct Progress {
    object: Py<PyAny>,
    drawn: Instant,
}

const REDRAW: Duration = Duration::from_millis(100);

impl Progress {
    pub fn new(object: Py<PyAny>) -> Progress {
        Progress { object, drawn: Instant::now() }
    }

    fn tell(&self, what: &str, numbers: (usize, usize), logs: &Scores) -> Result<()> {
        Python::attach(|py| -> PyResult<()> {
            self.object.bind(py).call_method1(what, (numbers.0, numbers.1, logs.clone()))?;
            Ok(())
        })
        .map_err(keep)
    }
}

impl Callback for Progress {
    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        self.drawn = Instant::now();
        self.tell("begin", (epoch, training.steps), &Scores::new())
    }

    fn on_batch_end(&mut self, training: &mut Training, step: usize, _: f64) -> Result<()> {
        if self.drawn.elapsed() < REDRAW {
            return Ok(());
        }
        self.drawn = Instant::now();
        self.tell("update", (step + 1, training.steps), &training.trainer.scores()?)
    }

    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        self.tell("end", (epoch, training.steps), logs)
    }
}

/// One of Cornu's own callbacks.
#[derive(Clone)]
enum Own {
    EarlyStopping(Arc<Mutex<EarlyStopping>>),
    ModelCheckpoint(Arc<Mutex<ModelCheckpoint>>),
    RemoteMonitor(Arc<Mutex<RemoteMonitor>>),
    Other(Arc<Mutex<dyn Callback>>),
}

/// One of Cornu's own callbacks, by its name in Keras.
#[pyclass(frozen, module = "cornu._core")]
pub struct Native(Own);

/// A callback that others hold as well.
pub struct Shared(Own);

impl Shared {
    fn tell(&mut self, work: impl FnOnce(&mut dyn Callback) -> Result<()>) -> Result<()> {
        fn with<C: Callback + ?Sized, R>(own: &Mutex<C>, work: impl FnOnce(&mut C) -> R) -> R {
            work(&mut own.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
        }
        match &self.0 {
            Own::EarlyStopping(own) => with(own, |own| work(own)),
            Own::ModelCheckpoint(own) => with(own, |own| work(own)),
            Own::RemoteMonitor(own) => with(own, |own| work(own)),
            Own::Other(own) => with(&**own, |own| work(own)),
        }
    }
}

impl Callback for Shared {
    fn on_train_begin(&mut self, training: &mut Training) -> Result<()> {
        self.tell(|own| own.on_train_begin(training))
    }
    fn on_epoch_begin(&mut self, training: &mut Training, epoch: usize) -> Result<()> {
        self.tell(|own| own.on_epoch_begin(training, epoch))
    }
    fn on_batch_end(&mut self, training: &mut Training, step: usize, loss: f64) -> Result<()> {
        self.tell(|own| own.on_batch_end(training, step, loss))
    }
    fn on_test_begin(&mut self, training: &mut Training) -> Result<()> {
        self.tell(|own| own.on_test_begin(training))
    }
    fn on_test_end(&mut self, training: &mut Training) -> Result<()> {
        self.tell(|own| own.on_test_end(training))
    }
    fn on_epoch_end(&mut self, training: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        self.tell(|own| own.on_epoch_end(training, epoch, logs))
    }
    fn on_train_end(&mut self, training: &mut Training) -> Result<()> {
        self.tell(|own| own.on_train_end(training))
    }
}

/// Arguments by name, each of which is asked for once.
struct Named<'py>(Bound<'py, PyDict>);

impl<'py> Named<'py> {
    fn take<T>(&self, name: &str) -> PyResult<Option<T>>
    where
        T: for<'a> FromPyObject<'a, 'py>,
        for<'a> <T as FromPyObject<'a, 'py>>::Error: Into<PyErr>,
    {
        match self.0.get_item(name)? {
            Some(value) => {
                self.0.del_item(name)?;
                match value.is_none() {
                    true => Ok(None),
                    false => value.extract::<T>().map(Some).map_err(Into::into),
                }
            }
            None => Ok(None),
        }
    }

    fn mode(&self) -> PyResult<Option<Mode>> {
        match self.take::<String>("mode")? {
            Some(mode) => {
                mode.parse().map(Some).map_err(|error: cornu::Error| value_error(error.to_string()))
            }
            None => Ok(None),
        }
    }
}

/// Sets each option that was given.
macro_rules! set {
    ($callback:ident, $named:ident: $($option:ident: $type:ty),* $(,)?) => {
        $(if let Some(value) = $named.take::<$type>(stringify!($option))? {
            $callback = $callback.$option(value);
        })*
    };
}

#[pymethods]
impl Native {
    #[new]
    fn new(name: &str, options: Bound<'_, PyDict>) -> PyResult<Native> {
        let named = Named(options.copy()?);
        let monitor = named.take::<String>("monitor")?;
        let other = |callback| Own::Other(callback);
        let needed = |found: Option<String>, option: &str| {
            found.ok_or_else(|| type_error(format!("{name} is missing the argument {option}")))
        };
        let own = match name {
            "EarlyStopping" => {
                let mut callback = EarlyStopping::new();
                set!(callback, named: min_delta: f64, patience: usize, baseline: f64, restore_best_weights: bool,
                    start_from_epoch: usize);
                if let Some(monitor) = &monitor {
                    callback = callback.monitor(monitor);
                }
                if let Some(mode) = named.mode()? {
                    callback = callback.mode(mode);
                }
                Own::EarlyStopping(Arc::new(Mutex::new(callback)))
            }
            "ModelCheckpoint" => {
                let mut callback = ModelCheckpoint::new(needed(named.take("filepath")?, "filepath")?);
                set!(callback, named: save_best_only: bool, save_weights_only: bool, initial_value_threshold: f64);
                if let Some(freq) = named.take::<Bound<'_, PyAny>>("save_freq")?
                    && let Ok(steps) = freq.extract::<usize>()
                {
                    callback = callback.save_freq(steps);
                }
                if let Some(monitor) = &monitor {
                    callback = callback.monitor(monitor);
                }
                if let Some(mode) = named.mode()? {
                    callback = callback.mode(mode);
                }
                Own::ModelCheckpoint(Arc::new(Mutex::new(callback)))
            }
            "ReduceLROnPlateau" => {
                let mut callback = ReduceLROnPlateau::new();
                set!(callback, named: factor: f64, patience: usize, min_delta: f64, cooldown: usize, min_lr: f64);
                if let Some(monitor) = &monitor {
                    callback = callback.monitor(monitor);
                }
                if let Some(mode) = named.mode()? {
                    callback = callback.mode(mode);
                }
                other(Arc::new(Mutex::new(callback)))
            }
            "StopAtLoss" => {
                let mut callback = StopAtLoss::new(named.take("threshold")?.unwrap_or(0.0));
                if let Some(monitor) = &monitor {
                    callback = callback.monitor(monitor);
                }
                other(Arc::new(Mutex::new(callback)))
            }
            "LearningRateScheduler" => {
                let schedule: Py<PyAny> = needed_object(named.take("schedule")?)?;
                let takes_rate = named.take::<bool>("takes_rate")?.unwrap_or(true);
                let callback = LearningRateScheduler::new(move |epoch, rate| {
                    let asked = Python::attach(|py| {
                        let schedule = schedule.bind(py);
                        let given =
                            if takes_rate { schedule.call1((epoch, rate)) } else { schedule.call1((epoch,)) };
                        given.and_then(|rate| rate.call_method0("__float__")?.extract::<f64>())
                    });
                    asked.unwrap_or_else(|error| {
                        // The rate that is no number is refused, and what Python raised is told.
                        keep(error);
                        f64::NAN
                    })
                });
                other(Arc::new(Mutex::new(callback)))
            }
            "TerminateOnNaN" => other(Arc::new(Mutex::new(TerminateOnNaN::new()))),
            "CSVLogger" => {
                let mut callback = CSVLogger::new(needed(named.take("filename")?, "filename")?);
                set!(callback, named: separator: char, append: bool);
                other(Arc::new(Mutex::new(callback)))
            }
            "TensorBoard" => {
                let mut callback = TensorBoard::new(named.take("log_dir")?.unwrap_or("logs".to_string()));
                if let Some(freq) = named.take::<Bound<'_, PyAny>>("update_freq")?
                    && let Ok(steps) = freq.extract::<usize>()
                {
                    callback = callback.update_freq(steps);
                }
                other(Arc::new(Mutex::new(callback)))
            }
            "BackupAndRestore" => {
                let mut callback = BackupAndRestore::new(needed(named.take("backup_dir")?, "backup_dir")?);
                if let Some(freq) = named.take::<Bound<'_, PyAny>>("save_freq")?
                    && let Ok(steps) = freq.extract::<usize>()
                {
                    callback = callback.save_freq(steps);
                }
                set!(callback, named: delete_checkpoint: bool);
                other(Arc::new(Mutex::new(callback)))
            }
            "SwapEMAWeights" => {
                let mut callback = SwapEMAWeights::new();
                set!(callback, named: swap_on_epoch: bool);
                other(Arc::new(Mutex::new(callback)))
            }
            "RemoteMonitor" => {
                let mut callback =
                    RemoteMonitor::new(named.take("root")?.unwrap_or("http://localhost:9000".to_string()));
                set!(callback, named: path: String, field: String, send_as_json: bool);
                if let Some(headers) = named.take::<Vec<(String, String)>>("headers")? {
                    for (name, value) in headers {
                        callback = callback.header(name, value);
                    }
                }
                Own::RemoteMonitor(Arc::new(Mutex::new(callback)))
            }
            _ => return Err(value_error(format!("there is no callback {name}"))),
        };
        if let Some(stray) = named.0.keys().iter().next() {
            return Err(type_error(format!("{name} has no argument {stray}")));
        }
        Ok(Native(own))
    }

    /// The best figure so far, and the epoch that training was stopped after.
    fn state(&self) -> (Option<f64>, Option<usize>, usize) {
        match &self.0 {
            Own::EarlyStopping(own) => match own.lock() {
                Ok(own) => (own.best(), own.stopped_epoch(), own.best_epoch()),
                Err(_) => (None, None, 0),
            },
            Own::ModelCheckpoint(own) => (own.lock().ok().and_then(|own| own.best()), None, 0),
            _ => (None, None, 0),
        }
    }

    /// Tells the callback of an event, in the middle of a training that Python was called in; gives what it reports.
    fn tell(&self, event: &str, number: usize, logs: Scores) -> PyResult<(Scores, bool)> {
        let (mut logs, mut result) = (logs, None);
        if TRAINING.is_set() {
            TRAINING.with(|now| {
                now.0.with_training(&mut |training| {
                    let mut shared = self.shared();
                    let done = match event {
                        "on_train_begin" => shared.on_train_begin(training),
                        "on_epoch_begin" => shared.on_epoch_begin(training, number),
                        "on_train_batch_end" => {
                            let loss =
                                logs.iter().find(|(name, _)| name == "loss").map_or(f64::NAN, |(_, v)| *v);
                            shared.on_batch_end(training, number, loss)
                        }
                        "on_test_begin" => shared.on_test_begin(training),
                        "on_test_end" => shared.on_test_end(training),
                        "on_epoch_end" => shared.on_epoch_end(training, number, &mut logs),
                        "on_train_end" => shared.on_train_end(training),
                        _ => Ok(()),
                    };
                    result = Some(done.map(|()| training.stop));
                });
            });
        }
        match result {
            Some(done) => done.map(|stop| (logs, stop)).map_err(crate::errors::raise),
            None => Err(value_error("a callback is told of events by fit alone")),
        }
    }
}

impl Native {
    pub fn shared(&self) -> Shared {
        Shared(self.0.clone())
    }
}

fn needed_object(found: Option<Py<PyAny>>) -> PyResult<Py<PyAny>> {
    found.ok_or_else(|| type_error("LearningRateScheduler is missing the argument schedule"))
}
