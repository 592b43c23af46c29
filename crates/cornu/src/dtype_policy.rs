//! In which dtype a layer computes, and in which it keeps its weights.

use cornu_graph::DType;
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;

/// In which dtype a layer computes, and in which it keeps its weights: `float32` (the default),
/// `float64`, `bfloat16`, `float16` for both, or `mixed_bfloat16` and `mixed_float16`, which compute
/// in 16 bits on weights of 32. Agrees with Keras's `DTypePolicy`.
///
/// ```
/// use cornu::{DType, DTypePolicy};
/// let mixed: DTypePolicy = "mixed_bfloat16".parse().unwrap();
/// assert_eq!((mixed.compute, mixed.variable), (DType::BF16, DType::F32));
/// assert_eq!(mixed.to_string(), "mixed_bfloat16");
/// assert!("float7".parse::<DTypePolicy>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DTypePolicy {
    /// In which dtype the layer's inputs arrive and its work is done.
    pub compute: DType,
    /// In which dtype its weights are kept.
    pub variable: DType,
}

impl Default for DTypePolicy {
    fn default() -> DTypePolicy {
        DType::F32.into()
    }
}

impl From<DType> for DTypePolicy {
    fn from(dtype: DType) -> DTypePolicy {
        DTypePolicy { compute: dtype, variable: dtype }
    }
}

impl FromStr for DTypePolicy {
    type Err = String;
    fn from_str(name: &str) -> Result<DTypePolicy, String> {
        let (compute, variable) = match name {
            "mixed_bfloat16" => (DType::BF16, DType::F32),
            "mixed_float16" => (DType::F16, DType::F32),
            name => {
                let dtype: DType = name.parse().map_err(|_| {
                    format!(
                        "there is no dtype policy `{name}`; there are float32, float64, bfloat16, float16, \
                         mixed_bfloat16 and mixed_float16"
                    )
                })?;
                (dtype, dtype)
            }
        };
        Ok(DTypePolicy { compute, variable })
    }
}

impl fmt::Display for DTypePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.compute != self.variable {
            f.write_str("mixed_")?;
        }
        f.write_str(self.compute.keras_name())
    }
}

impl DTypePolicy {
    /// As Keras's configs hold it.
    pub(crate) fn to_json(self) -> Value {
        json!({
            "module": "keras",
            "class_name": "DTypePolicy",
            "config": { "name": self.to_string() },
            "registered_name": null,
        })
    }

    /// From a name, or from what Keras's configs hold; nothing is the default.
    pub(crate) fn from_json(json: &Value) -> Result<DTypePolicy, String> {
        match json.pointer("/config/name").unwrap_or(json) {
            Value::Null => Ok(DTypePolicy::default()),
            Value::String(name) => name.parse(),
            other => Err(format!("{other} is no dtype policy")),
        }
    }
}
