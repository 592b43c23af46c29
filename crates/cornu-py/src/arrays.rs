//! NumPy's arrays as Cornu's, and the other way round.

use crate::errors::{type_error, value_error};
use cornu::graph::Element;
use cornu::{Array, DType};
use half::f16;
use numpy::{
    Element as NumPy, PyArray1, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use std::sync::Arc;

/// The memory of a NumPy array, kept alive while an [`Array`] reads it.
struct Lent<T> {
    start: *const T,
    len: usize,
    _owner: Py<PyAny>,
}

// SAFETY: the memory is only read, and the object that owns it is kept; NumPy's own rule, that nobody writes to an
// array that another thread reads, is the caller's.
unsafe impl<T: Sync> Send for Lent<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Lent<T> {}

impl<T> AsRef<[T]> for Lent<T> {
    fn as_ref(&self) -> &[T] {
        // SAFETY: `start` and `len` are those of a contiguous, aligned array of `T` that `_owner` keeps.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

/// Whether an array may be read where it is, or has to be copied because it outlives the call.
#[derive(Clone, Copy, PartialEq)]
pub enum Keep {
    /// For the call alone.
    Borrowed,
    /// Beyond it.
    Copied,
}

/// More axes than any data have.
const MAX_AXES: usize = 32;

/// The array that `object` is, or can be made into by NumPy: lists, numbers, data frames.
pub fn to_array(object: &Bound<'_, PyAny>, keep: Keep) -> PyResult<Array> {
    let array = match object.cast::<PyUntypedArray>() {
        Ok(array) => array.clone(),
        Err(_) => as_array(object)?,
    };
    if array.ndim() > MAX_AXES {
        return Err(value_error(format!("an array has at most {MAX_AXES} axes, got {}", array.ndim())));
    }
    let dtype = array.dtype();
    // Of one dtype and the machine's byte order, NumPy's arrays are taken as they are.
    if dtype.byteorder() != b'>' {
        match (dtype.kind(), dtype.itemsize()) {
            (b'f', 4) => return read::<f32>(&array, keep),
            (b'f', 8) => return read::<f64>(&array, keep),
            (b'f', 2) => return read::<f16>(&array, keep),
            (b'i', 8) => return read::<i64>(&array, keep),
            (b'i', 4) => return read::<i32>(&array, keep),
            (b'i', 1) => return read::<i8>(&array, keep),
            (b'u', 1) => return read::<u8>(&array, keep),
            (b'b', 1) => return read::<bool>(&array, keep),
            _ => {}
        }
    }
    let wanted = match (dtype.kind(), dtype.itemsize()) {
        (b'f', 2) => "float16",
        (b'f', 4) => "float32",
        (b'f', _) => "float64",
        (b'i' | b'u', 1 | 2) => "int32",
        (b'i', 4) => "int32",
        (b'i' | b'u', _) => "int64",
        (b'V', 2) if dtype.to_string().contains("bfloat16") => "float32",
        (b'O', _) => {
            return Err(type_error(
                "an array of Python objects holds no numbers of one kind: convert it first, \
                 array.astype(\"float32\"), or make its rows of one length",
            ));
        }
        (b'S' | b'U' | b'T', _) => {
            return Err(type_error(
                "an array of texts holds no numbers: turn texts into numbers first (TextVectorization, \
                 StringLookup, to_categorical)",
            ));
        }
        (b'M' | b'm', _) => {
            return Err(type_error(
                "an array of dates holds no numbers: convert it first, array.astype(\"int64\")",
            ));
        }
        (b'c', _) => {
            return Err(type_error("complex numbers are not supported: pass real and imaginary parts"));
        }
        _ => return Err(type_error(format!("arrays of dtype {dtype} are not supported"))),
    };
    let cast = array.call_method1("astype", (wanted,))?;
    to_array(&cast, keep)
}

/// NumPy's own conversion.
fn as_array<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let asarray = ASARRAY.import(object.py(), "numpy", "asarray")?;
    let array = asarray.call1((object,))?;
    let array = array.cast_into::<PyUntypedArray>().map_err(PyErr::from)?;
    Ok(array)
}

fn read<T: Element + NumPy>(array: &Bound<'_, PyUntypedArray>, keep: Keep) -> PyResult<Array> {
    let typed = array.cast::<PyArrayDyn<T>>()?;
    let shape: Vec<usize> = typed.shape().to_vec();
    let data = typed.data();
    // In C order: an array in Fortran order is contiguous too, but its elements stand otherwise.
    let in_order = typed.is_c_contiguous() && data.is_aligned();
    let len = typed.len();
    if !in_order {
        // NumPy puts them in order, and says so where there is no memory for it.
        let copy = array.call_method1("copy", ("C",))?;
        return read::<T>(copy.cast::<PyUntypedArray>()?, keep);
    }
    if keep == Keep::Borrowed && len > 0 {
        let owner = Lent { start: data.cast_const(), len, _owner: typed.clone().into_any().unbind() };
        return Array::shared::<T>(shape, Arc::new(owner)).map_err(value_error);
    }
    let borrowed = typed.try_readonly().map_err(|error| value_error(error.to_string()))?;
    let numbers = borrowed.as_slice().map_err(|error| value_error(error.to_string()))?;
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| PyMemoryError::new_err("there is no memory for a copy"))?;
    values.extend_from_slice(numbers);
    Array::new(shape, values).map_err(value_error)
}

/// The same numbers as a NumPy array, which takes the memory over.
pub fn to_numpy<'py>(py: Python<'py>, array: Array) -> PyResult<Bound<'py, PyAny>> {
    fn of<'py, T: Element + NumPy>(py: Python<'py>, array: Array) -> PyResult<Bound<'py, PyAny>> {
        let shape = array.shape().to_vec();
        let values = array.into_vec::<T>().unwrap_or_default();
        Ok(PyArray1::from_vec(py, values).reshape(shape)?.into_any())
    }
    match array.dtype() {
        DType::F32 => of::<f32>(py, array),
        DType::F64 => of::<f64>(py, array),
        DType::F16 => of::<f16>(py, array),
        DType::I64 => of::<i64>(py, array),
        DType::I32 => of::<i32>(py, array),
        DType::U8 => of::<u8>(py, array),
        DType::I8 => of::<i8>(py, array),
        DType::Bool => of::<bool>(py, array),
        // NumPy has no bfloat16 of its own.
        DType::BF16 => of::<f32>(py, array.cast(DType::F32)),
    }
}

/// A dtype by its name, as NumPy and Keras write it.
pub fn dtype(name: &str) -> PyResult<DType> {
    match name {
        "bool" => Ok(DType::Bool),
        "int" | "int16" | "uint16" => Ok(DType::I32),
        "uint32" | "uint64" => Ok(DType::I64),
        "float" => Ok(DType::F32),
        name => name.parse().map_err(value_error),
    }
}

/// The dtype's name.
pub fn dtype_name(py: Python<'_>, dtype: DType) -> Bound<'_, PyString> {
    PyString::intern(py, dtype.keras_name())
}
