//! How the things a model is made of are listed, named, saved and loaded.
//!
//! Each kind (layers, losses, optimizers ...) has one list of its items. Loading a file looks
//! classes up there and nowhere else; `cornu list`, the documentation's tables and the tests are
//! made from the same list.

mod classes;
mod reading;

pub use classes::Classes;
pub(crate) use classes::Origin;
pub(crate) use reading::Reading;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::fmt::Debug;
use std::ops::Deref;
use std::sync::Arc;

/// What an item of a registry is called.
pub trait Named {
    /// The class name, as Keras spells it: `Dense`.
    const NAME: &'static str;
    /// Other names that Keras accepts: `dense`, `mse`.
    const ALIASES: &'static [&'static str] = &[];
    /// The package that files name beside the class, where it is not one of Keras's own: that of Keras's
    /// `register_keras_serializable`.
    const PACKAGE: &'static str = CUSTOM;
    /// One line on what it is.
    const SUMMARY: &'static str;
}

/// The package of classes that name none, in Keras too.
const CUSTOM: &str = "Custom";

/// What every item of every registry can do: give its class name and its config.
pub trait Item: Debug + Send + Sync {
    /// The class name.
    fn class_name(&self) -> &'static str;
    /// The fields, as Keras's `get_config` gives them.
    fn config(&self) -> Value;
    /// The package of the class, where it is not one of Keras's own.
    fn package(&self) -> &'static str {
        CUSTOM
    }
}

impl<T: Named + Serialize + Debug + Send + Sync> Item for T {
    fn class_name(&self) -> &'static str {
        T::NAME
    }
    fn config(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
    fn package(&self) -> &'static str {
        T::PACKAGE
    }
}

/// One line of a registry.
pub struct Entry<T: ?Sized> {
    /// The class name.
    pub name: &'static str,
    /// Other accepted names.
    pub aliases: &'static [&'static str],
    /// One line on what it is.
    pub summary: &'static str,
    /// Makes the item from its config.
    pub from_config: fn(Value) -> Result<Arc<T>, String>,
}

/// A kind of thing that has a registry: `dyn Layer`, `dyn Loss` ...
pub trait Kind: Item + 'static {
    /// What one of them is called in messages: `layer`.
    const WORD: &'static str;
    /// Keras's module for them: `keras.layers`.
    const MODULE: &'static str;
    /// All of them.
    fn registry() -> &'static [Entry<Self>];
}

/// Makes the list of a registry from the items' types.
macro_rules! entries {
    ($kind:ty: $($item:ty),* $(,)?) => {
        &[$(crate::registry::entry!($kind: $item)),*]
    };
}
pub(crate) use entries;

/// Makes one line of a registry.
macro_rules! entry {
    ($kind:ty: $item:ty) => {
        crate::registry::Entry::<$kind> {
            name: <$item as crate::registry::Named>::NAME,
            aliases: <$item as crate::registry::Named>::ALIASES,
            summary: <$item as crate::registry::Named>::SUMMARY,
            from_config: |config| {
                crate::registry::parse::<$item>(config)
                    .map(|item| std::sync::Arc::new(item) as std::sync::Arc<$kind>)
            },
        }
    };
}
pub(crate) use entry;

/// Reads an item's fields from its config. Fields that the item does not have are refused, unless
/// they are null.
pub fn parse<T: DeserializeOwned>(config: Value) -> Result<T, String> {
    let config = if config.is_null() { json!({}) } else { config };
    // Null is a value first: no reduction, no average. Only where it is refused is the field left out.
    match (serde_json::from_value(config.clone()), config) {
        (Ok(item), _) => Ok(item),
        (Err(_), Value::Object(fields)) => {
            let given: Map<_, _> = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
            serde_json::from_value(Value::Object(given)).map_err(|error| error.to_string())
        }
        (Err(error), _) => Err(error.to_string()),
    }
}

/// Any item of a kind, shared: `Any<dyn Layer>`.
pub struct Any<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Any<T> {
    /// Wraps an item.
    pub fn new(item: Arc<T>) -> Any<T> {
        Any(item)
    }
}

impl<T: ?Sized> Clone for Any<T> {
    fn clone(&self) -> Any<T> {
        Any(self.0.clone())
    }
}

impl<T: ?Sized> Deref for Any<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Kind + ?Sized> Debug for Any<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Kind + ?Sized> PartialEq for Any<T> {
    /// Items are equal when their class and config are.
    fn eq(&self, other: &Any<T>) -> bool {
        self.class_name() == other.class_name() && self.config() == other.config()
    }
}

impl<T: Kind + ?Sized> Any<T> {
    /// The item called `name` (its class name or one of Keras's other names), with this config.
    ///
    /// # Errors
    /// If there is no such item, or its config does not fit.
    pub fn from_name(name: &str, config: Value) -> Result<Any<T>, String> {
        let entry = T::registry().iter().find(|entry| entry.name == name || entry.aliases.contains(&name));
        let Some(entry) = entry else {
            let known: Vec<&str> = T::registry().iter().map(|entry| entry.name).collect();
            return Err(format!("there is no {} `{name}`; there are {}", T::WORD, known.join(", ")));
        };
        match (entry.from_config)(config) {
            Ok(item) => Ok(Any(item)),
            Err(error) => Err(format!("the config of {} `{name}` does not fit: {error}", T::WORD)),
        }
    }

    /// As Keras's `serialize` gives it.
    pub fn to_json(&self) -> Value {
        let (module, registered) = names(&**self);
        json!({
            "module": module,
            "class_name": self.class_name(),
            "config": self.config(),
            "registered_name": registered,
        })
    }

    /// From a name, or from what Keras's `serialize` gives.
    ///
    /// # Errors
    /// If it is neither, or names nothing that the registry lists.
    pub fn from_json(value: Value) -> Result<Any<T>, String> {
        match value {
            Value::String(name) => Any::from_name(&name, Value::Null),
            Value::Object(mut fields) => {
                let config = fields.remove("config").unwrap_or_default();
                if let Some(origin) = Origin::of(&fields) {
                    return origin.make(config);
                }
                match (fields.remove("class_name"), config) {
                    // Keras writes functions (activations, losses) with their name as the config.
                    (Some(Value::String(class)), Value::String(name)) if class == "function" => {
                        Any::from_name(&name, Value::Null)
                    }
                    (Some(Value::String(class)), config) => Any::from_name(&class, config),
                    _ => Err(format!("a {} is missing its class_name", T::WORD)),
                }
            }
            other => Err(format!("{other} is no {}", T::WORD)),
        }
    }
}

/// The module and the registered name that Keras finds an item's class by.
pub(crate) fn names<T: Kind + ?Sized>(item: &T) -> (Value, Value) {
    let (class, package) = (item.class_name(), item.package());
    match package == CUSTOM && T::registry().iter().any(|entry| entry.name == class) {
        true => (T::MODULE.into(), Value::Null),
        false => (Value::Null, format!("{package}>{class}").into()),
    }
}

impl<T: Kind + ?Sized> Serialize for Any<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de, T: Kind + ?Sized> Deserialize<'de> for Any<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Any<T>, D::Error> {
        Any::from_json(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
