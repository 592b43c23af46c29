//! Keras's operations, on whatever they are called with: symbols of a network, tensors of a graph under
//! construction, or numbers.

use crate::arrays::to_numpy;
use crate::errors::{raise, type_error, value_error};
use crate::layer::connect;
use crate::symbol::Symbol;
use crate::trace::{self, Tensor};
use crate::values::{self, Leaf};
use crate::variable::Variable;
use cornu::arguments::{Argument, Arguments, Masked};
use cornu::cpu::Plan;
use cornu::graph::{Builder, Tensor as GraphTensor, Type, grad};
use cornu::layers::AnyLayer;
use cornu::operations::{IntoArgument, Operation};
use cornu::{Array, DType};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyTuple};
use serde_json::{Map, Value};
use std::sync::Mutex;

/// On what something is called.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Numbers,
    Traced,
    Symbolic,
}

/// On what something is called: a symbol anywhere makes it a node, a tensor anywhere a part of a graph.
pub fn kind(object: &Bound<'_, PyAny>) -> PyResult<Kind> {
    kind_at(object, 0)
}

fn kind_at(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Kind> {
    values::check_depth(depth)?;
    if object.is_instance_of::<Symbol>() {
        return Ok(Kind::Symbolic);
    }
    if object.is_instance_of::<Tensor>() {
        return Ok(Kind::Traced);
    }
    if object.is_instance_of::<Variable>() {
        return Ok(if trace::is_tracing() { Kind::Traced } else { Kind::Numbers });
    }
    let mut found = Kind::Numbers;
    let mut look = |item: Bound<'_, PyAny>| -> PyResult<()> {
        match kind_at(&item, depth + 1)? {
            Kind::Symbolic => found = Kind::Symbolic,
            Kind::Traced if found == Kind::Numbers => found = Kind::Traced,
            _ => {}
        }
        Ok(())
    };
    if let Ok(items) = object.cast::<PyList>() {
        items.iter().try_for_each(&mut look)?;
    } else if let Ok(items) = object.cast::<PyTuple>() {
        items.iter().try_for_each(&mut look)?;
    } else if let Ok(items) = object.cast::<PyDict>() {
        items.values().iter().try_for_each(&mut look)?;
    }
    Ok(found)
}

/// The kind of a call.
pub fn kind_of_call(args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) -> PyResult<Kind> {
    let positional = kind(args.as_any())?;
    match kwargs {
        Some(kwargs) if positional == Kind::Numbers => kind(kwargs.as_any()),
        _ => Ok(positional),
    }
}

/// 0 for numbers, 1 for tensors of a graph under construction, 2 for symbols.
#[pyfunction]
#[pyo3(signature = (*args, **kwargs))]
pub fn call_kind(args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) -> PyResult<u8> {
    Ok(kind_of_call(args, kwargs)? as u8)
}

/// What is a tensor among the arguments of a call in a graph under construction.
pub fn traced_leaf(object: &Bound<'_, PyAny>) -> PyResult<Option<Argument<Masked>>> {
    if let Ok(tensor) = object.cast::<Tensor>() {
        return tensor.get().masked().map(Argument::Tensor).map(Some);
    }
    if let Ok(variable) = object.cast::<Variable>() {
        return Ok(Some(Argument::Tensor(trace::weight(variable.get())?.into())));
    }
    if object.is_instance_of::<Symbol>() {
        return Err(type_error(
            "a symbol of a functional model is no tensor of the graph that is being described",
        ));
    }
    if let Some(number) = infinite(object)? {
        return Ok(Some(Argument::Tensor(trace::builder()?.scalar(number, DType::F32).into())));
    }
    match values::concrete(object)? {
        Some(array) => Ok(Some(Argument::Tensor(trace::builder()?.constant(&array).into()))),
        None => Ok(None),
    }
}

/// The arguments of a call in a graph under construction.
pub fn traced_arguments(
    args: &Bound<'_, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
) -> PyResult<Arguments<Masked>> {
    values::arguments(args, kwargs, &mut traced_leaf as &mut Leaf<Masked>)
}

fn infinite(object: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
    match object.cast::<PyFloat>() {
        Ok(number) => Ok(Some(number.extract::<f64>()?).filter(|number| !number.is_finite())),
        Err(_) => Ok(None),
    }
}

/// The tensor that an operand is in the graph under construction.
pub fn operand(object: &Bound<'_, PyAny>) -> PyResult<GraphTensor> {
    if let Some(Argument::Tensor(masked)) = traced_leaf(object)? {
        return Ok(masked.tensor);
    }
    let builder = trace::builder()?;
    if let Ok(truth) = object.cast::<PyBool>() {
        return Ok(builder.scalar(truth.is_true() as u8 as f64, DType::Bool));
    }
    if let Ok(number) = object.extract::<f64>() {
        let whole = !object.is_instance_of::<PyFloat>();
        return Ok(builder.scalar(number, if whole { DType::I32 } else { DType::F32 }));
    }
    let array = crate::arrays::to_array(object, crate::arrays::Keep::Borrowed)?;
    let array = if array.dtype() == DType::F64 { array.cast(DType::F32) } else { array };
    Ok(builder.constant(&array))
}

fn operation(module: &str, class: &str, config: Value) -> PyResult<Operation> {
    let config = match config {
        Value::Object(config) => config,
        _ => Map::new(),
    };
    Operation::new(module, class, config).map_err(value_error)
}

/// Plans of operations on numbers, by what they are and what they are called with.
static PLANS: Mutex<Vec<(String, Plan)>> = Mutex::new(Vec::new());

/// Plans kept at most.
const KEPT: usize = 128;

/// Calls the operation of that class in that module of Keras. Gives one result, or a list of several.
#[pyfunction]
pub fn op<'py>(
    py: Python<'py>,
    module: &str,
    class: &str,
    config: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let config = values::config(config)?;
    match kind_of_call(args, kwargs)? {
        Kind::Symbolic => {
            let layer = AnyLayer::from(operation(module, class, config)?);
            let (symbols, _) = connect(py, &layer, args, kwargs, 0)?;
            one_or_list(
                py,
                symbols.into_iter().map(|s| Ok(Bound::new(py, s)?.into_any())).collect::<PyResult<_>>()?,
            )
        }
        Kind::Traced => {
            let operation = operation(module, class, config)?;
            let arguments = traced_arguments(args, kwargs)?;
            let builder = trace::builder()?;
            let known = builder.error_count();
            let outputs = operation.describe(&builder, &arguments);
            named(&builder, known, class);
            one_or_list(py, outputs.into_iter().map(|y| trace::give(py, y)).collect::<PyResult<_>>()?)
        }
        Kind::Numbers => {
            let key = format!("{module}.{class}{config}");
            let outputs = evaluate(&key, args, kwargs, |builder, arguments| {
                let operation = operation(module, class, config.clone())?;
                let known = builder.error_count();
                let outputs = operation.describe(builder, arguments);
                named(builder, known, class);
                Ok(outputs)
            })?;
            one_or_list(py, outputs.into_iter().map(|y| to_numpy(py, y)).collect::<PyResult<_>>()?)
        }
    }
}

/// Says of mistakes which operation made them.
fn named(builder: &Builder, known: usize, class: &str) {
    builder.amend_errors(known, |error| {
        error.location = None;
        error.message.insert_str(0, &format!("{class}: "));
    });
}

fn one_or_list<'py>(py: Python<'py>, mut items: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    match items.len() {
        1 => Ok(items.remove(0)),
        _ => Ok(PyList::new(py, items)?.into_any()),
    }
}

/// Computes on numbers what `describe` describes; `key` says what that is.
pub fn evaluate(
    key: &str,
    args: &Bound<'_, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
    describe: impl Fn(&Builder, &Arguments<Masked>) -> PyResult<Vec<GraphTensor>>,
) -> PyResult<Vec<Array>> {
    let mut inputs: Vec<Array> = Vec::new();
    let mut leaf = |object: &Bound<'_, PyAny>| -> PyResult<Option<Argument<usize>>> {
        let array = if let Ok(variable) = object.cast::<Variable>() {
            Some(variable.get().array()?)
        } else if object.is_instance_of::<Tensor>() || object.is_instance_of::<Symbol>() {
            return Err(type_error("numbers are expected, and a tensor that stands for some was given"));
        } else if let Some(number) = infinite(object)? {
            Some(Array::scalar(number as f32))
        } else {
            values::concrete(object)?
        };
        Ok(array.map(|array| {
            inputs.push(narrow(array));
            Argument::Tensor(inputs.len() - 1)
        }))
    };
    let arguments = values::arguments(args, kwargs, &mut leaf)?;
    let types: Vec<String> =
        inputs.iter().map(|array| Type::new(array.shape(), array.dtype()).to_string()).collect();
    let key = format!("{key}{arguments:?}{}", types.join(";"));
    let mut plans = PLANS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let index = match plans.iter().position(|(known, _)| *known == key) {
        Some(index) => index,
        None => {
            drop(plans);
            let builder = Builder::new();
            let tensors: Vec<GraphTensor> = (inputs.iter())
                .map(|array| builder.input_of("x", Type::new(array.shape(), array.dtype())))
                .collect();
            let arguments = arguments.map(|index| Masked::from(tensors[*index].clone()));
            let outputs = describe(&builder, &arguments)?;
            let named: Vec<(&str, &GraphTensor)> = outputs.iter().map(|y| ("y", y)).collect();
            let graph = builder.build(&named, &[]).map_err(|errors| raise(errors.into()))?;
            let plan = Plan::new(&graph, 1).map_err(|errors| raise(errors.into()))?;
            plans = PLANS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            if plans.len() >= KEPT {
                plans.remove(0);
            }
            plans.push((key, plan));
            plans.len() - 1
        }
    };
    let plan = &mut plans[index].1;
    plan.run_shared(&inputs, &[]).map_err(|errors| raise(errors.into()))?;
    Ok((0..plan.graph().outputs().len()).map(|i| plan.output(i)).collect())
}

/// Numbers of 64 bits as Keras takes them: floats in 32.
fn narrow(array: Array) -> Array {
    match array.dtype() {
        DType::F64 => array.cast(DType::F32),
        _ => array,
    }
}

/// An array that stays as it is among the arguments of a node.
pub fn constant_argument<T>(array: &Array) -> Argument<T> {
    match array.argument() {
        Argument::Value(value) => Argument::Value(value),
        _ => Argument::Value(Value::Null),
    }
}

/// The gradients of `target`, summed if it is no single number, by each of `sources`: variables or tensors of the
/// graph that is being described.
#[pyfunction]
pub fn gradient<'py>(
    py: Python<'py>,
    target: &Bound<'py, PyAny>,
    sources: Vec<Bound<'py, PyAny>>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let target = operand(target)?;
    let target = if target.rank() == 0 { target } else { target.sum_all() };
    let sources = sources.iter().map(operand).collect::<PyResult<Vec<_>>>()?;
    let gradients = grad(&target, &sources.iter().collect::<Vec<_>>());
    gradients.into_iter().map(|gradient| trace::give(py, gradient)).collect()
}

/// The tensor itself, whose gradient is not passed on.
#[pyfunction]
pub fn tracing() -> bool {
    trace::is_tracing()
}

/// Uniform or normal random numbers within what is being described.
#[pyfunction]
#[pyo3(signature = (shape, normal, seed=None))]
pub fn random<'py>(
    py: Python<'py>,
    shape: Vec<usize>,
    normal: bool,
    seed: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let drawn = trace::with_scope(|scope| match normal {
        true => scope.normal(shape, seed),
        false => scope.uniform(shape, seed),
    })?;
    trace::give(py, drawn)
}

/// All operations: class, module, arguments, settings, summary.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub fn operations()
-> Vec<(&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str)> {
    cornu::operations::definitions()
        .map(|known| (known.name, known.module, known.parameters, known.fields, known.summary))
        .collect()
}

/// Forgets what was kept for operations on numbers.
#[pyfunction]
pub fn clear_plans() {
    PLANS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
}
