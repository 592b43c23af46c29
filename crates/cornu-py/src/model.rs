//! What Python does with models.

use crate::arrays::{Keep, dtype_name, to_numpy};
use crate::callbacks;
use crate::custom::{self, CustomStep};
use crate::data;
use crate::errors::{in_use, raise, type_error, value_error};
use crate::given::{Given, arrays_of, given};
use crate::layer::Layer;
use crate::running::{Held, Model, try_lock};
use crate::symbol::Symbol;
use crate::values;
use crate::variable::Variable;
use cornu::losses::Loss;
use cornu::metrics::Metric;
use cornu::model::{Form, Structure, Symbols};
use cornu::optimizers::Optimizer;
use cornu::registry::Item;
use cornu::variables::{Role, Variables};
use cornu::{Array, Choice, Compile, DTypePolicy, Fit, Scores, Trainer};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

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

/// Where an output is: numbers of layer, call and output.
type Place = (usize, usize, usize);

/// Inputs, targets and sample weights.
type Triple<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Vec<Bound<'py, PyAny>>);

/// The epochs that were trained, and the figures of each by name.
type Epochs = (Vec<usize>, Vec<(String, Vec<f64>)>);

/// The shape of an output, and its dtype.
type TypeRow<'py> = (Vec<Option<usize>>, Bound<'py, PyString>);

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
    fn connections(&self) -> PyResult<Vec<(usize, usize, Vec<Place>)>> {
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
    fn ends(&self) -> PyResult<(Vec<Place>, Vec<Place>)> {
        self.look(|model| {
            let of = |list: &[cornu::model::Reference]| {
                list.iter().map(|at| (at.node, at.call, at.output)).collect::<Vec<_>>()
            };
            (of(&model.network().inputs), of(&model.network().outputs))
        })
    }

    /// The names of inputs and outputs in dictionaries of data, and whether they come in such.
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
        if weights.iter().any(|(_, known)| std::ptr::eq(known.get(), variable.get())) {
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
        validation: Option<Triple<'py>>,
        options: &Bound<'py, PyDict>,
        native: Vec<Bound<'py, callbacks::Native>>,
        callbacks: Vec<Bound<'py, PyAny>>,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Epochs> {
        let (x, y) = (given(x, Keep::Borrowed)?, given(y, Keep::Borrowed)?);
        let mut fit = self.options(options, native, callbacks, progress)?;
        fit = fit.sample_weight(Given { arrays: arrays_of(&sample_weight)?, names: None });
        fit = validated(fit, validation)?;
        self.train(py, |trainer| trainer.fit(x, y, fit))
    }

    /// Trains on batches that Python gives.
    #[pyo3(signature = (batches, validation, options, native, callbacks, progress))]
    #[allow(clippy::too_many_arguments)]
    fn fit_batches<'py>(
        &self,
        py: Python<'py>,
        batches: &Bound<'py, PyAny>,
        validation: Option<Triple<'py>>,
        options: &Bound<'py, PyDict>,
        native: Vec<Bound<'py, callbacks::Native>>,
        callbacks: Vec<Bound<'py, PyAny>>,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Epochs> {
        let pipeline = data::pipeline(batches)?;
        let fit = validated(self.options(options, native, callbacks, progress)?, validation)?;
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

    /// The table of layers, and the totals.
    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |mut at| match at.trainer() {
            Some(trainer) => trainer.summary().to_string(),
            None => at.model().summary().to_string(),
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
    fn output_types<'py>(&self, py: Python<'py>) -> PyResult<Vec<TypeRow<'py>>> {
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

/// The same with validation data.
fn validated(fit: Fit, validation: Option<Triple<'_>>) -> PyResult<Fit> {
    let Some((x, y, weights)) = validation else { return Ok(fit) };
    let weights = Given { arrays: arrays_of(&weights)?, names: None };
    let fit = fit.validation_data(given(&x, Keep::Borrowed)?, given(&y, Keep::Borrowed)?);
    Ok(fit.validation_sample_weight(weights))
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

    fn train(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Trainer) -> cornu::Result<cornu::callbacks::History> + Send,
    ) -> PyResult<Epochs> {
        let history = self.with_trainer_long(py, work)?;
        let figures =
            history.names().map(|name| (name.to_string(), history.get(name).unwrap_or(&[]).to_vec()));
        Ok((history.epochs().to_vec(), figures.collect()))
    }
}
