//! Reads the goldens: numbers that Keras computed, by `tests/goldens/make.py`.

use cornu_graph::{Array, DType};
use serde_json::Value;
use std::path::Path;

/// A golden file.
pub fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The list under `key` of a golden.
pub fn list<'a>(golden: &'a Value, key: &str) -> &'a [Value] {
    golden[key].as_array().unwrap_or_else(|| panic!("there is no list `{key}`"))
}

/// An array as the goldens write it.
pub fn array(value: &Value) -> Array {
    let shape: Vec<usize> = list(value, "shape").iter().map(|n| n.as_u64().unwrap() as usize).collect();
    if value["dtype"] == "bool" {
        let values: Vec<f64> =
            list(value, "data").iter().map(|x| x.as_bool().unwrap() as u8 as f64).collect();
        return Array::from_f64(shape, DType::Bool, &values).unwrap();
    }
    let values: Vec<f64> = list(value, "data").iter().map(|x| x.as_f64().unwrap()).collect();
    let dtype = if value["dtype"] == "int32" { DType::I32 } else { DType::F32 };
    Array::from_f64(shape, dtype, &values).unwrap()
}

/// What a golden of many updates is fed: arrays that hold the rows of all updates, one after the other, and of
/// which cases give the places.
pub struct Updates {
    sizes: Vec<usize>,
    arrays: Vec<Array>,
}

impl Updates {
    /// Those of a golden file.
    pub fn read(goldens: &Value) -> Updates {
        let sizes = list(goldens, "sizes").iter().map(|size| size.as_u64().unwrap() as usize);
        Updates { sizes: sizes.collect(), arrays: list(goldens, "arrays").iter().map(array).collect() }
    }

    /// How many there are.
    pub fn n(&self) -> usize {
        self.sizes.len()
    }

    /// The array at a place, if it is no null.
    pub fn array(&self, place: &Value) -> Option<&Array> {
        place.as_u64().map(|place| &self.arrays[place as usize])
    }

    /// What an array holds for update `i`.
    pub fn rows(&self, array: &Array, i: usize) -> Array {
        if array.rows() == self.n() {
            return row(array, i);
        }
        let start = self.sizes[..i].iter().sum();
        array.slice_rows(start..start + self.sizes[i])
    }
}

/// Row `i`, without the axis of rows.
pub fn row(array: &Array, i: usize) -> Array {
    array.slice_rows(i..i + 1).reshape(array.shape()[1..].to_vec()).unwrap()
}

/// Whether two arrays agree in shape, and in value to `tolerance` (relative above 1).
#[track_caller]
pub fn assert_close(got: &Array, expected: &Array, tolerance: f64, what: &str) {
    close(got, expected, tolerance).unwrap_or_else(|error| panic!("{what}: {error}"));
}

/// How two arrays differ in shape, or in value by more than `tolerance` (relative above 1).
pub fn close(got: &Array, expected: &Array, tolerance: f64) -> Result<(), String> {
    if got.shape() != expected.shape() {
        return Err(format!("shape {}, Keras has {}", got.shape(), expected.shape()));
    }
    let (got, expected) = (got.to_f64(), expected.to_f64());
    // What is no number is not near.
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance * b.abs().max(1.0);
    match got.iter().zip(&expected).position(|pair| !near(pair)) {
        Some(i) => Err(format!("element {i} is {}, Keras has {}", got[i], expected[i])),
        None => Ok(()),
    }
}

/// Whether calls of ours are what Keras's are; ours may leave out what is null or false there.
pub fn calls_agree(ours: &Value, keras: &Value) -> bool {
    match (ours, keras) {
        (Value::Object(ours), Value::Object(keras)) => {
            let left_out = |key: &String, value: &Value| {
                value.is_null() || *value == Value::Bool(false) || key == "dtype"
            };
            ours.iter().all(|(key, value)| {
                key == "dtype"
                    || value.is_null()
                    || keras.get(key).is_some_and(|other| calls_agree(value, other))
            }) && keras.iter().all(|(key, value)| ours.contains_key(key) || left_out(key, value))
        }
        (Value::Array(ours), Value::Array(keras)) => {
            ours.len() == keras.len() && ours.iter().zip(keras).all(|(a, b)| calls_agree(a, b))
        }
        _ => ours == keras,
    }
}

/// Whether a config of ours says what Keras's says. Ours may leave out what is null there, and
/// batch renormalization, which older versions of Keras do not take.
pub fn agrees(ours: &Value, keras: &Value) -> bool {
    match (ours, keras) {
        (Value::Object(ours), Value::Object(keras)) => {
            let left_out = |key: &String, value: &Value| {
                value.is_null()
                    || ["renorm", "renorm_momentum", "registered_name", "build_config", "optional"]
                        .contains(&key.as_str())
            };
            ours.iter().all(|(key, value)| keras.get(key).is_some_and(|other| agrees(value, other)))
                && keras.iter().all(|(key, value)| ours.contains_key(key) || left_out(key, value))
        }
        (Value::Array(ours), Value::Array(keras)) => {
            ours.len() == keras.len() && ours.iter().zip(keras).all(|(ours, keras)| agrees(ours, keras))
        }
        // Keras keeps some numbers in f32.
        (Value::Number(ours), Value::Number(keras)) => {
            ours == keras
                || ours.as_f64().zip(keras.as_f64()).is_some_and(|(a, b)| (a - b).abs() <= 1e-7 * b.abs())
        }
        _ => ours == keras,
    }
}
