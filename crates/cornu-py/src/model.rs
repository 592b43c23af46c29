//! Models: networks with weights that Python's variables hold, trained and run without Python's lock.

use crate::arrays::{Keep, dtype_name, to_array, to_numpy};
use crate::callbacks::{self, TRAINING};
use crate::custom::{self, CustomStep};
use crate::data;
use crate::errors::{in_use, raise, type_error, value_error};
use crate::layer::Layer;
use crate::symbol::Symbol;
use crate::values;
use crate::variable::Variable;
use cornu::losses::Loss;
use cornu::metrics::Metric;
use cornu::model::{Form, Structure, Symbols};
use cornu::optimizers::Optimizer;
use cornu::variables::{Role, Variables};
use cornu::{Array, Arrays, Choice, Compile, DTypePolicy, Fit, Scores, Trainer};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;
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
    fn model(&mut self) -> &mut cornu::Model {
        match self {
            At::Rest(held) => held.model(),
            At::Training(trainer) => trainer,
        }
    }

    fn trainer(&mut self) -> Option<&mut Trainer> {
        match self {
            At::Rest(Held::Trainer(trainer)) => Some(trainer),
            At::Rest(Held::Model(_)) => None,
            At::Training(trainer) => Some(trainer),
        }
    }

    /// Puts another in its place; not in the middle of training.
    fn replace(self, new: Held) -> cornu::Result<()> {
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
    id: u64,
    /// Nothing while it runs.
    held: Mutex<Option<Held>>,
    /// Which of its variables are whose, by number.
    weights: Mutex<Vec<(usize, Py<Variable>)>>,
    /// How often random numbers were asked for while predicting.
    draws: AtomicU64,
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

/// A lock that nobody has to wait for; what a panic has left is whole, as [`Running`] puts all back.
fn try_lock<T>(lock: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
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
            if !wait || OWN.get() > 0 {
                return Err(in_use());
            }
            py.detach(|| {
                let runs = brief_runs();
                drop(ENDED.wait_while(runs, |runs| runs.under_way > 0 && runs.ended == ended));
            });
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

    fn of(held: Held) -> Model {
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
    fn with_long<R: Send>(&self, py: Python<'_>, work: impl FnOnce(At) -> R + Send) -> PyResult<R> {
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

    fn with_trainer<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Trainer) -> cornu::Result<R> + Send,
    ) -> PyResult<R> {
        let done = self.with(py, |mut at| at.trainer().map(work))?;
        done.ok_or_else(not_compiled)?.map_err(raise)
    }

    fn with_trainer_long<R: Send>(
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

/// Symbols with how they are held together.
struct Bundle(Vec<cornu::Symbol>, Structure);

impl Symbols for Bundle {
    fn symbols(self) -> Vec<cornu::Symbol> {
        self.0
    }
    fn structure(&self) -> Structure {
        self.1.clone()
    }
}

/// Data with the names that it came under.
pub struct Given {
    pub arrays: Vec<Array>,
    pub names: Option<Vec<String>>,
}

impl Arrays<'static> for Given {
    fn arrays(self) -> Vec<Cow<'static, Array>> {
        self.arrays.into_iter().map(Cow::Owned).collect()
    }
    fn names(&self) -> Option<Vec<String>> {
        self.names.clone()
    }
}

/// Data from Python: one array, several in a list, or several by name.
pub fn given(object: &Bound<'_, PyAny>, keep: Keep) -> PyResult<Given> {
    if let Ok(dict) = object.cast::<PyDict>() {
        let mut found = Given { arrays: Vec::new(), names: Some(Vec::new()) };
        for (name, value) in dict.iter() {
            found.arrays.push(to_array(&value, keep)?);
            if let Some(names) = &mut found.names {
                names.push(name.extract()?);
            }
        }
        return Ok(found);
    }
    let arrays = match object.cast::<PyList>() {
        Ok(list) => list.iter().map(|item| to_array(&item, keep)).collect::<PyResult<_>>()?,
        Err(_) if object.is_none() => Vec::new(),
        Err(_) => vec![to_array(object, keep)?],
    };
    Ok(Given { arrays, names: None })
}

fn arrays_of(list: &[Bound<'_, PyAny>]) -> PyResult<Vec<Array>> {
    list.iter().map(|item| to_array(item, Keep::Borrowed)).collect()
}

/// A layer of a model: name, class, config, whether it is trained, its dtype, the number of one written in Python.
type LayerRow<'py> = (String, String, Bound<'py, PyAny>, bool, Option<String>, Option<u64>);

/// A weight of a model: number, path, shape, dtype, whether it is trained.
type WeightRow = (usize, String, Vec<usize>, String, bool);

#[pymethods]
impl Model {
    /// The model between symbols. `keys` are names of inputs or outputs that come in a dictionary.
    #[staticmethod]
    #[pyo3(signature = (inputs, outputs, name, input_keys=None, output_keys=None, sequential=false))]
    fn between(
        py: Python<'_>,
        inputs: Vec<Bound<'_, Symbol>>,
        outputs: Vec<Bound<'_, Symbol>>,
        name: String,
        input_keys: Option<Vec<String>>,
        output_keys: Option<Vec<String>>,
        sequential: bool,
    ) -> PyResult<Model> {
        let bundle = |symbols: Vec<Bound<'_, Symbol>>, keys: Option<Vec<String>>| {
            let symbols = symbols.iter().map(|symbol| symbol.get().symbol.clone()).collect();
            Bundle(symbols, keys.map_or(Structure::Plain, Structure::Dict))
        };
        let (inputs, outputs) = (bundle(inputs, input_keys), bundle(outputs, output_keys));
        let model = py.detach(|| cornu::Model::new(inputs, outputs)).map_err(raise)?.named(name);
        let form = if sequential { Form::Sequential } else { Form::Functional };
        Ok(Model::new(model.in_form(form)))
    }

    /// Reads a `.keras` file, in which classes of `custom` may be named: package, name, and what makes one.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf, compile: bool, custom: Vec<custom::Class>) -> PyResult<Model> {
        let classes = custom::classes(custom);
        let loaded = py.detach(|| match compile {
            true => cornu::files::load_with(&path, &classes),
            false => cornu::Model::load_with(&path, &classes)
                .map(|model| cornu::files::Loaded::Model(Box::new(model))),
        });
        Ok(Model::of(match loaded.map_err(raise)? {
            cornu::files::Loaded::Model(model) => Held::Model(model),
            cornu::files::Loaded::Trainer(trainer) => Held::Trainer(trainer),
        }))
    }

    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str, custom: Vec<custom::Class>) -> PyResult<Model> {
        let classes = custom::classes(custom);
        py.detach(|| cornu::Model::from_json_with(text, &classes)).map(Model::new).map_err(raise)
    }

    #[getter]
    fn id(&self) -> u64 {
        self.id
    }

    fn is_compiled(&self) -> PyResult<bool> {
        match self.held.try_lock() {
            Ok(held) => match &*held {
                Some(held) => Ok(matches!(held, Held::Trainer(_))),
                // What is trained is compiled.
                None => Ok(true),
            },
            Err(_) => Ok(true),
        }
    }

    fn name(&self) -> PyResult<String> {
        self.look(|model| model.name().to_string())
    }

    fn is_sequential(&self) -> PyResult<bool> {
        use cornu::registry::Item;
        self.look(|model| model.class_name() == "Sequential")
    }

    /// The layers, in order.
    fn layers<'py>(&self, py: Python<'py>) -> PyResult<Vec<LayerRow<'py>>> {
        let rows = self.look(|model| {
            let row = |node: &cornu::model::Node| {
                let layer = &node.layer;
                let config =
                    if node.as_model().is_some() { serde_json::Value::Null } else { layer.layer.config() };
                let dtype = layer.dtype.map(|dtype| dtype.to_string());
                let id = crate::layer::custom_id(layer);
                (
                    node.name.clone(),
                    layer.layer.python_class().to_string(),
                    config,
                    layer.trainable,
                    dtype,
                    id,
                )
            };
            model.network().nodes.iter().map(row).collect::<Vec<_>>()
        })?;
        let rows = rows.into_iter().map(|(name, class, config, trainable, dtype, id)| {
            Ok((name, class, values::from_config(py, &config)?, trainable, dtype, id))
        });
        rows.collect()
    }

    /// Layer `index`, as models hold it.
    fn layer(&self, id: u64, index: usize) -> PyResult<Layer> {
        let any = self.look(|model| {
            let node = model.network().nodes.get(index)?;
            let layer = node.layer.clone();
            Some(cornu::layers::AnyLayer { name: Some(node.name.clone()), ..layer })
        })?;
        any.map(|any| Layer::from_any(id, any)).ok_or_else(|| value_error("there is no such layer"))
    }

    /// The model that layer `index` is.
    fn inner(&self, index: usize) -> PyResult<Option<Model>> {
        let inner = self.look(|model| model.network().nodes.get(index)?.as_model().cloned())?;
        Ok(inner.map(Model::new))
    }

    /// The symbols of each call: number of the layer, number of its call, symbols of its outputs.
    fn symbols(&self, py: Python<'_>) -> PyResult<Vec<(usize, usize, Vec<Symbol>)>> {
        self.with_model(py, |model| {
            let all = model.network().symbols();
            let of = |&(node, call): &(usize, usize)| {
                let first = &all[&(node, call)];
                let types = model.types_of(node, call).iter().enumerate();
                (node, call, types.map(|(i, ty)| Symbol::new(first.output(i), ty.clone())).collect())
            };
            model.network().order.iter().map(of).collect()
        })
    }

    /// What each call is called on: number of the layer, of its call, and of those that its inputs come from with
    /// the number of the output.
    fn connections(&self) -> PyResult<Vec<(usize, usize, Vec<(usize, usize, usize)>)>> {
        self.look(|model| {
            let network = model.network();
            let of = |&(node, call): &(usize, usize)| {
                let inputs = network.nodes[node].calls[call].arguments.tensors();
                (node, call, inputs.into_iter().map(|at| (at.node, at.call, at.output)).collect())
            };
            network.order.iter().map(of).collect()
        })
    }

    /// Where the inputs and the outputs are: numbers of layer, call and output.
    #[allow(clippy::type_complexity)]
    fn ends(&self) -> PyResult<(Vec<(usize, usize, usize)>, Vec<(usize, usize, usize)>)> {
        self.look(|model| {
            let of = |list: &[cornu::model::Reference]| {
                list.iter().map(|at| (at.node, at.call, at.output)).collect::<Vec<_>>()
            };
            (of(&model.network().inputs), of(&model.network().outputs))
        })
    }

    /// The names of inputs and outputs in dictionaries of data, and whether they come in such.
    #[allow(clippy::type_complexity)]
    fn keys(&self) -> PyResult<(Vec<String>, Vec<String>, bool, bool)> {
        self.look(|model| {
            let network = model.network();
            let dict = |structure: &Structure| matches!(structure, Structure::Dict(_));
            let (input, output) = (dict(&network.input_structure), dict(&network.output_structure));
            (model.input_keys(), model.output_keys(), input, output)
        })
    }

    /// The weights: number, path, shape, dtype, whether it is trained; those alone that no variable is bound to,
    /// or all.
    #[pyo3(signature = (all=false))]
    fn weights(&self, all: bool) -> PyResult<Vec<WeightRow>> {
        let bound: Vec<usize> = match all {
            true => Vec::new(),
            false => try_lock(&self.weights).ok_or_else(in_use)?.iter().map(|(index, _)| *index).collect(),
        };
        self.look(|model| {
            let row = |index: usize| {
                let variable = &model.variables().list()[index];
                let (shape, dtype) = (variable.ty.shape.to_vec(), variable.ty.dtype.keras_name().to_string());
                (index, variable.path.clone(), shape, dtype, variable.role == Role::Trainable)
            };
            model.weight_indices().into_iter().filter(|index| !bound.contains(index)).map(row).collect()
        })
    }

    /// The value of weight `index`.
    fn value<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
        let value = self.with_model(py, |model| model.variables().values().get(index).cloned())?;
        to_numpy(py, value.ok_or_else(|| value_error("there is no such weight"))?)
    }

    /// Makes weight `index` the one that `variable` holds.
    fn bind(&self, index: usize, variable: Py<Variable>) -> PyResult<()> {
        let (shape, dtype) = variable.get().ty();
        let (wanted, path) = self.look(|model| {
            let own = &model.variables().list()[index];
            (own.ty.clone(), own.path.clone())
        })?;
        if (&wanted.shape, wanted.dtype) != (shape, dtype) {
            return Err(value_error(format!(
                "{path} is {wanted} in this model, and {dtype}{shape} in the layer"
            )));
        }
        let mut weights = try_lock(&self.weights).ok_or_else(in_use)?;
        if weights
            .iter()
            .any(|(_, known)| known.get() as *const Variable == variable.get() as *const Variable)
        {
            return Err(value_error(format!(
                "the weight {path} is in this model twice: as that of a layer, and of a model that has the layer"
            )));
        }
        // The model's own copy is not needed any more.
        if let Some(held) = try_lock(&self.held).ok_or_else(in_use)?.as_mut() {
            held.model().variables_mut().values_mut()[index] = Array::from_vec(Vec::<f32>::new());
        }
        weights.push((index, variable));
        Ok(())
    }

    /// Says of layers whether they are trained, by path.
    fn set_trainable(&self, py: Python<'_>, flags: Vec<(String, bool)>) -> PyResult<()> {
        self.with_model(py, |model| {
            model.set_trainable(flags.iter().map(|(path, flag)| (path.as_str(), *flag)))
        })?
        .map_err(raise)
    }

    fn set_threads(&self, py: Python<'_>, threads: usize) -> PyResult<()> {
        self.with_model(py, |model| model.set_threads(threads))
    }

    fn reseed(&self, py: Python<'_>, seed: i64) -> PyResult<()> {
        self.with_model(py, |model| model.set_seed(seed))
    }

    /// Compiles: optimizer, losses and metrics as names, configs or Python objects; see `compile` in Python.
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (optimizer, losses, loss_weights=None, metrics=vec![], weighted_metrics=vec![], step=None, memory_limit=None))]
    fn compile(
        &self,
        py: Python<'_>,
        optimizer: &Bound<'_, PyAny>,
        losses: Vec<Bound<'_, PyAny>>,
        loss_weights: Option<Vec<f64>>,
        metrics: Vec<Vec<Bound<'_, PyAny>>>,
        weighted_metrics: Vec<Vec<Bound<'_, PyAny>>>,
        step: Option<Bound<'_, PyAny>>,
        memory_limit: Option<usize>,
    ) -> PyResult<()> {
        let optimizer: Choice<dyn Optimizer> =
            Choice::from_json(values::config(optimizer)?).map_err(value_error)?;
        let losses = losses.iter().map(custom::loss).collect::<PyResult<Vec<Choice<dyn Loss>>>>()?;
        let lists = |lists: Vec<Vec<Bound<'_, PyAny>>>| {
            let list = |list: Vec<Bound<'_, PyAny>>| {
                list.iter().map(custom::metric).collect::<PyResult<Vec<Choice<dyn Metric>>>>()
            };
            lists.into_iter().map(list).collect::<PyResult<Vec<_>>>()
        };
        let (metrics, weighted_metrics) = (lists(metrics)?, lists(weighted_metrics)?);
        let mut compile = Compile::new(optimizer, "mse")
            .losses(losses)
            .metrics_of_outputs(metrics)
            .weighted_metrics_of_outputs(weighted_metrics);
        if let Some(weights) = loss_weights {
            compile = compile.loss_weights(weights);
        }
        if let Some(step) = step {
            compile = compile.step(CustomStep::new(&step)?);
        }
        if let Some(limit) = memory_limit {
            compile = compile.memory_limit(limit);
        }
        self.with(py, |mut at| {
            let trainer = at.model().clone().compile(compile)?;
            at.replace(Held::Trainer(Box::new(trainer)))
        })?
        .map_err(raise)
    }

    /// Trains on arrays; see `fit` in Python. Gives the epochs, and the figures of each.
    #[pyo3(signature = (x, y, sample_weight, validation, options, native, callbacks, progress))]
    #[allow(clippy::too_many_arguments)]
    fn fit<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        y: &Bound<'py, PyAny>,
        sample_weight: Vec<Bound<'py, PyAny>>,
        validation: Option<(Bound<'py, PyAny>, Bound<'py, PyAny>, Vec<Bound<'py, PyAny>>)>,
        options: &Bound<'py, PyDict>,
        native: Vec<Bound<'py, callbacks::Native>>,
        callbacks: Vec<Bound<'py, PyAny>>,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Vec<usize>, Vec<(String, Vec<f64>)>)> {
        let (x, y) = (given(x, Keep::Borrowed)?, given(y, Keep::Borrowed)?);
        let mut fit = self.options(options, native, callbacks, progress)?;
        fit = fit.sample_weight(Given { arrays: arrays_of(&sample_weight)?, names: None });
        if let Some((x, y, weights)) = validation {
            fit = fit.validation_data(given(&x, Keep::Borrowed)?, given(&y, Keep::Borrowed)?);
            fit = fit.validation_sample_weight(Given { arrays: arrays_of(&weights)?, names: None });
        }
        self.train(py, |trainer| trainer.fit(x, y, fit))
    }

    /// Trains on batches that Python gives.
    #[pyo3(signature = (batches, validation, options, native, callbacks, progress))]
    #[allow(clippy::too_many_arguments)]
    fn fit_batches<'py>(
        &self,
        py: Python<'py>,
        batches: &Bound<'py, PyAny>,
        validation: Option<(Bound<'py, PyAny>, Bound<'py, PyAny>, Vec<Bound<'py, PyAny>>)>,
        options: &Bound<'py, PyDict>,
        native: Vec<Bound<'py, callbacks::Native>>,
        callbacks: Vec<Bound<'py, PyAny>>,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Vec<usize>, Vec<(String, Vec<f64>)>)> {
        let pipeline = data::pipeline(batches)?;
        let mut fit = self.options(options, native, callbacks, progress)?;
        if let Some((x, y, weights)) = validation {
            fit = fit.validation_data(given(&x, Keep::Borrowed)?, given(&y, Keep::Borrowed)?);
            fit = fit.validation_sample_weight(Given { arrays: arrays_of(&weights)?, names: None });
        }
        self.train(py, |trainer| trainer.fit_pipeline(&pipeline, fit))
    }

    fn evaluate(
        &self,
        py: Python<'_>,
        x: &Bound<'_, PyAny>,
        y: &Bound<'_, PyAny>,
        sample_weight: Vec<Bound<'_, PyAny>>,
        batch_size: usize,
    ) -> PyResult<Scores> {
        let (x, y) = (given(x, Keep::Borrowed)?, given(y, Keep::Borrowed)?);
        let weights = arrays_of(&sample_weight)?;
        let weights: Vec<&Array> = weights.iter().collect();
        self.with_trainer(py, |trainer| trainer.evaluate_with(x, y, &weights, batch_size))
    }

    fn evaluate_batches(&self, py: Python<'_>, batches: &Bound<'_, PyAny>) -> PyResult<Scores> {
        let pipeline = data::pipeline(batches)?;
        self.with_trainer_long(py, |trainer| trainer.evaluate_pipeline(&pipeline))
    }

    /// One step on one batch; gives the figures since the metrics were reset.
    fn on_batch(
        &self,
        py: Python<'_>,
        x: &Bound<'_, PyAny>,
        y: &Bound<'_, PyAny>,
        sample_weight: Vec<Bound<'_, PyAny>>,
        train: bool,
    ) -> PyResult<Scores> {
        let (x, y) = (given(x, Keep::Borrowed)?, given(y, Keep::Borrowed)?);
        let weights = arrays_of(&sample_weight)?;
        let weights: Vec<&Array> = weights.iter().collect();
        self.with_trainer(py, |trainer| match train {
            true => trainer.train_on_batch_with(x, y, &weights),
            false => trainer.test_on_batch_with(x, y, &weights),
        })
    }

    fn reset_metrics(&self, py: Python<'_>) -> PyResult<()> {
        self.with_trainer(py, |trainer| {
            trainer.reset_metrics();
            Ok(())
        })
    }

    fn reset_states(&self, py: Python<'_>) -> PyResult<()> {
        self.with_model(py, |model| model.reset_states())
    }

    /// All outputs for the rows of the inputs, in batches.
    fn predict<'py>(&self, py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let x = given(x, Keep::Borrowed)?;
        let outputs = self.with_model(py, |model| model.predict_all(x))?.map_err(raise)?;
        outputs.into_iter().map(|array| to_numpy(py, array)).collect()
    }

    fn predict_batches<'py>(
        &self,
        py: Python<'py>,
        batches: &Bound<'py, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let pipeline = data::pipeline(batches)?;
        let outputs = self.with_long(py, |mut at| at.model().predict_pipeline(&pipeline))?.map_err(raise)?;
        outputs.into_iter().map(|array| to_numpy(py, array)).collect()
    }

    /// All outputs for the rows of the inputs, in one batch; stateful layers go on from there, if asked.
    #[pyo3(signature = (x, stateful=false, draw=false))]
    fn predict_on_batch<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        stateful: bool,
        draw: bool,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let x = given(x, Keep::Borrowed)?;
        let draws = if draw { self.draws.fetch_add(1, Ordering::Relaxed) } else { 0 };
        let outputs = self.with_model(py, |model| {
            if draw && let Some(step) = model.variables().index(Variables::STEP) {
                model.variables_mut().values_mut()[step] = Array::scalar(draws as i64);
            }
            match stateful {
                true => model.predict_next(x),
                false => model.predict_on_batch(x),
            }
        })?;
        let outputs = outputs.map_err(raise)?;
        outputs.into_iter().map(|array| to_numpy(py, array)).collect()
    }

    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let saved = self.with(py, |mut at| match at.trainer() {
            Some(trainer) => trainer.save(&path),
            None => at.model().save(&path),
        })?;
        saved.map_err(raise)
    }

    fn save_weights(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let saved = self.with(py, |mut at| match at.trainer() {
            Some(trainer) => trainer.save_weights(&path),
            None => at.model().save_weights(&path),
        })?;
        saved.map_err(raise)
    }

    fn load_weights(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let loaded = self.with(py, |mut at| match at.trainer() {
            Some(trainer) => trainer.load_weights(&path),
            None => at.model().load_weights(&path),
        })?;
        loaded.map_err(raise)
    }

    fn to_json(&self) -> PyResult<String> {
        self.look(|model| model.to_json())
    }

    /// The table of layers: rows of layer, output shape, parameters, connected to; and the totals.
    #[allow(clippy::type_complexity)]
    fn summary(&self, py: Python<'_>) -> PyResult<(Vec<(String, String, usize, usize, String)>, String)> {
        self.with(py, |mut at| {
            let summary = match at.trainer() {
                Some(trainer) => trainer.summary(),
                None => at.model().summary(),
            };
            let text = summary.to_string();
            let rows = summary.layers.into_iter();
            let rows =
                rows.map(|row| (row.layer, row.output_shape, row.parameters, row.flops, row.connected_to));
            (rows.collect(), text)
        })
    }

    /// The steps in which a batch of `rows` rows is predicted.
    fn explain(&self, py: Python<'_>, rows: usize) -> PyResult<String> {
        self.with_model(py, |model| model.explain(rows))?.map_err(raise)
    }

    fn learning_rate(&self, py: Python<'_>) -> PyResult<Option<f64>> {
        self.with_trainer(py, |trainer| Ok(trainer.learning_rate()))
    }

    fn set_learning_rate(&self, py: Python<'_>, rate: f64) -> PyResult<()> {
        self.with_trainer(py, |trainer| trainer.set_learning_rate(rate))
    }

    /// The optimizer's variables: paths and values.
    fn optimizer_variables<'py>(&self, py: Python<'py>) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
        let found = self.with_trainer(py, |trainer| {
            let own = trainer.optimizer_variables();
            Ok(own.into_iter().map(|(path, value)| (path.to_string(), value.clone())).collect::<Vec<_>>())
        })?;
        found.into_iter().map(|(path, value)| Ok((path, to_numpy(py, value)?))).collect()
    }

    /// What the model was compiled with, as Keras writes it.
    fn compiled_with<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = self.with_trainer(py, |trainer| trainer.compile_config())?;
        values::from_config(py, &config)
    }

    /// The `.keras` file as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.with(py, |mut at| match at.trainer() {
            Some(trainer) => trainer.to_bytes(),
            None => at.model().to_bytes(),
        })?;
        Ok(PyBytes::new(py, &bytes.map_err(raise)?))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8], custom: Vec<custom::Class>) -> PyResult<Model> {
        let classes = custom::classes(custom);
        let loaded = py.detach(|| cornu::files::from_bytes(bytes, &classes)).map_err(raise)?;
        Ok(Model::of(match loaded {
            cornu::files::Loaded::Model(model) => Held::Model(model),
            cornu::files::Loaded::Trainer(trainer) => Held::Trainer(trainer),
        }))
    }

    /// The outputs' dtypes and shapes.
    fn output_types<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Vec<(Vec<Option<usize>>, Bound<'py, PyString>)>> {
        let types = self.look(|model| {
            let of = |at: &cornu::model::Reference| model.types_of(at.node, at.call)[at.output].clone();
            model.network().outputs.iter().map(of).collect::<Vec<_>>()
        })?;
        Ok(types.into_iter().map(|ty| (ty.shape, dtype_name(py, ty.dtype))).collect())
    }

    fn set_dtype(&self, py: Python<'_>, policy: &str) -> PyResult<()> {
        let policy: DTypePolicy = policy.parse().map_err(value_error)?;
        self.with(py, |mut at| {
            let model = at.model().clone().with_dtype(policy)?;
            at.replace(Held::Model(Box::new(model)))
        })?
        .map_err(raise)
    }
}

impl Model {
    fn options(
        &self,
        options: &Bound<'_, PyDict>,
        native: Vec<Bound<'_, callbacks::Native>>,
        callbacks: Vec<Bound<'_, PyAny>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Fit> {
        let mut fit = Fit::new().silent();
        for (name, value) in options.iter() {
            let name: String = name.extract()?;
            let count = || -> PyResult<usize> {
                let number: i64 = value.extract().map_err(|_| {
                    type_error(format!(
                        "{name} is a whole number, got {}",
                        value.repr().map(|r| r.to_string()).unwrap_or_default()
                    ))
                })?;
                usize::try_from(number)
                    .map_err(|_| value_error(format!("{name} is {number}, and is to be 0 or more")))
            };
            fit = match name.as_str() {
                "batch_size" => fit.batch_size(count()?),
                "epochs" => fit.epochs(count()?),
                "initial_epoch" => fit.initial_epoch(count()?),
                "steps_per_epoch" => fit.steps_per_epoch(count()?),
                "validation_freq" => fit.validation_freq(count()?),
                "validation_split" => fit.validation_split(value.extract()?),
                "shuffle" => fit.shuffle(value.extract()?),
                "class_weight" => fit.class_weight(value.extract::<BTreeMap<i64, f64>>()?),
                "validation_batches" => fit.validation_pipeline(&data::pipeline(&value)?),
                _ => return Err(type_error(format!("fit has no option {name}"))),
            };
        }
        for callback in native {
            fit = fit.callback(callback.get().shared());
        }
        if let Some(progress) = progress {
            fit = fit.callback(callbacks::Progress::new(progress.unbind()));
        }
        for callback in callbacks {
            fit = fit.callback(callbacks::FromPython::new(&callback, self.id, self.variables())?);
        }
        Ok(fit.callback(callbacks::Interrupt::default()))
    }

    fn variables(&self) -> Vec<(usize, Py<Variable>)> {
        let weights = self.weights.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Python::attach(|py| {
            weights.iter().map(|(index, variable)| (*index, variable.clone_ref(py))).collect()
        })
    }

    #[allow(clippy::type_complexity)]
    fn train(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Trainer) -> cornu::Result<cornu::callbacks::History> + Send,
    ) -> PyResult<(Vec<usize>, Vec<(String, Vec<f64>)>)> {
        let history = self.with_trainer_long(py, work)?;
        let figures =
            history.names().map(|name| (name.to_string(), history.get(name).unwrap_or(&[]).to_vec()));
        Ok((history.epochs().to_vec(), figures.collect()))
    }
}
