//! A model at rest or at work: who has it, and who waits for it.

use crate::callbacks::TRAINING;
use crate::errors::{in_use, raise, value_error};
use crate::variable::Variable;
use cornu::variables::Variables;
use cornu::{Array, Trainer};
use pyo3::prelude::*;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, TryLockError};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A model, compiled or not.
pub enum Held {
    Model(Box<cornu::Model>),
    Trainer(Box<Trainer>),
}

/// Where a model is found: in its place, or in the middle of its training.
pub enum At<'a> {
    Rest(&'a mut Held),
    Training(&'a mut Trainer),
}

impl At<'_> {
    pub fn model(&mut self) -> &mut cornu::Model {
        match self {
            At::Rest(held) => held.model(),
            At::Training(trainer) => trainer,
        }
    }

    pub fn trainer(&mut self) -> Option<&mut Trainer> {
        match self {
            At::Rest(Held::Trainer(trainer)) => Some(trainer),
            At::Rest(Held::Model(_)) => None,
            At::Training(trainer) => Some(trainer),
        }
    }

    /// Puts another in its place; not in the middle of training.
    pub fn replace(self, new: Held) -> cornu::Result<()> {
        match self {
            At::Rest(held) => {
                *held = new;
                Ok(())
            }
            At::Training(_) => {
                Err(cornu::Error::argument("a model cannot be compiled in the middle of its training")
                    .help("compile it before or after fit"))
            }
        }
    }
}

impl Held {
    pub fn model(&mut self) -> &mut cornu::Model {
        match self {
            Held::Model(model) => model,
            Held::Trainer(trainer) => trainer,
        }
    }
}

/// A model, compiled or not, whose weights are Python's [`Variable`]s.
#[pyclass(frozen, module = "cornu._core")]
pub struct Model {
    pub id: u64,
    /// Nothing while it runs.
    pub held: Mutex<Option<Held>>,
    /// Which of its variables are whose, by number.
    pub weights: Mutex<Vec<(usize, Py<Variable>)>>,
    /// How often random numbers were asked for while predicting.
    pub draws: AtomicU64,
    /// Whether what runs, if something does, is over soon.
    is_brief: AtomicBool,
}

/// Runs that are over soon and call nothing of Python's that could wait: who needs what they hold waits for them.
struct Brief {
    under_way: usize,
    /// How many have ended.
    ended: u64,
}

static BRIEF: Mutex<Brief> = Mutex::new(Brief { under_way: 0, ended: 0 });
static ENDED: Condvar = Condvar::new();

thread_local! {
    /// How many of them are this thread's own: it would wait for itself.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

fn brief_runs() -> MutexGuard<'static, Brief> {
    BRIEF.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Waits until more brief runs than `ended` have ended; false if there is none to wait for.
fn wait_for_a_run(py: Python<'_>, ended: u64) -> bool {
    if OWN.get() > 0 {
        return false;
    }
    py.detach(|| {
        let runs = brief_runs();
        let runs = ENDED.wait_while(runs, |runs| runs.under_way > 0 && runs.ended == ended);
        runs.unwrap_or_else(|poisoned| poisoned.into_inner()).ended != ended
    })
}

/// What `take` gives, once the brief run that holds it has ended.
pub fn after_brief_runs<R>(py: Python<'_>, mut take: impl FnMut() -> Option<R>) -> PyResult<R> {
    loop {
        let ended = brief_runs().ended;
        if let Some(taken) = take() {
            return Ok(taken);
        }
        if !wait_for_a_run(py, ended) {
            return Err(in_use());
        }
    }
}

/// A lock that nobody has to wait for; what a panic has left is whole, as [`Running`] puts all back.
pub fn try_lock<T>(lock: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match lock.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// A model at work, which goes back to its place when that is over, whatever ends it.
struct Running<'a> {
    model: &'a Model,
    held: Option<Held>,
    weights: MutexGuard<'a, Vec<(usize, Py<Variable>)>>,
    is_brief: bool,
}

impl<'a> Running<'a> {
    /// Takes the model, after those that have it, or its weights, for a brief run.
    fn begin(py: Python<'_>, model: &'a Model, is_brief: bool) -> PyResult<Running<'a>> {
        loop {
            // Runs end with Python's lock held, and so none does until this thread waits.
            let ended = brief_runs().ended;
            let wait = match Running::try_begin(model, is_brief) {
                Ok(running) => return Ok(running),
                Err(wait) => wait,
            };
            if !wait || !wait_for_a_run(py, ended) {
                return Err(in_use());
            }
        }
    }

    /// The same if that can be at once; else says whether it is worth waiting.
    fn try_begin(model: &'a Model, is_brief: bool) -> Result<Running<'a>, bool> {
        let taken = try_lock(&model.held).ok_or(false)?.take();
        let mut held = taken.ok_or_else(|| model.is_brief.load(Ordering::Relaxed))?;
        let put_back = |held: Held| {
            if let Some(mut place) = try_lock(&model.held) {
                *place = Some(held);
            }
        };
        let Some(weights) = try_lock(&model.weights) else {
            put_back(held);
            return Err(false);
        };
        let mut runs = brief_runs();
        if !lend(held.model().variables_mut(), &weights) {
            // What is missing is where another model runs, which gives it back.
            put_back(held);
            return Err(runs.under_way > 0);
        }
        if is_brief {
            runs.under_way += 1;
            OWN.set(OWN.get() + 1);
        }
        model.is_brief.store(is_brief, Ordering::Relaxed);
        Ok(Running { model, held: Some(held), weights, is_brief })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(mut held) = self.held.take() {
            give_back(held.model().variables_mut(), &self.weights);
            *self.model.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(held);
        }
        if self.is_brief {
            let mut runs = brief_runs();
            runs.under_way -= 1;
            runs.ended += 1;
            OWN.set(OWN.get().saturating_sub(1));
            ENDED.notify_all();
        }
    }
}

/// Moves the numbers of Python's variables into a model; false if another has some of them.
pub fn lend(variables: &mut Variables, weights: &[(usize, Py<Variable>)]) -> bool {
    for (at, (index, variable)) in weights.iter().enumerate() {
        let mut value = None;
        variable.get().swap(&mut value);
        match value {
            Some(value) => variables.values_mut()[*index] = value,
            None => {
                give_back(variables, &weights[..at]);
                return false;
            }
        }
    }
    true
}

/// Moves them back.
pub fn give_back(variables: &mut Variables, weights: &[(usize, Py<Variable>)]) {
    let nothing = || Array::from_vec(Vec::<f32>::new());
    for (index, variable) in weights {
        if variable.get().is_there() {
            continue;
        }
        let mut value = Some(std::mem::replace(&mut variables.values_mut()[*index], nothing()));
        variable.get().swap(&mut value);
    }
}

impl Model {
    pub fn new(model: cornu::Model) -> Model {
        Model::of(Held::Model(Box::new(model)))
    }

    pub fn of(held: Held) -> Model {
        Model {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            held: Mutex::new(Some(held)),
            weights: Mutex::new(Vec::new()),
            draws: AtomicU64::new(0),
            is_brief: AtomicBool::new(false),
        }
    }

    /// Does `work` with the model and its weights: in its place or, while Python is called in the middle of its
    /// training, where it is trained. It is over soon: other threads wait for it.
    pub fn with<R: Send>(&self, py: Python<'_>, work: impl FnOnce(At) -> R + Send) -> PyResult<R> {
        self.run(py, true, work)
    }

    /// The same, for what may take long or wait for Python's iterators: other threads are told that the model is in
    /// use.
    pub fn with_long<R: Send>(&self, py: Python<'_>, work: impl FnOnce(At) -> R + Send) -> PyResult<R> {
        self.run(py, false, work)
    }

    fn run<R: Send>(&self, py: Python<'_>, is_brief: bool, work: impl FnOnce(At) -> R + Send) -> PyResult<R> {
        let mut work = Some(work);
        if TRAINING.is_set() {
            let mut result = None;
            TRAINING.with(|now| {
                if now.0.id() == self.id {
                    now.0.with_trainer(&mut |trainer| {
                        result = work.take().map(|work| work(At::Training(trainer)));
                    });
                }
            });
            if let Some(result) = result {
                return Ok(result);
            }
        }
        let work = work.ok_or_else(in_use)?;
        let mut running = Running::begin(py, self, is_brief)?;
        let held = running.held.as_mut();
        let done = py.detach(move || held.map(|held| work(At::Rest(held))));
        drop(running);
        done.ok_or_else(in_use)
    }

    pub fn with_model<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut cornu::Model) -> R + Send,
    ) -> PyResult<R> {
        self.with(py, |mut at| work(at.model()))
    }

    /// Looks at what the model is made of, which needs no weights.
    pub fn look<R>(&self, look: impl FnOnce(&mut cornu::Model) -> R) -> PyResult<R> {
        let mut look = Some(look);
        if let Some(mut held) = try_lock(&self.held)
            && let Some(held) = held.as_mut()
            && let Some(look) = look.take()
        {
            return Ok(look(held.model()));
        }
        let mut result = None;
        if TRAINING.is_set() {
            TRAINING.with(|now| {
                if now.0.id() == self.id {
                    now.0.look(&mut |trainer| result = look.take().map(|look| look(trainer)));
                }
            });
        }
        result.ok_or_else(in_use)
    }

    pub fn with_trainer<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Trainer) -> cornu::Result<R> + Send,
    ) -> PyResult<R> {
        let done = self.with(py, |mut at| at.trainer().map(work))?;
        done.ok_or_else(not_compiled)?.map_err(raise)
    }

    pub fn with_trainer_long<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Trainer) -> cornu::Result<R> + Send,
    ) -> PyResult<R> {
        let done = self.with_long(py, |mut at| at.trainer().map(work))?;
        done.ok_or_else(not_compiled)?.map_err(raise)
    }
}

fn not_compiled() -> PyErr {
    value_error("the model is not compiled\n help: call model.compile(optimizer=..., loss=...) first")
}
