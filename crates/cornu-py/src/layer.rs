//! Layers: Cornu's own, by class and config, and those that are written in Python.

use crate::errors::{raise, type_error, value_error};
use crate::operations::{constant_argument, traced_arguments};
use crate::running::Model;
use crate::symbol::Symbol;
use crate::trace;
use crate::values;
use cornu::arguments::{Argument, Masked};
use cornu::graph::Tensor;
use cornu::layers::AnyLayer;
use cornu::model::{Connect, OpenType};
use cornu::registry::{Any, Item};
use cornu::scope::Scope;
use cornu::{DTypePolicy, layers};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyWeakrefMethods, PyWeakrefReference};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;
use std::sync::Mutex;

/// A layer as models hold it.
#[pyclass(frozen, module = "cornu._core")]
pub struct Layer {
    pub any: AnyLayer,
    /// The number by which its variables know it.
    id: u64,
}

#[pymethods]
impl Layer {
    /// The layer of that class, with this config.
    #[new]
    #[pyo3(signature = (id, class, config, name, trainable=true, dtype=None))]
    fn new(
        id: u64,
        class: &str,
        config: &Bound<'_, PyAny>,
        name: String,
        trainable: bool,
        dtype: Option<&str>,
    ) -> PyResult<Layer> {
        let layer: Any<dyn layers::Layer> =
            Any::from_name(class, values::config(config)?).map_err(value_error)?;
        finish(
            id,
            AnyLayer { layer, name: None, trainable: true, dtype: None, recompute: false },
            name,
            trainable,
            dtype,
        )
    }

    /// The layer that a Python object describes, which has to live as long as it is used.
    #[staticmethod]
    #[pyo3(signature = (id, object, class, package, name, trainable=true, dtype=None))]
    fn custom(
        id: u64,
        object: &Bound<'_, PyAny>,
        class: &str,
        package: &str,
        name: String,
        trainable: bool,
        dtype: Option<&str>,
    ) -> PyResult<Layer> {
        let supports_masking = object.getattr("supports_masking")?.is_truthy()?;
        let autocast = object.getattr("autocast")?.is_truthy()?;
        let custom = Custom {
            object: PyWeakrefReference::new(object)?.unbind(),
            id,
            class: lasting(class),
            package: lasting(package),
            supports_masking,
            autocast,
        };
        finish(id, AnyLayer::from(custom), name, trainable, dtype)
    }

    /// The layer that a model is.
    #[staticmethod]
    #[pyo3(signature = (id, model, name, trainable=true))]
    fn of_model(id: u64, model: &Model, name: String, trainable: bool) -> PyResult<Layer> {
        let inner = model.look(|model| model.clone().without_weights())?;
        finish(id, AnyLayer::from(inner.named(name.clone())), name, trainable, None)
    }

    /// The layer, trained or not.
    fn with_trainable(&self, trainable: bool) -> Layer {
        Layer { any: AnyLayer { trainable, ..self.any.clone() }, id: self.id }
    }

    #[getter]
    fn class_name(&self) -> &'static str {
        self.any.layer.class_name()
    }

    #[getter]
    fn name(&self) -> Option<&str> {
        self.any.name.as_deref()
    }

    #[getter]
    fn trainable(&self) -> bool {
        self.any.trainable
    }

    /// The fields, as Keras's `get_config` gives them.
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::from_config(py, &self.any.layer.config())
    }

    /// Calls the layer on symbols; gives the symbols of its outputs, and the model that is the layer alone.
    #[pyo3(signature = (args, kwargs, seed))]
    fn connect(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
        seed: i64,
    ) -> PyResult<(Vec<Symbol>, Model)> {
        connect(py, &self.any, args, kwargs, seed)
    }

    /// The model that is the layer alone, called on arrays like these.
    #[pyo3(signature = (args, kwargs, seed))]
    fn alone(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
        seed: i64,
    ) -> PyResult<Model> {
        let mut leaf = |object: &Bound<'_, PyAny>| -> PyResult<Option<Argument<OpenType>>> {
            let Some(array) = values::concrete(object)? else { return Ok(None) };
            let mut shape: Vec<Option<usize>> = array.shape().iter().copied().map(Some).collect();
            if let Some(batch) = shape.first_mut() {
                *batch = None;
            }
            Ok(Some(Argument::Tensor(OpenType { shape, dtype: array.dtype() })))
        };
        let types = values::arguments(args, kwargs, &mut leaf)?;
        let model = py.detach(|| cornu::Model::of_layer(&self.any, &types, seed)).map_err(raise)?;
        Ok(Model::new(model))
    }

    /// Calls the layer in the graph that is being described.
    #[pyo3(signature = (attribute, args, kwargs))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        attribute: &str,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let arguments = traced_arguments(args, kwargs)?;
        let outputs = trace::with_scope(|scope| {
            let name = self.any.name.as_deref().unwrap_or("layer");
            let path = scope.path();
            let path = if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
            trace::place(self.id, path, None);
            let known = scope.builder().error_count();
            let outputs = scope.sublayer(attribute, name, &self.any, arguments);
            scope.builder().amend_errors(known, |error| {
                error.location = None;
                if !error.message.starts_with(name) {
                    error.message.insert_str(0, &format!("{name}: "));
                }
            });
            outputs
        })?;
        outputs.into_iter().map(|output| trace::give(py, output)).collect()
    }
}

impl Layer {
    pub fn from_any(id: u64, any: AnyLayer) -> Layer {
        Layer { any, id }
    }
}

fn finish(id: u64, any: AnyLayer, name: String, trainable: bool, dtype: Option<&str>) -> PyResult<Layer> {
    let dtype: Option<DTypePolicy> = match dtype {
        Some(dtype) => Some(dtype.parse().map_err(value_error)?),
        None => None,
    };
    Ok(Layer { any: AnyLayer { name: Some(name), trainable, dtype, ..any }, id })
}

/// A text that lasts: class names, of which a program has few.
fn lasting(text: &str) -> &'static str {
    static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let known = known.get_or_insert_with(HashSet::new);
    match known.get(text) {
        Some(text) => text,
        None => {
            let text: &'static str = Box::leak(text.to_string().into_boxed_str());
            known.insert(text);
            text
        }
    }
}

/// Calls a layer on symbols.
pub fn connect(
    py: Python<'_>,
    layer: &AnyLayer,
    args: &Bound<'_, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
    seed: i64,
) -> PyResult<(Vec<Symbol>, Model)> {
    let mut leaf = |object: &Bound<'_, PyAny>| -> PyResult<Option<Argument<(cornu::Symbol, OpenType)>>> {
        if let Ok(symbol) = object.cast::<Symbol>() {
            let symbol = symbol.get();
            return Ok(Some(Argument::Tensor((symbol.symbol.clone(), symbol.ty.clone()))));
        }
        if object.is_instance_of::<trace::Tensor>() {
            return Err(type_error("a tensor of another graph cannot be connected to symbols"));
        }
        match object.cast::<crate::variable::Variable>() {
            Ok(variable) => Ok(Some(constant_argument(&variable.get().array()?))),
            Err(_) => Ok(values::concrete(object)?.map(|array| constant_argument(&array))),
        }
    };
    let arguments = values::arguments(args, kwargs, &mut leaf)?;
    let types = arguments.map(|(_, ty)| ty.clone());
    let model = py.detach(|| cornu::Model::of_layer(layer, &types, seed)).map_err(raise)?;
    let first = Connect::on(layer, arguments.map(|(symbol, _)| symbol.clone()));
    let at = model.network().outputs[0];
    let outputs = model.types_of(at.node, at.call).iter().enumerate();
    let symbols = outputs.map(|(i, ty)| Symbol::new(first.output(i), ty.clone())).collect();
    Ok((symbols, Model::new(model)))
}

/// The number of a layer that is written in Python.
pub fn custom_id(layer: &AnyLayer) -> Option<u64> {
    (&*layer.layer as &dyn std::any::Any).downcast_ref::<Custom>().map(|custom| custom.id)
}

/// A layer that a Python object describes.
struct Custom {
    object: Py<PyWeakrefReference>,
    id: u64,
    class: &'static str,
    package: &'static str,
    supports_masking: bool,
    autocast: bool,
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.class, self.id)
    }
}

/// The object that a weak reference leads to.
pub fn alive<'py>(py: Python<'py>, object: &Py<PyWeakrefReference>) -> PyResult<Bound<'py, PyAny>> {
    object.bind(py).upgrade().ok_or_else(|| value_error("a Python object that the model is made of is gone"))
}

impl Item for Custom {
    fn class_name(&self) -> &'static str {
        self.class
    }

    fn package(&self) -> &'static str {
        self.package
    }

    fn config(&self) -> Value {
        let config = Python::attach(|py| {
            let config = alive(py, &self.object)?.call_method0("_plain_config")?;
            values::config(&config)
        });
        config.unwrap_or(Value::Null)
    }
}

impl layers::Layer for Custom {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        let arguments = scope.arguments();
        let builder = scope.builder().clone();
        let (path, training) = (scope.path(), scope.training());
        trace::place(self.id, path, None);
        let described = trace::describe(Some(scope), builder, |py| {
            let object = alive(py, &self.object)?;
            let args = arguments.positional.iter().map(|argument| to_python(py, argument));
            let args = PyTuple::new(py, args.collect::<PyResult<Vec<_>>>()?)?;
            let kwargs = PyDict::new(py);
            for (name, argument) in &arguments.named {
                kwargs.set_item(name, to_python(py, argument)?)?;
            }
            let outputs = object.call_method1("_describe", (args, kwargs, training))?;
            let outputs = outputs.cast::<PyList>()?.iter();
            let masked = |output: Bound<'_, PyAny>| -> PyResult<Masked> {
                match output.cast::<trace::Tensor>() {
                    Ok(tensor) => tensor.get().masked(),
                    Err(_) => Ok(crate::operations::operand(&output)?.into()),
                }
            };
            outputs.map(masked).collect::<PyResult<Vec<Masked>>>()
        });
        match described {
            Ok(outputs) => {
                for (i, output) in outputs.iter().enumerate() {
                    if output.mask.is_some() {
                        scope.set_mask(i, output.mask.clone());
                    }
                }
                outputs.into_iter().map(|output| output.tensor).collect()
            }
            Err(error) => vec![scope.fail(error.to_string())],
        }
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        &["**"]
    }

    fn supports_masking(&self) -> bool {
        self.supports_masking
    }

    fn casts_inputs(&self) -> bool {
        self.autocast
    }
}

/// An argument of a call as Python's value.
fn to_python<'py>(py: Python<'py>, argument: &Argument<Masked>) -> PyResult<Bound<'py, PyAny>> {
    match argument {
        Argument::Tensor(masked) => trace::give(py, masked.clone()),
        Argument::List(items) => {
            let items = items.iter().map(|item| to_python(py, item)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyList::new(py, items)?.into_any())
        }
        Argument::Dict(items) => {
            let dict = PyDict::new(py);
            for (name, item) in items {
                dict.set_item(name, to_python(py, item)?)?;
            }
            Ok(dict.into_any())
        }
        Argument::Value(value) => values::from_config(py, value),
    }
}
