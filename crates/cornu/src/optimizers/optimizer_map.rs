//! Which optimizer updates which weights.

use super::AnyOptimizer;
use regex_lite::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value, json};

/// Which optimizer updates which weights: the one whose key is a weight's path, or whose key is a
/// regular expression that matches the whole path, or else the default. Agrees with Keras's
/// `OptimizerMap`.
///
/// ```
/// use cornu::optimizers::{Adam, OptimizerMap, SGD};
/// let map = OptimizerMap::new(SGD::new(0.01)).with("encoder/.*", Adam::new(0.001));
/// assert_eq!(map.of("encoder/dense/kernel"), Ok(0));
/// assert_eq!(map.of("decoder/kernel"), Ok(1));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerMap {
    pub(super) default_optimizer: AnyOptimizer,
    pub(super) optimizers: Vec<(String, AnyOptimizer)>,
}

impl OptimizerMap {
    /// One optimizer for all weights.
    pub fn new(default_optimizer: impl Into<AnyOptimizer>) -> OptimizerMap {
        OptimizerMap { default_optimizer: default_optimizer.into(), optimizers: Vec::new() }
    }

    /// The same with another optimizer for the weights whose path is `key`, or is matched by it.
    pub fn with(mut self, key: impl Into<String>, optimizer: impl Into<AnyOptimizer>) -> OptimizerMap {
        self.optimizers.push((key.into(), optimizer.into()));
        self
    }

    /// The optimizers: those of the keys in order, then the default.
    pub fn optimizers(&self) -> impl Iterator<Item = &AnyOptimizer> {
        self.optimizers.iter().map(|(_, optimizer)| optimizer).chain([&self.default_optimizer])
    }

    /// Which of [`OptimizerMap::optimizers`] the weight at `path` goes to.
    ///
    /// # Errors
    /// If several keys match, none of which is the path itself.
    pub fn of(&self, path: &str) -> Result<usize, String> {
        if let Some(exact) = self.optimizers.iter().position(|(key, _)| key == path) {
            return Ok(exact);
        }
        let whole = |key: &str| Regex::new(&format!("^(?:{key})$")).is_ok_and(|regex| regex.is_match(path));
        let matching: Vec<usize> =
            (0..self.optimizers.len()).filter(|&i| whole(&self.optimizers[i].0)).collect();
        match matching[..] {
            [] => Ok(self.optimizers.len()),
            [one] => Ok(one),
            _ => {
                let keys: Vec<&str> = matching.iter().map(|&i| self.optimizers[i].0.as_str()).collect();
                Err(format!("several optimizers are given for {path}: those of {}", keys.join(", ")))
            }
        }
    }

    /// What is wrong with the keys, if anything is.
    pub(super) fn mistake(&self) -> Option<String> {
        for (i, (key, _)) in self.optimizers.iter().enumerate() {
            if self.optimizers[..i].iter().any(|(other, _)| other == key) {
                return Some(format!("two optimizers are given for {key}"));
            }
            if let Err(error) = Regex::new(key) {
                return Some(format!("`{key}` is no path and no regular expression: {error}"));
            }
        }
        None
    }
}

impl Serialize for OptimizerMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let map: Map<String, Value> =
            self.optimizers.iter().map(|(key, optimizer)| (key.clone(), optimizer.to_json())).collect();
        json!({
            "module": "keras.optimizers",
            "class_name": "OptimizerMap",
            "config": {"default_optimizer": self.default_optimizer, "optimizer_map": map},
            "registered_name": null,
        })
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OptimizerMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OptimizerMap, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            class_name: String,
            config: Config,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Config {
            default_optimizer: AnyOptimizer,
            optimizer_map: Map<String, Value>,
        }
        let Written { class_name, config } = Written::deserialize(deserializer)?;
        if class_name != "OptimizerMap" {
            return Err(D::Error::custom(format!("an OptimizerMap is expected, got {class_name}")));
        }
        let read = |(key, value)| AnyOptimizer::from_json(value).map(|optimizer| (key, optimizer));
        let optimizers = config.optimizer_map.into_iter().map(read).collect::<Result<_, _>>();
        let optimizers = optimizers.map_err(D::Error::custom)?;
        Ok(OptimizerMap { default_optimizer: config.default_optimizer, optimizers })
    }
}
