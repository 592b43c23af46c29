//! Layers in the configs of other layers.

use super::AnyLayer;
use crate::dtype_policy::DTypePolicy;
use crate::files::keras;
use crate::model::Model;
use crate::registry::{Any, Origin, names};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

/// How deep layers may lie in the configs of others.
const DEEPEST: usize = 8;

/// The fields of a config that all layers have, beside their own.
pub(crate) const SHARED: [&str; 5] = ["name", "trainable", "dtype", "batch_shape", "batch_input_shape"];

impl Serialize for AnyLayer {
    /// As Keras writes a layer in the config of another. Without a dtype of its own it has that of the
    /// layer around it, which is filled in where that one is written (`fill_dtypes`).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(model) = (&*self.layer as &dyn std::any::Any).downcast_ref::<Model>() {
            let name = self.name.as_deref().unwrap_or(model.name());
            return keras::inner_model(model, name, self.trainable).serialize(serializer);
        }
        let mut config = Map::new();
        config.insert("name".into(), self.name.clone().into());
        config.insert("trainable".into(), self.trainable.into());
        config.insert("dtype".into(), self.dtype.map_or(Value::Null, DTypePolicy::to_json));
        if let Value::Object(own) = self.layer.config() {
            config.extend(own);
        }
        let (module, registered) = names(&*self.layer);
        json!({
            "module": module,
            "class_name": self.layer.class_name(),
            "config": config,
            "registered_name": registered,
        })
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AnyLayer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AnyLayer, D::Error> {
        let mut json = Value::deserialize(deserializer)?;
        if depth(&json) > DEEPEST {
            let message = format!("layers lie in others more than {DEEPEST} deep");
            return Err(D::Error::custom(message));
        }
        let class = json["class_name"].as_str().map(String::from);
        let class = class.ok_or_else(|| D::Error::custom(format!("expects a layer, got {json}")))?;
        let origin = json.as_object().and_then(Origin::of).is_some();
        if !origin && keras::MODELS.contains(&class.as_str()) {
            let model = keras::read_inner(&json).map_err(D::Error::custom)?;
            let name = Some(model.name().to_string());
            let trainable = json["config"]["trainable"].as_bool().unwrap_or(true);
            return Ok(AnyLayer { name, trainable, ..AnyLayer::from(model) });
        }
        let mut config = match json["config"].take() {
            Value::Object(config) => config,
            _ => Map::new(),
        };
        let mut take = |key: &str| config.remove(key).unwrap_or_default();
        let name = take("name").as_str().map(String::from);
        let trainable = take("trainable").as_bool().unwrap_or(true);
        let dtype = match take("dtype") {
            Value::Null => None,
            dtype => Some(DTypePolicy::from_json(&dtype).map_err(D::Error::custom)?),
        };
        config.retain(|key, _| !SHARED.contains(&key.as_str()));
        let config = Value::Object(config);
        let layer = match json.as_object().and_then(Origin::of) {
            Some(origin) => origin.make(config),
            None => Any::from_name(&class, config),
        };
        let layer = layer.map_err(D::Error::custom)?;
        Ok(AnyLayer { layer, name, trainable, dtype, recompute: false })
    }
}

/// How many layers lie in each other in `json` at most.
fn depth(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => is_layer(fields) as usize + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether what Keras's `serialize` wrote is a layer: it alone has a dtype, or a name and `trainable`.
pub(crate) fn is_layer(fields: &Map<String, Value>) -> bool {
    let config = fields.get("config").and_then(Value::as_object);
    fields.contains_key("class_name") && config.is_some_and(|config| config.contains_key("trainable"))
}

/// Writes the dtypes that layers in a config have from the layer around them, which computes in
/// `policy`.
pub(crate) fn fill_dtypes(config: &mut Map<String, Value>, policy: &Value) {
    each_layer(config, &mut |inner| {
        let own = inner.entry("dtype").or_insert(Value::Null);
        if own.is_null() {
            *own = policy.clone();
        }
        let own = own.clone();
        fill_dtypes(inner, &own);
    });
}

/// Takes the dtypes away that layers in a config share with the layer around them: those they have
/// without a word.
pub(crate) fn drop_dtypes(config: &mut Map<String, Value>, policy: DTypePolicy) {
    each_layer(config, &mut |inner| {
        let own = inner.get("dtype").map_or(Ok(policy), DTypePolicy::from_json).unwrap_or(policy);
        if own == policy {
            inner.remove("dtype");
        }
        drop_dtypes(inner, own);
    });
}

/// Gives `work` the configs of the layers that lie directly in a config.
///
/// Models are left alone: they have no dtype, and are read and written as models are.
fn each_layer(config: &mut Map<String, Value>, work: &mut impl FnMut(&mut Map<String, Value>)) {
    for value in config.values_mut() {
        let items = match value {
            Value::Array(items) => items.iter_mut().collect(),
            other => vec![other],
        };
        for fields in items.into_iter().filter_map(Value::as_object_mut) {
            let model = fields
                .get("class_name")
                .and_then(Value::as_str)
                .is_some_and(|class| keras::MODELS.contains(&class));
            let layer = is_layer(fields) && !model;
            if let Some(inner) = fields.get_mut("config").and_then(Value::as_object_mut).filter(|_| layer) {
                work(inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Dense, LayerOptions};
    use cornu_graph::DType;

    #[test]
    fn layers_go_there_and_back() {
        for layer in [Dense::new(3).into(), Dense::new(3).named("inner").frozen().dtype(DType::F64)] {
            let json = serde_json::to_value(&layer).unwrap();
            let read: AnyLayer = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), json);
            assert_eq!((&read.name, read.trainable, read.dtype), (&layer.name, layer.trainable, layer.dtype));
        }
    }

    #[test]
    fn dtypes_come_from_around() {
        let mut config = Map::new();
        config.insert("layer".into(), serde_json::to_value(AnyLayer::from(Dense::new(3))).unwrap());
        let bare = config.clone();
        let mixed: DTypePolicy = "mixed_bfloat16".parse().unwrap();
        fill_dtypes(&mut config, &mixed.to_json());
        assert_eq!(config["layer"]["config"]["dtype"], mixed.to_json());
        let mut other = config.clone();
        drop_dtypes(&mut other, DTypePolicy::default());
        assert_eq!(other, config);
        drop_dtypes(&mut config, mixed);
        let read = |config: &Map<String, Value>| -> Option<DTypePolicy> {
            serde_json::from_value::<AnyLayer>(config["layer"].clone()).unwrap().dtype
        };
        assert_eq!((read(&config), read(&bare), read(&other)), (None, None, Some(mixed)));
    }
}
