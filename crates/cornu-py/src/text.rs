//! Layers that work on data before a model: on texts, hashes and vocabularies.

use crate::arrays::{Keep, to_array, to_numpy};
use crate::errors::{raise, type_error, value_error};
use crate::values;
use cornu::layers::{
    Discretization, Feature, HashedCrossing, Hashing, IntegerLookup, StringLookup, TextVectorization,
};
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::sync::{Mutex, MutexGuard};

/// A layer that is applied to data before a model.
#[pyclass(frozen, module = "cornu._core")]
pub struct OnData {
    layer: Mutex<Kind>,
}

enum Kind {
    Bins(Discretization),
    Crossing(HashedCrossing),
    Hashes(Hashing),
    Integers(IntegerLookup),
    Strings(StringLookup),
    Words(TextVectorization),
}

#[pymethods]
impl OnData {
    /// The layer of that class, with this config.
    #[new]
    fn new(class: &str, config: &Bound<'_, PyAny>) -> PyResult<OnData> {
        let fields = values::config(config)?;
        let layer = match class {
            "Discretization" => Kind::Bins(serde_json::from_value(fields).map_err(wrong)?),
            "HashedCrossing" => Kind::Crossing(serde_json::from_value(fields).map_err(wrong)?),
            "Hashing" => Kind::Hashes(serde_json::from_value(fields).map_err(wrong)?),
            "IntegerLookup" => Kind::Integers(serde_json::from_value(fields).map_err(wrong)?),
            "StringLookup" => Kind::Strings(serde_json::from_value(fields).map_err(wrong)?),
            "TextVectorization" => Kind::Words(serde_json::from_value(fields).map_err(wrong)?),
            _ => return Err(value_error(format!("{class} is not applied to data before a model"))),
        };
        Ok(OnData { layer: Mutex::new(layer) })
    }

    /// The fields, with what was learned.
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let fields = match &*self.lock() {
            Kind::Bins(layer) => serde_json::to_value(layer),
            Kind::Crossing(layer) => serde_json::to_value(layer),
            Kind::Hashes(layer) => serde_json::to_value(layer),
            Kind::Integers(layer) => serde_json::to_value(layer),
            Kind::Strings(layer) => serde_json::to_value(layer),
            Kind::Words(layer) => serde_json::to_value(layer),
        };
        values::from_config(py, &fields.map_err(wrong)?)
    }

    /// Learns from data: rows of strings, texts, or an array of numbers.
    fn adapt(&self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        match &mut *self.lock() {
            Kind::Bins(layer) => layer.adapt(&to_array(data, Keep::Borrowed)?),
            Kind::Integers(layer) => layer.adapt(&to_array(data, Keep::Borrowed)?),
            Kind::Strings(layer) => layer.adapt_rows(&data.extract::<Vec<Vec<String>>>()?),
            Kind::Words(layer) => layer.adapt(&data.extract::<Vec<String>>()?),
            Kind::Crossing(_) | Kind::Hashes(_) => return Err(type_error("this layer learns nothing")),
        }
        .map_err(raise)
    }

    /// What the layer gives for data: rows of strings, texts, an array of whole numbers, or columns of either.
    fn apply<'py>(&self, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let array = match &*self.lock() {
            Kind::Crossing(layer) => {
                let columns =
                    data.try_iter()?.map(|column| feature(&column?)).collect::<PyResult<Vec<_>>>()?;
                layer.apply(&columns)
            }
            Kind::Hashes(layer) => layer.apply(feature(data)?),
            Kind::Integers(layer) => layer.apply(&to_array(data, Keep::Borrowed)?),
            Kind::Strings(layer) => layer.apply_rows(&data.extract::<Vec<Vec<String>>>()?),
            Kind::Words(layer) => layer.vectorize(&data.extract::<Vec<String>>()?),
            Kind::Bins(_) => return Err(type_error("this layer is called as those of models are")),
        };
        to_numpy(data.py(), array.map_err(raise)?)
    }

    /// The tokens at some numbers, for a layer that inverts.
    fn tokens_at<'py>(&self, numbers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let py = numbers.py();
        let numbers = to_array(numbers, Keep::Borrowed)?;
        match &*self.lock() {
            Kind::Integers(layer) => PyList::new(py, layer.tokens_at(&numbers).map_err(raise)?),
            Kind::Strings(layer) => PyList::new(py, layer.tokens_at(&numbers).map_err(raise)?),
            _ => Err(type_error("this layer has no tokens")),
        }
    }
}

impl OnData {
    fn lock(&self) -> MutexGuard<'_, Kind> {
        self.layer.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn wrong(error: serde_json::Error) -> PyErr {
    value_error(error.to_string())
}

/// A column of strings or of whole numbers.
fn feature(column: &Bound<'_, PyAny>) -> PyResult<Feature> {
    match column.extract::<Vec<String>>() {
        Ok(strings) => Ok(strings.into()),
        Err(_) => Ok(column.extract::<Vec<i64>>()?.into()),
    }
}
