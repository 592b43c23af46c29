//! Losses, metrics and training steps that are written in Python.

use crate::errors::{keep, raise, value_error};
use crate::layer::alive;
use crate::operations::operand;
use crate::trace::{self, Tracing};
use crate::values;
use cornu::arguments::Masked;
use cornu::graph::Tensor;
use cornu::layers::Layer as LayerTrait;
use cornu::losses::{Loss, Reduction};
use cornu::metrics::{AnyMetric, Better, Metric};
use cornu::optimizers::{AnyOptimizer, Optimizer};
use cornu::registry::{Any, Classes, Item};
use cornu::scope::Scope;
use cornu::{Choice, DType, Step, TrainStep};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyWeakrefReference};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// A class that files may name: its package, its name, and what makes a layer of it from its config.
pub type Class = (String, String, Py<PyAny>);

/// Layers written in Python, for files that name them.
pub fn classes(custom: Vec<Class>) -> Classes {
    custom.into_iter().fold(Classes::new(), |classes, (package, name, make)| {
        classes.with::<dyn LayerTrait>(package, name, move |config| {
            let made = Python::attach(|py| -> PyResult<Any<dyn LayerTrait>> {
                let layer = make.bind(py).call1((values::from_config(py, &config)?,))?;
                let layer = layer.cast_into::<crate::layer::Layer>().map_err(PyErr::from)?;
                Ok(layer.get().any.layer.clone())
            });
            made.map_err(|error| keep(error).to_string())
        })
    })
}

/// A loss: a name, a config, or a Python object with `_describe(y_true, y_pred)`.
pub fn loss(object: &Bound<'_, PyAny>) -> PyResult<Choice<dyn Loss>> {
    if object.is_instance_of::<PyString>() || object.is_instance_of::<PyDict>() {
        return Choice::from_json(values::config(object)?).map_err(value_error);
    }
    let name: String = object.getattr("name")?.extract()?;
    let reduction: Option<String> = object.getattr("reduction")?.extract()?;
    let reduction = serde_json::from_value::<Reduction>(reduction.map_or(Value::Null, Value::String));
    let reduction = reduction.map_err(|error| value_error(format!("the loss {name}: {error}")))?;
    let object = PyWeakrefReference::new(object)?.unbind();
    let custom = CustomLoss { object, name, reduction };
    Ok(Choice::Item(Any::new(Arc::new(custom))))
}

/// A metric: a name, a config, or a Python object with `_describe_update` and `_describe_result`.
pub fn metric(object: &Bound<'_, PyAny>) -> PyResult<Choice<dyn Metric>> {
    if object.is_instance_of::<PyString>() || object.is_instance_of::<PyDict>() {
        return Choice::from_json(values::config(object)?).map_err(value_error);
    }
    Ok(Choice::Item(Any::new(Arc::new(CustomMetric::new(object)?))))
}

/// What every item written in Python has: its object and its config.
macro_rules! item {
    ($type:ty, $class:literal) => {
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", $class, self.name)
            }
        }
        impl Item for $type {
            fn class_name(&self) -> &'static str {
                $class
            }
            fn config(&self) -> Value {
                Value::String(self.name.clone())
            }
        }
    };
}

struct CustomLoss {
    object: Py<PyWeakrefReference>,
    name: String,
    reduction: Reduction,
}

item!(CustomLoss, "function");

impl Loss for CustomLoss {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let builder = y_pred.builder().clone();
        let described = trace::describe(None, builder.clone(), |py| {
            let object = alive(py, &self.object)?;
            let (y_true, y_pred) = (trace::give(py, y_true.clone())?, trace::give(py, y_pred.clone())?);
            operand(&object.call_method1("_describe", (y_true, y_pred))?)
        });
        described.unwrap_or_else(|error| builder.fail(error.to_string()))
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}

struct CustomMetric {
    object: Py<PyWeakrefReference>,
    name: String,
    /// The number by which its variables know it.
    id: u64,
    better: Option<Better>,
}

item!(CustomMetric, "function");

impl CustomMetric {
    fn new(object: &Bound<'_, PyAny>) -> PyResult<CustomMetric> {
        let name = object.getattr("name")?.extract()?;
        let id = object.getattr("_id")?.extract()?;
        let better = match object.getattr("_direction")?.extract::<Option<String>>()?.as_deref() {
            Some("up") => Some(Better::Higher),
            Some("down") => Some(Better::Lower),
            _ => None,
        };
        Ok(CustomMetric { object: PyWeakrefReference::new(object)?.unbind(), name, id, better })
    }
}

impl Metric for CustomMetric {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let builder = scope.builder().clone();
        trace::place(self.id, scope.path(), None);
        let described = trace::describe(Some(scope), builder, |py| {
            trace::place(self.id, trace::with_scope(|scope| scope.path())?, None);
            let object = alive(py, &self.object)?;
            let weight = match sample_weight {
                Some(weight) => Some(trace::give(py, weight.clone())?),
                None => None,
            };
            let (y_true, y_pred) = (trace::give(py, y_true.clone())?, trace::give(py, y_pred.clone())?);
            object.call_method1("_describe_update", (y_true, y_pred, weight))?;
            Ok(())
        });
        if let Err(error) = described {
            scope.fail(error.to_string());
        }
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        let builder = scope.builder().clone();
        let described = trace::describe(Some(scope), builder, |py| {
            trace::place(self.id, trace::with_scope(|scope| scope.path())?, None);
            operand(&alive(py, &self.object)?.call_method0("_describe_result")?)
        });
        described.unwrap_or_else(|error| scope.fail(error.to_string()))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }

    fn better(&self) -> Option<Better> {
        self.better
    }
}

/// The training step that a Python model describes.
pub struct CustomStep {
    object: Py<PyWeakrefReference>,
    /// Its metrics: names or configs, and Python objects.
    metrics: Vec<AnyMetric>,
    name: String,
    /// Whether the network is one layer, that is the model.
    is_layer: bool,
}

impl CustomStep {
    pub fn new(object: &Bound<'_, PyAny>) -> PyResult<CustomStep> {
        let mut metrics = Vec::new();
        for item in object.call_method0("_step_metrics")?.cast::<PyList>()?.iter() {
            metrics.push(metric(&item)?.item().map_err(raise)?);
        }
        let (name, is_layer) = (object.getattr("name")?.extract()?, object.getattr("_is_custom")?.extract()?);
        Ok(CustomStep { object: PyWeakrefReference::new(object)?.unbind(), metrics, name, is_layer })
    }
}

impl fmt::Debug for CustomStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "train_step of {}", self.name)
    }
}

impl TrainStep for CustomStep {
    fn step(&self, step: &mut Step) {
        let builder = Step::scope(step).builder().clone();
        let n_inputs = step.n_inputs();
        let (x, y): (Vec<Tensor>, Vec<Tensor>) =
            ((0..n_inputs).map(|i| step.x(i)).collect(), (0..step.n_targets()).map(|i| step.y(i)).collect());
        let training = step.training();
        // The layers of a model that is written in Python lie below its name.
        let inside = if self.is_layer { vec![self.name.clone()] } else { Vec::new() };
        let before = Step::scope(step).go_to(inside);
        let described = trace::describe(Some(step as &mut dyn Tracing), builder, |py| {
            let object = alive(py, &self.object)?;
            let give = |tensors: Vec<Tensor>| {
                tensors.into_iter().map(|tensor| trace::give(py, tensor)).collect::<PyResult<Vec<_>>>()
            };
            let (x, y) = (give(x)?, give(y)?);
            object.call_method1("_describe_step", (x, y, training))?;
            Ok(())
        });
        Step::scope(step).go_to(before);
        if let Err(error) = described {
            Step::scope(step).fail(error.to_string());
        }
    }

    fn metrics(&self) -> Vec<AnyMetric> {
        self.metrics.clone()
    }
}

/// Notes that a layer lies at this path of the model.
#[pyfunction]
#[pyo3(signature = (layer, path, attribute=None))]
pub fn place(layer: u64, path: String, attribute: Option<String>) {
    trace::place(layer, path, attribute);
}

/// Where in the model the description is.
#[pyfunction]
pub fn path() -> PyResult<String> {
    trace::with_scope(|scope| scope.path())
}

/// The mask that a tensor of the graph at hand has, if it has one.
#[pyfunction]
pub fn mask_of<'py>(
    py: Python<'py>,
    tensor: &Bound<'py, trace::Tensor>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    tensor.get().masked()?.mask.map(|mask| trace::give(py, mask)).transpose()
}

/// The tensor with another mask.
#[pyfunction]
pub fn with_mask<'py>(
    py: Python<'py>,
    tensor: &Bound<'py, PyAny>,
    mask: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    trace::give(py, Masked::new(operand(tensor)?, Some(operand(mask)?.cast(DType::Bool))))
}

/// Calls the whole model in the training step at hand.
#[pyfunction]
pub fn forward<'py>(py: Python<'py>, inputs: Vec<Bound<'py, PyAny>>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let inputs = inputs.iter().map(operand).collect::<PyResult<Vec<_>>>()?;
    let outputs = trace::with_step(|step| step.forward(&inputs))?;
    outputs.into_iter().map(|output| trace::give(py, output)).collect()
}

/// Reports a scalar of the training step under that name.
#[pyfunction]
pub fn report(name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let value = operand(value)?;
    trace::with_step(|step| step.report(name, &value))
}

/// Adds the batch to metric `index` of the training step.
#[pyfunction]
#[pyo3(signature = (index, y_true, y_pred, sample_weight=None))]
pub fn count(
    py: Python<'_>,
    index: usize,
    y_true: &Bound<'_, PyAny>,
    y_pred: &Bound<'_, PyAny>,
    sample_weight: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let (y_true, y_pred) = (operand(y_true)?, operand(y_pred)?);
    let weight = sample_weight.map(operand).transpose()?;
    let _ = py;
    trace::with_step(|step| step.count(index, &y_true, &y_pred, weight.as_ref()))
}

/// Changes weights by gradients, by the optimizer that the config says: `name` is that of one other than the model's.
#[pyfunction]
pub fn apply_gradients(
    name: Option<&str>,
    optimizer: &Bound<'_, PyAny>,
    pairs: Vec<(Bound<'_, PyAny>, Bound<'_, PyAny>)>,
) -> PyResult<()> {
    let optimizer: Any<dyn Optimizer> =
        AnyOptimizer::from_json(values::config(optimizer)?).map_err(value_error)?;
    let pairs = pairs.iter().map(|(gradient, weight)| Ok((operand(weight)?, operand(gradient)?)));
    let pairs = pairs.collect::<PyResult<Vec<_>>>()?;
    trace::with_step(|step| step.apply_gradients(name, &optimizer, pairs))
}

/// The sum of what layers added to the loss so far in the training step, and of the penalties on weights.
#[pyfunction]
pub fn added_losses(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let losses = trace::with_step(|step| step.added_losses())?;
    losses.into_iter().map(|loss| trace::give(py, loss)).collect()
}

/// Adds a scalar to the loss that training minimizes.
#[pyfunction]
pub fn add_loss(value: &Bound<'_, PyAny>) -> PyResult<()> {
    let value = operand(value)?;
    let value = if value.rank() == 0 { value } else { value.sum_all() };
    trace::with_scope(|scope| scope.add_loss(value))
}

/// The loss of a name, a config or an object, for what is wanted and predicted in the graph at hand.
#[pyfunction]
#[pyo3(signature = (loss_of, y_true, y_pred, sample_weight=None))]
pub fn traced_loss<'py>(
    py: Python<'py>,
    loss_of: &Bound<'py, PyAny>,
    y_true: &Bound<'py, PyAny>,
    y_pred: &Bound<'py, PyAny>,
    sample_weight: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (y_true, y_pred) = (operand(y_true)?, operand(y_pred)?);
    let weight = sample_weight.map(operand).transpose()?;
    let loss = match loss(loss_of)? {
        Choice::Name(name) => {
            cornu::losses::for_model(&name, &y_true.shape(), &y_pred.shape()).map_err(value_error)?
        }
        Choice::Item(loss) => loss,
    };
    trace::give(py, loss.value(&y_true, &y_pred, weight.as_ref(), None))
}
