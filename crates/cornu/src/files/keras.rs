//! The `.keras` file.

use crate::model::Model;
use serde_json::Value;

/// The config of a model.
pub(crate) fn model_config(_: &Model) -> Value {
    Value::Null
}
