//! Tables of any library that speaks the Arrow C stream interface, column by column.

use crate::errors::{type_error, value_error};
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatchReader};
use arrow_schema::DataType;
use half::f16;
use numpy::{Element, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyDict};

/// The columns of a table by name: `[rows]`, and `[rows, n]` for columns of lists that all have `n` numbers. What is
/// missing is not a number, and makes its part of the column `float64`.
#[pyfunction]
pub fn read_arrow_stream<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let py = object.py();
    let capsule = object.call_method0("__arrow_c_stream__")?;
    let capsule = capsule.cast::<PyCapsule>().map_err(PyErr::from)?;
    let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    let stream = pointer.cast::<FFI_ArrowArrayStream>().as_ptr();
    // SAFETY: by the interface, a capsule of this name holds a pointer to such a stream, which is ours to move out of;
    // what is left behind is marked as released.
    let reader = unsafe { RecordBatchStreamReader::from_raw(stream) };
    let reader =
        reader.map_err(|error| type_error(format!("this stream of Arrow holds no table: {error}")))?;
    let schema = reader.schema();
    let mut chunks: Vec<Vec<Bound<'py, PyAny>>> = schema.fields().iter().map(|_| Vec::new()).collect();
    for batch in reader {
        let batch = batch.map_err(|error| value_error(format!("the table cannot be read: {error}")))?;
        for (i, (found, column)) in chunks.iter_mut().zip(batch.columns()).enumerate() {
            found.push(numbers(py, schema.field(i).name(), column.as_ref())?);
        }
    }
    let join = py.import("numpy")?.getattr("concatenate")?;
    let table = PyDict::new(py);
    for (field, found) in schema.fields().iter().zip(chunks) {
        let column = match found.is_empty() {
            true => PyArray1::<f64>::from_vec(py, Vec::new()).into_any(),
            false => join.call1((found,))?,
        };
        table.set_item(field.name(), column)?;
    }
    Ok(table)
}

/// A part of a column as an array of NumPy's.
fn numbers<'py>(py: Python<'py>, name: &str, part: &dyn Array) -> PyResult<Bound<'py, PyAny>> {
    let found = match part.data_type() {
        DataType::Boolean => {
            let part = part.as_boolean();
            match part.null_count() {
                0 => PyArray1::from_iter(py, part.values().iter()).into_any(),
                _ => {
                    let number =
                        |value: Option<bool>| value.map_or(f64::NAN, |truth| f64::from(u8::from(truth)));
                    PyArray1::from_iter(py, part.iter().map(number)).into_any()
                }
            }
        }
        DataType::Int8 => primitive::<Int8Type>(py, part, f64::from),
        DataType::Int16 => primitive::<Int16Type>(py, part, f64::from),
        DataType::Int32 => primitive::<Int32Type>(py, part, f64::from),
        DataType::Int64 => primitive::<Int64Type>(py, part, |value| value as f64),
        DataType::UInt8 => primitive::<UInt8Type>(py, part, f64::from),
        DataType::UInt16 => primitive::<UInt16Type>(py, part, f64::from),
        DataType::UInt32 => primitive::<UInt32Type>(py, part, f64::from),
        DataType::UInt64 => primitive::<UInt64Type>(py, part, |value| value as f64),
        DataType::Float16 => primitive::<Float16Type>(py, part, f16::to_f64),
        DataType::Float32 => primitive::<Float32Type>(py, part, f64::from),
        DataType::Float64 => primitive::<Float64Type>(py, part, |value| value),
        DataType::FixedSizeList(_, width) => {
            let list = part.as_fixed_size_list();
            let (Ok(width), 0) = (usize::try_from(*width), list.null_count()) else {
                return Err(type_error(format!("the column {name:?} has rows that are missing")));
            };
            let flat = numbers(py, name, list.values().as_ref())?;
            flat.call_method1("reshape", (list.len(), width))?
        }
        other => {
            return Err(type_error(format!(
                "the column {name:?} ({other}) is not numbers: encode it, or give a dict of columns"
            )));
        }
    };
    Ok(found)
}

fn primitive<'py, T>(py: Python<'py>, part: &dyn Array, number: fn(T::Native) -> f64) -> Bound<'py, PyAny>
where
    T: ArrowPrimitiveType,
    T::Native: Element,
{
    let part = part.as_primitive::<T>();
    match part.null_count() {
        0 => PyArray1::from_slice(py, part.values()).into_any(),
        _ => PyArray1::from_iter(py, part.iter().map(|value| value.map_or(f64::NAN, number))).into_any(),
    }
}
