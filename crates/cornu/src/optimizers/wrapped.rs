//! What optimizers that hand weights on to others share.

use super::{AnyOptimizer, Settings};
use serde_json::Value;

/// The settings of an optimizer that has a name and little else: Keras gives it a learning rate of 0.
pub(super) fn settings(name: &str) -> Settings {
    Settings::new(name, 0.0)
}

/// The optimizer with another value in its config. One that no registry lists stays as it is.
pub(super) fn with(optimizer: AnyOptimizer, field: &str, value: Value) -> AnyOptimizer {
    let mut config = optimizer.config();
    if config.get(field) == Some(&value) {
        return optimizer;
    }
    config[field] = value;
    AnyOptimizer::from_name(optimizer.class_name(), config).unwrap_or(optimizer)
}

/// What is wrong with the settings of a wrapper, if anything is: `own` are those that it has.
pub(super) fn mistake(class: &str, settings: &Settings, own: &[&str]) -> Option<String> {
    let fields = |settings: &Settings| serde_json::to_value(settings).unwrap_or_default();
    let (given, none) = (fields(settings), fields(&self::settings(&settings.name)));
    let changed = given
        .as_object()?
        .iter()
        .find(|(field, value)| none.get(field.as_str()) != Some(value) && !own.contains(&field.as_str()));
    let (field, value) = changed?;
    Some(format!("{class} takes no {field} of its own, got {value}; set it on the optimizers inside"))
}
