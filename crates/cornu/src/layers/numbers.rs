//! Numbers in a layer's config.

use cornu_graph::{Array, Shape, Tensor};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

/// A number, a list of numbers, or lists of lists, in a layer's config.
///
/// ```
/// use cornu::layers::Numbers;
/// assert_eq!(Numbers::from(0.5).shape().rank(), 0);
/// assert_eq!(Numbers::from([1.0, 2.0]).values(), [1.0, 2.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    shape: Shape,
    values: Vec<f64>,
}

impl Numbers {
    /// The extents of the lists; `[]` for a number.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The numbers, in row-major order.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The numbers in the graph of `like`, with its dtype, of the given shape.
    #[track_caller]
    pub(super) fn tensor(&self, like: &Tensor, shape: impl Into<Shape>) -> Tensor {
        match Array::from_f64(shape, like.dtype(), &self.values) {
            Ok(array) => like.builder().constant(&array),
            Err(message) => like.builder().fail(message),
        }
    }
}

impl From<f64> for Numbers {
    fn from(value: f64) -> Numbers {
        Numbers { shape: Shape::scalar(), values: vec![value] }
    }
}

impl From<Vec<f64>> for Numbers {
    fn from(values: Vec<f64>) -> Numbers {
        Numbers { shape: [values.len()].into(), values }
    }
}

impl<const N: usize> From<[f64; N]> for Numbers {
    fn from(values: [f64; N]) -> Numbers {
        values.to_vec().into()
    }
}

impl From<&Array> for Numbers {
    fn from(array: &Array) -> Numbers {
        Numbers { shape: array.shape().clone(), values: array.to_f64() }
    }
}

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        nested(&self.shape, &self.values).serialize(serializer)
    }
}

fn nested(shape: &[usize], values: &[f64]) -> Value {
    match shape {
        [] => json!(values.first()),
        [0, ..] => json!([]),
        [n, inner @ ..] => {
            let width = values.len() / n;
            (0..*n).map(|i| nested(inner, &values[i * width..(i + 1) * width])).collect()
        }
    }
}

impl<'de> Deserialize<'de> for Numbers {
    /// From a number, from nested lists, or from what Keras writes for a NumPy array.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Numbers, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        if let Some(inner) = value.pointer_mut("/config/value") {
            value = inner.take();
        }
        flat(&value).ok_or_else(|| D::Error::custom("expects a number or lists of equal length"))
    }
}

fn flat(value: &Value) -> Option<Numbers> {
    let Value::Array(items) = value else { return value.as_f64().map(Numbers::from) };
    let items = items.iter().map(flat).collect::<Option<Vec<Numbers>>>()?;
    let inner = items.first().map_or(Shape::scalar(), |first| first.shape.clone());
    match items.iter().all(|item| item.shape == inner) {
        true => Some(Numbers {
            shape: inner.with_leading(items.len()),
            values: items.into_iter().flat_map(|item| item.values).collect(),
        }),
        false => None,
    }
}
