//! The mean over samples of any loss, as a metric.

use super::{Float32, MeanMetric};
use crate::losses::{AnyLoss, LOSSES, MeanSquaredError};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

/// The mean over samples of a loss: the way to report one that has no metric of its own, such as Huber's.
///
/// Shapes: as the loss. Agrees with Keras's `MeanMetricWrapper` of a loss function; its config holds the
/// function's name as `fn`, and the function's arguments beside it.
///
/// ```
/// use cornu::losses::Huber;
/// use cornu::metrics::MeanMetricWrapper;
/// use cornu::registry::Item;
/// let config = MeanMetricWrapper::new(Huber::new().delta(0.5)).config();
/// assert_eq!((&config["fn"]["config"], &config["delta"]), (&"huber".into(), &0.5.into()));
/// ```
#[derive(Clone, Debug)]
pub struct MeanMetricWrapper {
    /// The name it is reported under; `mean_metric_wrapper` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// The loss; Keras has no default, here it is the mean squared error.
    pub function: AnyLoss,
}

impl Default for MeanMetricWrapper {
    fn default() -> MeanMetricWrapper {
        MeanMetricWrapper::new(MeanSquaredError::new())
    }
}

impl MeanMetricWrapper {
    /// The metric of a loss.
    pub fn new(function: impl Into<AnyLoss>) -> MeanMetricWrapper {
        let name = "mean_metric_wrapper".into();
        MeanMetricWrapper { name, dtype: Float32, function: function.into() }
    }
}

impl Named for MeanMetricWrapper {
    const NAME: &'static str = "MeanMetricWrapper";
    const ALIASES: &'static [&'static str] = &["mean_metric_wrapper"];
    const SUMMARY: &'static str = "The mean over samples of any loss";
}

impl MeanMetric for MeanMetricWrapper {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        self.function.call(y_true, y_pred)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }
}

/// What a loss's config holds besides the arguments of its function.
const NOT_ARGUMENTS: [&str; 2] = ["name", "reduction"];

impl Serialize for MeanMetricWrapper {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let class = self.function.class_name();
        // Functions are called as Keras calls them: by their class's first other name.
        let entry = LOSSES.iter().find(|entry| entry.name == class);
        let function = entry.and_then(|entry| entry.aliases.first()).copied().unwrap_or(class);
        let function = json!({
            "module": "builtins", "class_name": "function", "config": function, "registered_name": "function"
        });
        let mut config = json!({"name": self.name, "dtype": self.dtype, "fn": function});
        let usual = AnyLoss::from_name(class, Value::Null).map(|loss| loss.config()).unwrap_or_default();
        if let Value::Object(arguments) = self.function.config() {
            let given = arguments.into_iter().filter(|(key, value)| {
                !NOT_ARGUMENTS.contains(&key.as_str()) && usual.get(key) != Some(value)
            });
            given.for_each(|(key, value)| config[key] = value);
        }
        config.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MeanMetricWrapper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MeanMetricWrapper, D::Error> {
        let mut arguments = Map::deserialize(deserializer)?;
        let mut metric = MeanMetricWrapper::default();
        if let Some(dtype) = arguments.remove("dtype") {
            metric.dtype = serde_json::from_value(dtype).map_err(D::Error::custom)?;
        }
        match arguments.remove("name") {
            Some(Value::String(name)) => metric.name = name,
            None | Some(Value::Null) => {}
            Some(other) => return Err(D::Error::custom(format!("a name is a string, got {other}"))),
        }
        match arguments.remove("fn") {
            Some(function) => {
                let name = AnyLoss::from_json(function).map_err(D::Error::custom)?;
                metric.function = AnyLoss::from_name(name.class_name(), Value::Object(arguments))
                    .map_err(D::Error::custom)?;
            }
            None if !arguments.is_empty() => return Err(D::Error::missing_field("fn")),
            None => {}
        }
        Ok(metric)
    }
}
