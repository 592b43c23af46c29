//! What a model is compiled with, as Keras writes it.

use super::Misfit;
use crate::error::Result;
use crate::model::{Choice, Compile, Trainer};
use crate::optimizers::{AnyOptimizer, Optimizer, RateMultipliers, Settings, leading};
use crate::registry::Kind;
use crate::schedules::LearningRate;
use serde_json::{Map, Value, json};

/// What `trainer` is compiled with. Keras keeps the learning rate that is in force.
pub(super) fn to_json(trainer: &Trainer) -> Result<Value> {
    let compile = trainer.compiled_with();
    let optimizer = compile.optimizer.item()?;
    let mut written = optimizer.to_json();
    if let (Some(Settings { learning_rate: LearningRate::Constant(_), .. }), Some(rate)) =
        (leading(&*optimizer), trainer.learning_rate())
    {
        leading_config(&mut written)["learning_rate"] = json!(rate);
    }
    let n = trainer.network.outputs.len();
    let losses: Vec<Value> =
        (0..n).filter_map(|i| Compile::of_output(&compile.losses, i)).map(Choice::to_json).collect();
    Ok(json!({
        "optimizer": written,
        "loss": if n == 1 { losses.into_iter().next().unwrap_or_default() } else { Value::Array(losses) },
        "loss_weights": compile.loss_weights,
        "metrics": lists(&compile.metrics, n),
        "weighted_metrics": lists(&compile.weighted_metrics, n),
        "run_eagerly": false,
        "steps_per_execution": 1,
        "jit_compile": "auto",
    }))
}

/// The config of the optimizer whose learning rate is in force: this one's, or the one's that it wraps.
fn leading_config(written: &mut Value) -> &mut Value {
    match written["config"].get("inner_optimizer") {
        Some(_) => leading_config(&mut written["config"]["inner_optimizer"]),
        None => &mut written["config"],
    }
}

/// Metrics: a list for a model of one output, else a list of such lists.
fn lists<T: Kind + ?Sized>(metrics: &[Vec<Choice<T>>], n: usize) -> Value {
    let list = |i: usize| -> Value {
        let own = Compile::of_output(metrics, i).into_iter().flatten();
        own.map(Choice::to_json).collect()
    };
    match (metrics.iter().all(Vec::is_empty), n) {
        (true, _) => Value::Null,
        (false, 1) => list(0),
        (false, _) => (0..n).map(list).collect(),
    }
}

/// What a model with outputs of these names is compiled with.
pub(super) fn from_json(config: &Map<String, Value>, outputs: &[String]) -> Result<Compile, Misfit> {
    let get = |key: &str| config.get(key).unwrap_or(&Value::Null);
    let optimizer = AnyOptimizer::from_json(get("optimizer").clone())?;
    Ok(Compile {
        optimizer: Choice::<dyn Optimizer>::Item(optimizer),
        losses: losses(get("loss"), outputs)?,
        loss_weights: loss_weights(get("loss_weights"), outputs)?,
        metrics: metrics(get("metrics"), "metrics", outputs)?,
        weighted_metrics: metrics(get("weighted_metrics"), "weighted_metrics", outputs)?,
        rate_multipliers: RateMultipliers::default(),
        step: None,
    })
}

/// The values for the outputs, in order, where there is an object with the outputs' names.
fn by_output<'a>(
    value: &'a Value,
    what: &str,
    outputs: &[String],
) -> Result<Option<Vec<Option<&'a Value>>>, Misfit> {
    let Value::Object(fields) = value else { return Ok(None) };
    if fields.contains_key("class_name") {
        return Ok(None);
    }
    if let Some(stranger) = fields.keys().find(|key| !outputs.contains(key)) {
        let names = outputs.join(", ");
        let message = format!("{what} are given for an output `{stranger}`; the outputs are {names}");
        return Err(Misfit::new(message));
    }
    Ok(Some(outputs.iter().map(|name| fields.get(name).filter(|value| !value.is_null())).collect()))
}

fn losses<T: Kind + ?Sized>(value: &Value, outputs: &[String]) -> Result<Vec<Choice<T>>, Misfit> {
    let given: Vec<Option<&Value>> = match (by_output(value, "losses", outputs)?, value) {
        (Some(losses), _) => losses,
        (None, Value::Array(losses)) => {
            losses.iter().map(|loss| Some(loss).filter(|l| !l.is_null())).collect()
        }
        (None, loss) => vec![Some(loss).filter(|loss| !loss.is_null())],
    };
    let chosen = given.into_iter().enumerate().map(|(i, loss)| match loss {
        Some(loss) => Ok(Choice::from_json(loss.clone())?),
        None => {
            let name = outputs.get(i).map_or("?", String::as_str);
            Err(Misfit::new(format!(
                "the output `{name}` has no loss, without which nothing is trained here"
            )))
        }
    });
    chosen.collect()
}

fn loss_weights(value: &Value, outputs: &[String]) -> Result<Option<Vec<f64>>, Misfit> {
    let weight = |value: Option<&Value>| match value {
        None => Ok(1.0),
        Some(value) => {
            value.as_f64().ok_or_else(|| Misfit::new(format!("the loss weight {value} is no number")))
        }
    };
    match (by_output(value, "loss_weights", outputs)?, value) {
        (_, Value::Null) => Ok(None),
        (Some(weights), _) => Ok(Some(weights.into_iter().map(weight).collect::<Result<_, _>>()?)),
        (None, Value::Array(weights)) => {
            let weights = weights.iter().map(|value| weight(Some(value).filter(|value| !value.is_null())));
            Ok(Some(weights.collect::<Result<_, _>>()?))
        }
        (None, value) => Ok(Some(vec![weight(Some(value))?])),
    }
}

fn metrics<T: Kind + ?Sized>(
    value: &Value,
    what: &str,
    outputs: &[String],
) -> Result<Vec<Vec<Choice<T>>>, Misfit> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let of_outputs: Vec<Vec<&Value>> = match (by_output(value, what, outputs)?, value) {
        (Some(lists), _) => lists.into_iter().map(|list| list.map_or(Vec::new(), flat)).collect(),
        (None, all) if outputs.len() == 1 => vec![flat(all)],
        (None, Value::Array(lists)) if lists.len() == outputs.len() => lists.iter().map(flat).collect(),
        (None, Value::Array(lists)) if lists.is_empty() => Vec::new(),
        _ => {
            let n = outputs.len();
            return Err(Misfit::new(format!("{what} are not one list for each of the {n} outputs")));
        }
    };
    let chosen =
        |list: Vec<&Value>| list.into_iter().map(|metric| Choice::from_json(metric.clone())).collect();
    Ok(of_outputs.into_iter().map(chosen).collect::<Result<_, String>>()?)
}

/// What is in a list, in lists in it, or all there is; nulls stand for nothing.
fn flat(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        value => vec![value],
    }
}
