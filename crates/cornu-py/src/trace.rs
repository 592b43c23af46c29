//! Python code that describes work: layers, losses, metrics and training steps of a user's own, run once for each
//! graph on tensors that stand for numbers.

use crate::errors::{keep, value_error};
use crate::variable::Variable;
use cornu::arguments::Masked;
use cornu::graph::{Builder, Tensor as GraphTensor};
use cornu::scope::Scope;
use cornu::{DType, Step};
use pyo3::prelude::*;
use scoped_tls_hkt::{ReborrowMut, scoped_thread_local};
use std::cell::RefCell;
use std::collections::HashMap;

/// What work is described in: a scope, perhaps that of a training step.
pub trait Tracing {
    /// Does `work` in the scope.
    fn scope(&mut self, work: &mut dyn FnMut(&mut Scope));
    /// Does `work` with the training step, if it is one.
    fn step(&mut self, _work: &mut dyn FnMut(&mut Step)) {}
}

impl Tracing for Scope<'_> {
    fn scope(&mut self, work: &mut dyn FnMut(&mut Scope)) {
        work(self);
    }
}

impl Tracing for Step<'_, '_> {
    fn scope(&mut self, work: &mut dyn FnMut(&mut Scope)) {
        work(Step::scope(self));
    }
    fn step(&mut self, work: &mut dyn FnMut(&mut Step)) {
        work(self);
    }
}

struct Current<'a>(&'a mut (dyn Tracing + 'a));

impl<'b> ReborrowMut<'b> for Current<'_> {
    type Result = Current<'b>;
    fn reborrow_mut(&'b mut self) -> Current<'b> {
        Current(&mut *self.0)
    }
}

scoped_thread_local!(static mut CURRENT: for<'a> Current<'a>);

/// The tensors that Python holds while it describes something.
struct Frame {
    id: u64,
    builder: Builder,
    tensors: Vec<Masked>,
}

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
    static NEXT: RefCell<u64> = const { RefCell::new(1) };
    /// Where in the model the layers lie that were called in the graph under construction, by their numbers.
    static PLACES: RefCell<HashMap<u64, Place>> = RefCell::new(HashMap::new());
}

/// Where a layer lies.
#[derive(Clone)]
struct Place {
    path: String,
    /// What the layer around it calls it, if that is known.
    attribute: Option<String>,
}

/// A tensor of a graph under construction, which Python computes with.
#[pyclass(frozen, subclass, module = "cornu._core")]
pub struct Tensor {
    frame: u64,
    index: usize,
    #[pyo3(get)]
    shape: Py<PyAny>,
    dtype: DType,
}

#[pymethods]
impl Tensor {
    #[getter]
    fn dtype(&self) -> String {
        self.dtype.keras_name().to_string()
    }

    #[getter]
    fn ndim(&self, py: Python<'_>) -> PyResult<usize> {
        self.shape.bind(py).len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<Tensor shape={} dtype={}>", self.shape.bind(py).repr()?, self.dtype.keras_name()))
    }
}

impl Tensor {
    /// What it stands for.
    pub fn masked(&self) -> PyResult<Masked> {
        FRAMES.with_borrow(|frames| {
            let frame = frames.iter().rev().find(|frame| frame.id == self.frame);
            let found = frame.and_then(|frame| frame.tensors.get(self.index)).cloned();
            found.ok_or_else(|| {
                value_error(
                    "this tensor belongs to a graph that is finished: a call, a loss or a training step uses \
                     what it is given and what it computes from that, and keeps nothing for later",
                )
            })
        })
    }
}

/// Whether something is being described on this thread.
pub fn is_tracing() -> bool {
    FRAMES.with_borrow(|frames| !frames.is_empty())
}

/// The graph under construction.
pub fn builder() -> PyResult<Builder> {
    let found = FRAMES.with_borrow(|frames| frames.last().map(|frame| frame.builder.clone()));
    found.ok_or_else(outside)
}

fn outside() -> PyErr {
    value_error("this works only within the call of a layer, a loss, a metric or a training step")
}

/// Hands a tensor to Python.
pub fn give<'py>(py: Python<'py>, masked: impl Into<Masked>) -> PyResult<Bound<'py, PyAny>> {
    let masked = masked.into();
    if !masked.tensor.is_valid() {
        // What does not fit was noted with its reason; Python need not compute on with it.
        return Err(value_error(last_mistake(masked.tensor.builder())));
    }
    let shape = pyo3::types::PyTuple::new(py, masked.tensor.shape().iter())?.into_any().unbind();
    let dtype = masked.tensor.dtype();
    let (frame, index) = FRAMES.with_borrow_mut(|frames| {
        let frame = frames.last_mut().ok_or_else(outside)?;
        frame.tensors.push(masked);
        Ok::<_, PyErr>((frame.id, frame.tensors.len() - 1))
    })?;
    Ok(Bound::new(py, Tensor { frame, index, shape, dtype })?.into_any())
}

fn last_mistake(builder: &Builder) -> String {
    match builder.errors().pop() {
        Some(mut error) => {
            error.location = None;
            error.to_string()
        }
        None => "an operand is missing".to_string(),
    }
}

/// Lets Python describe something in `builder`'s graph, in a scope or, for losses, without one.
pub fn describe<R>(
    tracing: Option<&mut dyn Tracing>,
    builder: Builder,
    work: impl FnOnce(Python<'_>) -> PyResult<R>,
) -> Result<R, cornu::Error> {
    let outermost = FRAMES.with_borrow(|frames| frames.is_empty());
    let id = NEXT.with_borrow_mut(|next| {
        *next += 1;
        *next
    });
    FRAMES.with_borrow_mut(|frames| frames.push(Frame { id, builder, tensors: Vec::new() }));
    let run = || Python::attach(work);
    let done = match tracing {
        Some(tracing) => CURRENT.set(Current(tracing), run),
        None => run(),
    };
    FRAMES.with_borrow_mut(|frames| frames.retain(|frame| frame.id != id));
    if outermost {
        PLACES.with_borrow_mut(HashMap::clear);
    }
    done.map_err(keep)
}

/// Does `work` in the scope at hand.
pub fn with_scope<R>(work: impl FnOnce(&mut Scope) -> R) -> PyResult<R> {
    let (mut work, mut result) = (Some(work), None);
    if CURRENT.is_set() {
        CURRENT.with(|current| {
            current.0.scope(&mut |scope| {
                if let Some(work) = work.take() {
                    result = Some(work(scope));
                }
            });
        });
    }
    result.ok_or_else(outside)
}

/// Does `work` with the training step at hand.
pub fn with_step<R>(work: impl FnOnce(&mut Step) -> R) -> PyResult<R> {
    let (mut work, mut result) = (Some(work), None);
    if CURRENT.is_set() {
        CURRENT.with(|current| {
            current.0.step(&mut |step| {
                if let Some(work) = work.take() {
                    result = Some(work(step));
                }
            });
        });
    }
    result.ok_or_else(|| value_error("this works only within a training step"))
}

/// Notes that the layer of this number lies here, below what is being described.
pub fn place(layer: u64, path: String, attribute: Option<String>) {
    PLACES.with_borrow_mut(|places| places.insert(layer, Place { path, attribute }));
}

/// The tensor that a variable is in the graph under construction.
pub fn weight(variable: &Variable) -> PyResult<GraphTensor> {
    let place = PLACES.with_borrow(|places| places.get(&variable.layer()).cloned());
    let Some(Place { path: place, attribute }) = place else {
        return Err(value_error(format!(
            "{} belongs to a layer that has not been called in this graph yet: call it first",
            variable.path()
        )));
    };
    with_scope(|scope| {
        if place == scope.path() {
            let tensor = variable.declare(scope);
            return Ok(scope.current(&tensor));
        }
        let path = match place.is_empty() {
            true => variable.name(),
            false => format!("{place}/{}", variable.name()),
        };
        match scope.variables().index(&path) {
            Some(index) => {
                let parameter = scope.parameters()[index].clone();
                Ok(scope.current(&parameter).cast(scope.compute_dtype()))
            }
            // That of a part which has not been called yet, but has been made.
            None => {
                let here = scope.path();
                let below = if here.is_empty() {
                    Some(place.as_str())
                } else {
                    place.strip_prefix(&format!("{here}/"))
                };
                match (below, attribute) {
                    (Some(name), Some(attribute)) if !name.contains('/') => {
                        let tensor = scope.part(&attribute, name, |scope| variable.declare(scope));
                        Ok(scope.current(&tensor))
                    }
                    _ => Err(value_error(format!("there is no variable {path} in this graph"))),
                }
            }
        }
    })?
}
