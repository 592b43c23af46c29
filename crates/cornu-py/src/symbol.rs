//! Symbols: the tensors of a functional model that is being connected.

use crate::arrays::{dtype, dtype_name};
use crate::values::shape;
use cornu::model::OpenType;
use cornu::{DType, Input};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use std::sync::Mutex;

/// What a layer gives in a functional model that is being connected: Keras's `KerasTensor`.
#[pyclass(frozen, subclass, module = "cornu._core")]
pub struct Symbol {
    pub symbol: cornu::Symbol,
    pub ty: OpenType,
    name: Mutex<String>,
    /// What Python notes of its origin: the layer and the number of its call.
    history: Mutex<Option<Py<PyAny>>>,
}

impl Symbol {
    pub fn new(symbol: cornu::Symbol, ty: OpenType) -> Symbol {
        let name = symbol.to_string();
        Symbol { symbol, ty, name: Mutex::new(name), history: Mutex::new(None) }
    }
}

#[pymethods]
impl Symbol {
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.ty.shape)
    }

    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        dtype_name(py, self.ty.dtype)
    }

    #[getter]
    fn ndim(&self) -> usize {
        self.ty.shape.len()
    }

    #[getter]
    fn name(&self) -> String {
        self.name.lock().map(|name| name.clone()).unwrap_or_default()
    }

    #[getter]
    fn history(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.history.lock().ok()?.as_ref().map(|history| history.clone_ref(py))
    }

    #[setter]
    fn set_history(&self, history: Py<PyAny>) {
        if let Ok(mut own) = self.history.lock() {
            *own = Some(history);
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.history.try_lock() {
            Ok(history) => history.as_ref().map_or(Ok(()), |history| visit.call(history)),
            Err(_) => Ok(()),
        }
    }

    fn __clear__(&self) {
        if let Ok(mut history) = self.history.try_lock() {
            *history = None;
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let shape = self.shape(py)?.repr()?;
        Ok(format!("<KerasTensor shape={shape}, dtype={}, name={}>", self.ty.dtype.keras_name(), self.name()))
    }
}

/// The symbol of an input: its extents with the batch.
#[pyfunction]
pub fn input(extents: &Bound<'_, PyAny>, dtype_name: &str, name: &str) -> PyResult<Symbol> {
    let extents = shape(extents)?;
    let dtype: DType = dtype(dtype_name)?;
    let mut input = Input::open([]).dtype(dtype).named(name);
    input.batch_shape = extents.clone();
    Ok(Symbol::new(input.symbol(), OpenType { shape: extents, dtype }))
}
