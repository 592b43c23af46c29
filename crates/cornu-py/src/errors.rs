//! Errors as Python's exceptions.

use cornu::Error;
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::cell::RefCell;

thread_local! {
    /// What Python raised while Rust had called it: it is what the user gets to see.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Keeps what Python raised for [`raise`], and gives the error with which Rust's work ends.
pub fn keep(error: PyErr) -> Error {
    let message = Python::attach(|py| error.value(py).to_string());
    // The first is the cause of all that follow.
    RAISED.with_borrow_mut(|raised| {
        raised.get_or_insert(error);
    });
    Error::Argument { message, location: None, help: None }
}

/// The exception for an error: what Python raised, if that is its cause.
pub fn raise(error: Error) -> PyErr {
    if let Some(raised) = RAISED.take() {
        return raised;
    }
    match error {
        Error::File { ref path, .. } if !path.exists() => PyFileNotFoundError::new_err(without_place(error)),
        Error::File { .. } => PyOSError::new_err(without_place(error)),
        error => PyValueError::new_err(without_place(error)),
    }
}

/// The message without a line of Rust, which is none of the user's.
fn without_place(mut error: Error) -> String {
    match &mut error {
        Error::Argument { location, .. } => *location = None,
        Error::Graph(errors) => errors.0.iter_mut().for_each(|error| error.location = None),
        _ => {}
    }
    error.to_string()
}

pub fn value_error(message: impl Into<String>) -> PyErr {
    PyValueError::new_err(message.into())
}

pub fn type_error(message: impl Into<String>) -> PyErr {
    PyTypeError::new_err(message.into())
}

pub fn in_use() -> PyErr {
    PyRuntimeError::new_err("the model is in use by another thread: wait until that is done")
}
