//! Variables: the weights of layers, which every model that has the layer shares.

use crate::arrays::{Keep, dtype, to_array, to_numpy};
use crate::errors::{in_use, raise, value_error};
use crate::running::after_brief_runs;
use crate::trace;
use cornu::constraints::Constraint;
use cornu::graph::Tensor;
use cornu::initializers::{AnyInitializer, Zeros};
use cornu::registry::Any;
use cornu::regularizers::Regularizer;
use cornu::scope::{Scope, Weight};
use cornu::variables::Role;
use cornu::{Array, DType, Shape};
use pyo3::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// The numbers of a weight. A model takes them while it runs and gives them back after.
#[pyclass(frozen, subclass, module = "cornu._core")]
pub struct Variable {
    id: u64,
    /// The layer that it belongs to.
    owner: Mutex<Owner>,
    shape: Shape,
    dtype: DType,
    trainable: AtomicBool,
    /// Whether it is a metric's total, and not a layer's weight.
    is_total: bool,
    regularizer: Option<Any<dyn Regularizer>>,
    constraint: Option<Any<dyn Constraint>>,
    /// Nothing while a model has them.
    value: Mutex<Option<Array>>,
}

/// Whose a variable is, and under which name.
#[derive(Clone)]
struct Owner {
    /// The layer's number; 0 for none.
    layer: u64,
    name: String,
    path: String,
}

impl Variable {
    fn with_value(layer: u64, name: String, path: String, value: Array, trainable: bool) -> Variable {
        Variable {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            owner: Mutex::new(Owner { layer, name, path }),
            shape: value.shape().clone(),
            dtype: value.dtype(),
            trainable: AtomicBool::new(trainable),
            is_total: false,
            regularizer: None,
            constraint: None,
            value: Mutex::new(Some(value)),
        }
    }

    /// Takes the numbers, or gives them back.
    pub fn swap(&self, array: &mut Option<Array>) {
        std::mem::swap(&mut *self.lock(), array);
    }

    pub fn is_there(&self) -> bool {
        self.lock().is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Array>> {
        self.value.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn owner(&self) -> Owner {
        self.owner.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    pub fn layer(&self) -> u64 {
        self.owner().layer
    }

    pub fn name(&self) -> String {
        self.owner().name
    }

    pub fn path(&self) -> String {
        self.owner().path
    }

    pub fn ty(&self) -> (&Shape, DType) {
        (&self.shape, self.dtype)
    }

    /// The tensor that it is in the part of the model at hand, whose own it is.
    pub fn declare(&self, scope: &mut Scope) -> Tensor {
        match self.is_total {
            true => {
                let start =
                    self.lock().as_ref().and_then(|value| value.to_f64().first().copied()).unwrap_or(0.0);
                scope.slot(&self.name(), &self.shape, self.dtype, Role::Metric, start)
            }
            false => scope.weight(self.as_weight()),
        }
    }

    fn as_weight(&self) -> Weight {
        let zeros = AnyInitializer::from(Zeros::default());
        let weight = Weight::new(&self.name(), &self.shape, &zeros)
            .regularizer(&self.regularizer)
            .constraint(&self.constraint);
        let weight = match self.dtype.is_float() {
            true => weight,
            false => weight.dtype(self.dtype),
        };
        match self.trainable.load(Ordering::Relaxed) {
            true => weight,
            false => weight.not_trainable(),
        }
    }

    pub fn array(&self) -> PyResult<Array> {
        self.lock().clone().ok_or_else(in_use)
    }
}

#[pymethods]
impl Variable {
    #[new]
    #[pyo3(signature = (layer, name, path, value, dtype_name=None, trainable=true, regularizer=None, constraint=None, is_total=false))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        layer: u64,
        name: String,
        path: String,
        value: &Bound<'_, PyAny>,
        dtype_name: Option<&str>,
        trainable: bool,
        regularizer: Option<&Bound<'_, PyAny>>,
        constraint: Option<&Bound<'_, PyAny>>,
        is_total: bool,
    ) -> PyResult<Variable> {
        let mut array = to_array(value, Keep::Copied)?;
        if let Some(name) = dtype_name {
            array = array.cast(dtype(name)?);
        }
        let mut variable = Variable { is_total, ..Variable::with_value(layer, name, path, array, trainable) };
        if let Some(regularizer) = regularizer {
            variable.regularizer =
                Some(Any::from_json(crate::values::config(regularizer)?).map_err(value_error)?);
        }
        if let Some(constraint) = constraint {
            variable.constraint =
                Some(Any::from_json(crate::values::config(constraint)?).map_err(value_error)?);
        }
        Ok(variable)
    }

    #[getter]
    fn id(&self) -> u64 {
        self.id
    }

    #[getter(layer)]
    fn get_layer(&self) -> u64 {
        self.layer()
    }

    /// Makes it a layer's own, under that name.
    fn adopt(&self, layer: u64, name: String, path: String) {
        *self.owner.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Owner { layer, name, path };
    }

    #[getter(name)]
    fn get_name(&self) -> String {
        self.name()
    }

    #[getter(path)]
    fn get_path(&self) -> String {
        self.path()
    }

    #[getter]
    fn shape(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(pyo3::types::PyTuple::new(py, self.shape.iter())?.into_any().unbind())
    }

    #[getter(dtype)]
    fn get_dtype(&self) -> String {
        self.dtype.keras_name().to_string()
    }

    #[getter]
    fn trainable(&self) -> bool {
        self.trainable.load(Ordering::Relaxed)
    }

    #[setter]
    fn set_trainable(&self, trainable: bool) {
        self.trainable.store(trainable, Ordering::Relaxed);
    }

    /// A copy of the numbers.
    fn numpy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_numpy(py, after_brief_runs(py, || self.lock().clone())?)
    }

    /// Sets the numbers; within a call, those of the next step.
    fn set(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if trace::is_tracing() {
            let new = crate::operations::operand(value)?;
            let own = trace::weight(self)?;
            return trace::with_scope(|scope| scope.update(&own, new));
        }
        let array = to_array(value, Keep::Copied)?;
        if *array.shape() != self.shape {
            let message = format!("{} has shape {}, got {}", self.path(), self.shape, array.shape());
            return Err(raise(
                cornu::Error::argument(message).help("assign an array of the variable's shape"),
            ));
        }
        let array = array.cast(self.dtype);
        after_brief_runs(value.py(), || {
            let mut lent = self.lock();
            lent.is_some().then(|| *lent = Some(array.clone()))
        })
    }
}
