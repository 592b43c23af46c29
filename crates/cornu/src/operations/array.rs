//! Arrays as calls in files hold them.

use cornu_graph::{Array, DType};
use serde_json::{Value, json};

/// The array that a value of Keras's JSON is: `{"class_name": "__tensor__", ..}`, or one of NumPy. Of
/// 64 bits, 32 are kept, as Keras does.
pub(super) fn from_json(value: &Value) -> Result<Option<Array>, String> {
    let class = value.get("class_name").and_then(Value::as_str);
    if !matches!(class, Some("__tensor__" | "__numpy__")) {
        return Ok(None);
    }
    let name = value.pointer("/config/dtype").and_then(Value::as_str).unwrap_or("float32");
    let dtype = match name.parse()? {
        DType::F64 => DType::F32,
        DType::I64 => DType::I32,
        dtype => dtype,
    };
    numbers(value.pointer("/config/value").unwrap_or(&Value::Null), dtype).map(Some)
}

/// The array of nested lists of numbers.
pub(super) fn numbers(value: &Value, dtype: DType) -> Result<Array, String> {
    let mut shape = Vec::new();
    let mut inner = value;
    while let Value::Array(items) = inner {
        shape.push(items.len());
        match items.first() {
            Some(first) => inner = first,
            None => break,
        }
    }
    let mut flat = Vec::new();
    flatten(value, &shape, &mut flat)?;
    Array::from_f64(shape, dtype, &flat)
}

fn flatten(value: &Value, shape: &[usize], flat: &mut Vec<f64>) -> Result<(), String> {
    match (value, shape) {
        (Value::Array(items), [extent, inner @ ..]) if items.len() == *extent => {
            items.iter().try_for_each(|item| flatten(item, inner, flat))
        }
        (Value::Number(number), []) => {
            flat.push(number.as_f64().unwrap_or(f64::NAN));
            Ok(())
        }
        (Value::Bool(truth), []) => {
            flat.push(*truth as u8 as f64);
            Ok(())
        }
        _ => Err("a list of numbers holds something else, or lists of several lengths".into()),
    }
}

/// An array as Keras's JSON holds it.
pub(super) fn to_json(array: &Array) -> Value {
    let flat = array.to_f64();
    let number = |x: f64| match array.dtype() {
        DType::Bool => json!(x != 0.0),
        dtype if dtype.is_float() => json!(x),
        _ => json!(x as i64),
    };
    let mut values: Vec<Value> = flat.into_iter().map(number).collect();
    for &extent in array.shape().iter().skip(1).rev() {
        values = match extent {
            0 => Vec::new(),
            _ => values.chunks(extent).map(|row| Value::Array(row.to_vec())).collect(),
        };
    }
    let value = match (array.shape().rank(), values.first()) {
        (0, Some(first)) => first.clone(),
        _ => Value::Array(values),
    };
    json!({ "class_name": "__tensor__", "config": { "value": value, "dtype": array.dtype().keras_name() } })
}
