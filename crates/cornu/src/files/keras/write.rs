//! From a model to the JSON that Keras describes it by.

use crate::arguments::{Argument, Arguments};
use crate::dtype_policy::DTypePolicy;
use crate::layers::{Kept, Layer, nested};
use crate::model::{Call, Model, Network, Node, Reference, Structure};
use crate::operations::Operation;
use crate::registry::{Item, Kind, names};
use cornu_graph::DType;
use serde_json::{Map, Value, json};
use std::any::Any;

/// Whether the network is what Keras can write as a `Sequential`: its one input, then each layer once,
/// each called on the one before.
pub(crate) fn is_chain(network: &Network) -> bool {
    let at = |node: usize| Reference { node, call: 0, output: 0 };
    let linked = network.nodes.iter().enumerate().all(|(i, node)| match (&node.calls[..], i) {
        ([call], 0) => node.as_input().is_some() && call.arguments == Arguments::default(),
        ([call], _) => {
            let single = node.as_model().is_none_or(|model| model.network.outputs.len() == 1);
            single && call.arguments == Arguments::of(at(i - 1))
        }
        _ => false,
    });
    linked && network.nodes.len() > 1 && network.outputs == [at(network.nodes.len() - 1)]
}

/// The model as Keras's `serialize` gives it, with what it was compiled with.
pub(super) fn model_json(model: &Model, compile_config: Value) -> Value {
    let mut json = serialized(model, model_config(model));
    json.insert("compile_config".into(), compile_config);
    Value::Object(json)
}

/// The config of a model.
pub(crate) fn model_config(model: &Model) -> Value {
    config(model, model.name(), true)
}

/// A model's config under another name. Keras freezes what is in a frozen model layer by layer.
fn config(model: &Model, name: &str, trainable: bool) -> Value {
    let mut config = Map::new();
    config.insert("name".into(), name.into());
    config.insert("trainable".into(), trainable.into());
    let sequential = is_sequential(model);
    if sequential {
        config.insert("dtype".into(), DTypePolicy::default().to_json());
    }
    let layers = (0..model.network.nodes.len()).map(|node| layer(model, node, sequential, trainable));
    config.insert("layers".into(), layers.collect());
    if sequential {
        config.insert("build_input_shape".into(), json!(model.input_shapes().concat()));
    } else {
        let Network { inputs, outputs, input_structure, output_structure, .. } = &model.network;
        config.insert("input_layers".into(), ends(model, inputs, input_structure));
        config.insert("output_layers".into(), ends(model, outputs, output_structure));
    }
    Value::Object(config)
}

fn is_sequential(model: &Model) -> bool {
    crate::registry::Item::class_name(model) == "Sequential"
}

/// A model's class and config.
fn serialized(model: &Model, config: Value) -> Map<String, Value> {
    let sequential = is_sequential(model);
    let (module, class, registered, built) = match sequential {
        true => ("keras", "Sequential", Value::Null, json!(model.input_shapes().concat())),
        false => ("keras.src.models.functional", "Functional", json!("Functional"), Value::Null),
    };
    let mut json = Map::new();
    json.insert("module".into(), module.into());
    json.insert("class_name".into(), class.into());
    json.insert("config".into(), config);
    json.insert("registered_name".into(), registered);
    json.insert("build_config".into(), json!({ "input_shape": built }));
    json
}

/// A model that is a layer, or in the config of one.
pub(crate) fn inner_model(model: &Model, name: &str, trainable: bool) -> Map<String, Value> {
    let mut json = serialized(model, config(model, name, trainable));
    json.insert("compile_config".into(), json!({}));
    json
}

/// One layer; in a functional model with its calls.
fn layer(model: &Model, index: usize, in_sequence: bool, trainable: bool) -> Value {
    let node = &model.network.nodes[index];
    let trainable = trainable && node.layer.trainable;
    let mut json = match node.as_model() {
        Some(inner) => inner_model(inner, &node.name, trainable),
        None => match (&*node.layer.layer as &dyn Any).downcast_ref::<Operation>() {
            Some(operation) => computation(operation, &node.name),
            None => simple(model, index, trainable),
        },
    };
    if !in_sequence {
        json.insert("name".into(), node.name.clone().into());
        let calls = node.calls.iter().filter(|call| call.arguments != Arguments::default());
        json.insert(
            "inbound_nodes".into(),
            calls.map(|call| inbound(model, node, &call.arguments)).collect(),
        );
    }
    Value::Object(json)
}

/// An operation: it has no weights and no dtype.
fn computation(operation: &Operation, name: &str) -> Map<String, Value> {
    let mut config = Map::new();
    if operation.definition().is_named {
        config.insert("name".into(), name.into());
    }
    if let Value::Object(settings) = operation.config() {
        config.extend(settings);
    }
    let class = operation.class_name();
    let mut json = Map::new();
    json.insert("module".into(), operation.module().into());
    json.insert("class_name".into(), class.into());
    json.insert("config".into(), Value::Object(config));
    json.insert("registered_name".into(), class.into());
    json
}

/// A layer that is no model.
fn simple(model: &Model, index: usize, trainable: bool) -> Map<String, Value> {
    let node = &model.network.nodes[index];
    let layer = &*node.layer.layer;
    let own = match layer.config() {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let mut config = Map::new();
    if node.as_input().is_some() {
        config.extend(own);
        config.insert("name".into(), node.name.clone().into());
    } else {
        let dtype = node.layer.dtype.unwrap_or_default();
        config.insert("name".into(), node.name.clone().into());
        match layer.kept() {
            Kept::Layer => {
                config.insert("trainable".into(), trainable.into());
                config.insert("dtype".into(), dtype.to_json());
            }
            Kept::Brief => {
                config.insert("dtype".into(), dtype.to_string().into());
            }
        }
        config.extend(own);
        nested::fill_dtypes(&mut config, &dtype.to_json());
    }
    let (module, registered) = match node.as_input() {
        Some(_) => (<dyn Layer>::MODULE.into(), Value::Null),
        None => names(layer),
    };
    let mut json = Map::new();
    json.insert("module".into(), module);
    json.insert("class_name".into(), layer.class_name().into());
    json.insert("config".into(), Value::Object(config));
    json.insert("registered_name".into(), registered);
    // Of a layer of several arguments Keras finds the shapes when it connects the model.
    if let Some(Call { arguments: Arguments { positional, named }, .. }) = node.calls.first()
        && let [argument] = &positional[..]
        && named.iter().all(|(_, argument)| argument.tensors().is_empty())
    {
        let shape = match argument {
            Argument::List(_) => {
                argument.tensors().into_iter().map(|&input| json!(model.shape_of(input))).collect()
            }
            argument => {
                argument.tensors().first().map_or(Value::Null, |&&input| json!(model.shape_of(input)))
            }
        };
        json.insert("build_config".into(), json!({ "input_shape": shape }));
    }
    json
}

/// One call of a layer.
fn inbound(model: &Model, node: &Node, arguments: &Arguments<Reference>) -> Value {
    let positional = arguments.positional.iter().map(|argument| argument_json(model, argument));
    let named = arguments.named.iter();
    let mut kwargs: Map<String, Value> =
        named.map(|(name, argument)| (name.clone(), argument_json(model, argument))).collect();
    if node.as_model().is_some() {
        kwargs.entry("mask").or_insert(Value::Null);
    }
    json!({ "args": positional.collect::<Value>(), "kwargs": kwargs })
}

fn argument_json(model: &Model, argument: &Argument<Reference>) -> Value {
    match argument {
        Argument::Tensor(at) => tensor(model, *at),
        Argument::List(items) => items.iter().map(|item| argument_json(model, item)).collect(),
        Argument::Dict(items) => Value::Object(
            items.iter().map(|(name, item)| (name.clone(), argument_json(model, item))).collect(),
        ),
        Argument::Value(value) => value.clone(),
    }
}

/// What a layer is called on.
fn tensor(model: &Model, at: Reference) -> Value {
    let node = &model.network.nodes[at.node];
    let dtype = node.as_input().map_or(DType::F32, |input| input.dtype);
    json!({
        "class_name": "__keras_tensor__",
        "config": {
            "shape": model.shape_of(at),
            "dtype": dtype.keras_name(),
            "keras_history": [node.name, at.call, at.output],
        },
    })
}

/// The inputs or outputs: a single one is not in a list.
fn ends(model: &Model, references: &[Reference], structure: &Structure) -> Value {
    let end = |at: &Reference| {
        let node = &model.network.nodes[at.node];
        // Keras counts the calls of a functional model from 1 here, and from 0 everywhere else.
        let first = node.as_model().is_some_and(|inner| !is_sequential(inner)) as usize;
        json!([node.name, first + at.call, at.output])
    };
    match (structure, references) {
        (Structure::Dict(names), _) => {
            Value::Object(names.iter().cloned().zip(references.iter().map(end)).collect())
        }
        (Structure::Plain, [one]) => end(one),
        (_, several) => several.iter().map(end).collect(),
    }
}
