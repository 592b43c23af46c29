//! What layers and operations are called with: Python's values as Cornu's arguments.

use crate::arrays::{Keep, to_array};
use crate::errors::{type_error, value_error};
use cornu::Array;
use cornu::arguments::{Argument, Arguments};
use numpy::PyUntypedArray;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyEllipsis, PyFloat, PyInt, PyList, PySlice, PyString, PyTuple};
use serde_json::{Value, json};

/// A config: plain values in dictionaries and lists.
pub fn config(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    pythonize::depythonize(object).map_err(|error| {
        let kind = object.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        type_error(format!("a config holds plain values alone, and this {kind} does not: {error}"))
    })
}

/// A config as Python's dictionaries and lists.
pub fn from_config<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    pythonize::pythonize(py, value).map_err(PyErr::from)
}

/// What a single Python object is as an argument, where it is not a list, a dictionary or a plain value.
pub type Leaf<'a, T> = dyn FnMut(&Bound<'_, PyAny>) -> PyResult<Option<Argument<T>>> + 'a;

/// How deep lists lie in lists at most: one that holds itself has no end.
const MAX_DEPTH: usize = 100;

/// Refuses what lies deeper than any data do.
pub fn check_depth(depth: usize) -> PyResult<()> {
    match depth > MAX_DEPTH {
        true => Err(value_error(format!(
            "lists lie in one another more than {MAX_DEPTH} deep, or one holds itself"
        ))),
        false => Ok(()),
    }
}

/// The arguments of a call, of which `leaf` knows the tensors.
pub fn arguments<T>(
    args: &Bound<'_, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
    leaf: &mut Leaf<T>,
) -> PyResult<Arguments<T>> {
    let positional = args.iter().map(|arg| argument(&arg, leaf, 0)).collect::<PyResult<_>>()?;
    let mut named = Vec::new();
    for (name, value) in kwargs.iter().flat_map(|kwargs| kwargs.iter()) {
        named.push((name.extract::<String>()?, argument(&value, leaf, 0)?));
    }
    Ok(Arguments { positional, named })
}

fn argument<T>(object: &Bound<'_, PyAny>, leaf: &mut Leaf<T>, depth: usize) -> PyResult<Argument<T>> {
    check_depth(depth)?;
    if let Some(found) = leaf(object)? {
        return Ok(found);
    }
    if let Ok(items) = object.cast::<PyList>() {
        return items
            .iter()
            .map(|item| argument(&item, leaf, depth + 1))
            .collect::<PyResult<_>>()
            .map(Argument::List);
    }
    if let Ok(items) = object.cast::<PyTuple>() {
        return items
            .iter()
            .map(|item| argument(&item, leaf, depth + 1))
            .collect::<PyResult<_>>()
            .map(Argument::List);
    }
    if let Ok(items) = object.cast::<PyDict>() {
        let mut pairs = Vec::new();
        for (name, value) in items.iter() {
            pairs.push((name.extract::<String>()?, argument(&value, leaf, depth + 1)?));
        }
        return Ok(Argument::Dict(pairs));
    }
    plain(object).map(Argument::Value)
}

/// A plain value: nothing, a truth value, a number, a text, or what stands between the brackets of an index.
fn plain(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(truth) = object.cast::<PyBool>() {
        return Ok(json!(truth.is_true()));
    }
    if object.is_instance_of::<PyInt>() {
        return Ok(json!(object.extract::<i64>()?));
    }
    if object.is_instance_of::<PyFloat>() {
        let number = object.extract::<f64>()?;
        return match number.is_finite() {
            true => Ok(json!(number)),
            false => Err(value_error(format!("{number} cannot stand in a model: files could not hold it"))),
        };
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(json!(text.to_str()?));
    }
    if object.is_instance_of::<PyEllipsis>() {
        return Ok(json!({"class_name": "__ellipsis__", "config": {}}));
    }
    if object.is_instance_of::<PySlice>() {
        let part = |name: &str| -> PyResult<Value> { plain(&object.getattr(name)?) };
        let config = json!({"start": part("start")?, "stop": part("stop")?, "step": part("step")?});
        return Ok(json!({"class_name": "__slice__", "config": config}));
    }
    // NumPy's single numbers and dtypes.
    if object.hasattr("item")? && object.getattr("shape")?.len()? == 0 {
        return plain(&object.call_method0("item")?);
    }
    let kind = object.get_type().name()?;
    Err(type_error(format!("a {kind} is no argument of a layer or an operation")))
}

/// The array that an object is, if it is one of numbers: NumPy's, or something that NumPy takes for one.
pub fn concrete(object: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    if object.cast::<PyUntypedArray>().is_ok() {
        return to_array(object, Keep::Borrowed).map(Some);
    }
    let is_plain = object.is_none()
        || object.is_instance_of::<PyBool>()
        || object.is_instance_of::<PyInt>()
        || object.is_instance_of::<PyFloat>()
        || object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyTuple>()
        || object.is_instance_of::<PyDict>()
        || object.is_instance_of::<PySlice>()
        || object.is_instance_of::<PyEllipsis>();
    if is_plain || !object.hasattr("__array__")? {
        return Ok(None);
    }
    to_array(object, Keep::Borrowed).map(Some)
}

/// A shape, or an extent that stands alone.
pub fn shape(object: &Bound<'_, PyAny>) -> PyResult<Vec<Option<usize>>> {
    let items: Vec<Option<i64>> = match object.extract::<Option<i64>>() {
        Ok(one) => vec![one],
        Err(_) => object.extract()?,
    };
    let extent = |extent: Option<i64>| match extent {
        None => Ok(None),
        Some(extent) => usize::try_from(extent).map(Some).map_err(|_| {
            value_error(format!("an extent is a whole number from 0 on, or None, got {extent}"))
        }),
    };
    items.into_iter().map(extent).collect()
}
