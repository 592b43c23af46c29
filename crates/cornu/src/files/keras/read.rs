//! From the JSON that Keras describes a model by to the model. Nothing in it is trusted.

use super::{MODELS, Misfit};
use crate::arguments::{Argument, Arguments};
use crate::dtype_policy::DTypePolicy;
use crate::layers::{AnyLayer, LAYERS, Layer, nested};
use crate::model::{Call, Form, Input, Model, Network, Node, Reference, Structure};
use crate::operations::Operation;
use crate::registry::{Any, Kind, Origin, Reading};
use crate::variables::Variables;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Calls of layers that a model may have, those in models within it counted at each of their calls: a
/// small file in which models hold models could otherwise ask for any number.
const MOST_CALLS: usize = 20_000;

/// The model that `json` describes, with zeros for weights.
pub(super) fn model(json: &Value) -> Result<Model, Misfit> {
    let described = Described::new(json, "the model")?;
    let (seed, room) = Reading::with(|reading| (reading.seed, reading.room));
    match described.class {
        class if MODELS.contains(&class) => Ok(Reader { seed, room }.model(&described)?.0),
        class => Err(Misfit::new(format!("the model is of class {class}, which is not known")).help(
            "models of a class of their own hold Python code; build them in Keras as Sequential or functional \
             models",
        )),
    }
}

/// A layer or model as the file describes it.
struct Described<'a> {
    /// What errors call it.
    place: String,
    class: &'a str,
    module: &'a str,
    name: Option<&'a str>,
    config: &'a Map<String, Value>,
    trainable: bool,
    /// Where the class comes from, if it is a user's own.
    origin: Option<Origin<'a>>,
}

impl<'a> Described<'a> {
    /// Reads what all layers and models have; `fallback` is what errors call one without a name.
    fn new(json: &'a Value, fallback: &str) -> Result<Described<'a>, Misfit> {
        let at = |what: &str| Misfit::new(format!("{fallback} {what}"));
        let fields = json.as_object().ok_or_else(|| at("is no JSON object"))?;
        let class = fields.get("class_name").and_then(Value::as_str);
        let class = class.ok_or_else(|| at("has no class_name"))?;
        let config = fields.get("config").and_then(Value::as_object);
        let config = config.ok_or_else(|| at("has no config"))?;
        let module = fields.get("module").and_then(Value::as_str).unwrap_or_default();
        let name = fields.get("name").or(config.get("name")).and_then(Value::as_str);
        let place = name.map_or(fallback.to_string(), |name| format!("the layer `{name}`"));
        if class == "Lambda" {
            let message = format!("{place} is a Lambda: Python code, which Cornu does not run");
            return Err(Misfit::new(message).help(
                "replace it with a layer that says what it does, such as Rescaling or Activation, and save again",
            ));
        }
        let origin = Origin::of(fields);
        if let Some(origin) = origin.as_ref().filter(|origin| !origin.is_known()) {
            let message = format!("{place} is a {class} from {}, not one of Keras's own", origin.from);
            let help = format!("use layers of Keras itself, or {}", origin.help("layer"));
            return Err(Misfit::new(message).help(help));
        }
        let trainable = match config.get("trainable") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(trainable)) => *trainable,
            Some(other) => {
                return Err(Misfit::new(format!("{place}: trainable is {other}, not true or false")));
            }
        };
        Ok(Described { place, class, module, name, config, trainable, origin })
    }

    fn misfit(&self, what: impl std::fmt::Display) -> Misfit {
        Misfit::new(format!("{} {what}", self.place))
    }

    fn list(&self, key: &str) -> Result<&'a [Value], Misfit> {
        let list = self.config.get(key).and_then(Value::as_array);
        list.map(Vec::as_slice).ok_or_else(|| self.misfit(format!("has no list of {key}")))
    }
}

struct Reader {
    seed: i64,
    room: usize,
}

impl Reader {
    /// The model, and the number of calls in it.
    fn model(&self, described: &Described) -> Result<(Model, usize), Misfit> {
        let (mut network, n_calls, form) = match described.class {
            "Sequential" => {
                let (network, n_calls) = self.sequence(described)?;
                (network, n_calls, Form::Sequential)
            }
            _ => {
                let (network, n_calls) = self.graph(described)?;
                (network, n_calls, Form::Functional)
            }
        };
        if !described.trainable {
            network.nodes.iter_mut().for_each(|node| node.layer.trainable = false);
        }
        network.name_nodes()?;
        network.schedule()?;
        network.arrange();
        let default = if form == Form::Sequential { "sequential" } else { "functional" };
        let name = described.config.get("name").and_then(Value::as_str).unwrap_or(default);
        let variables = Variables::for_file(self.seed, self.room);
        Ok((Model::with_variables(name, form, network, self.seed, variables)?, n_calls))
    }

    /// One layer after the other.
    fn sequence(&self, described: &Described) -> Result<(Network, usize), Misfit> {
        let layers = described.list("layers")?;
        let mut network = Network::default();
        let mut total = 0;
        for (i, json) in layers.iter().enumerate() {
            let layer = Described::new(json, &format!("layer {i}"))?;
            let (built, inner) = self.layer(&layer)?;
            add_calls(&mut total, inner, 1)?;
            if i == 0 && !is_input(&built) {
                let input = self.first_input(described, &layer, &built)?;
                network.nodes.push(Node {
                    name: String::new(),
                    layer: input,
                    calls: vec![call(Arguments::default())],
                });
            } else if i > 0 && is_input(&built) {
                return Err(layer.misfit("is an input, but not the first layer"));
            }
            let arguments = match network.nodes.len() {
                0 => Arguments::default(),
                n => Arguments::of(Reference { node: n - 1, call: 0, output: 0 }),
            };
            network.nodes.push(Node { name: String::new(), layer: built, calls: vec![call(arguments)] });
        }
        if network.nodes.len() < 2 {
            return Err(described.misfit("has no layers"));
        }
        let at = |node: usize| Reference { node, call: 0, output: 0 };
        network.inputs = vec![at(0)];
        network.outputs = vec![at(network.nodes.len() - 1)];
        Ok((network, total))
    }

    /// The input of a sequence whose first layer is none.
    fn first_input(
        &self,
        model: &Described,
        first: &Described,
        built: &AnyLayer,
    ) -> Result<AnyLayer, Misfit> {
        let keys = ["batch_shape", "batch_input_shape"];
        let mut shapes = keys.into_iter().filter_map(|key| first.config.get(key));
        let shape = shapes.next().or(model.config.get("build_input_shape")).filter(|shape| !shape.is_null());
        let inner = (&*built.layer as &dyn std::any::Any).downcast_ref::<Model>();
        let input = match (shape, inner) {
            (Some(shape), _) => {
                input(&model.place, Value::Object(Map::from_iter([("batch_shape".into(), shape.clone())])))?
            }
            (None, Some(inner)) if inner.network.inputs.len() == 1 => {
                inner.network.nodes[inner.network.inputs[0].node].as_input().cloned().unwrap_or_default()
            }
            _ => {
                return Err(model
                    .misfit("does not say what it is fed")
                    .help("begin with an Input layer, or build the model, before saving it"));
            }
        };
        Ok(AnyLayer::from(input))
    }

    /// Any connections.
    fn graph(&self, described: &Described) -> Result<(Network, usize), Misfit> {
        let layers = described.list("layers")?;
        let mut network = Network::default();
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut inbound: Vec<(&[Value], String)> = Vec::new();
        let mut total = 0;
        for (i, json) in layers.iter().enumerate() {
            let layer = Described::new(json, &format!("layer {i}"))?;
            let name = layer.name.ok_or_else(|| layer.misfit("has no name"))?;
            let (built, inner) = self.layer(&layer)?;
            let calls = json.get("inbound_nodes").and_then(Value::as_array);
            let calls = calls.ok_or_else(|| layer.misfit("has no list of inbound_nodes"))?;
            let n_calls = match (is_input(&built), calls.len()) {
                (true, 0) => 1,
                (true, _) => return Err(layer.misfit("is an input, and is called on others")),
                (false, 0) => return Err(layer.misfit("is connected to nothing")),
                (false, n) => n,
            };
            add_calls(&mut total, inner, n_calls)?;
            if by_name.insert(name, i).is_some() {
                return Err(layer.misfit("is there twice: names of layers differ"));
            }
            network.nodes.push(Node {
                name: name.into(),
                layer: built,
                calls: vec![call(Arguments::default()); n_calls],
            });
            inbound.push((calls, layer.place));
        }
        for (i, (calls, place)) in inbound.iter().enumerate() {
            for (k, json) in calls.iter().enumerate() {
                let resolve = |end: End| resolve(&network, &by_name, end, place, 0);
                network.nodes[i].calls[k].arguments = arguments(json, place, &resolve)?;
            }
        }
        let (inputs, structure) = ends(described, "input_layers")?;
        network.input_structure = structure;
        for end in inputs {
            let at = resolve(&network, &by_name, end, &described.place, 0)?;
            if network.nodes[at.node].as_input().is_none() {
                let name = &network.nodes[at.node].name;
                return Err(
                    described.misfit(format!("has `{name}` among its inputs, which is no input layer"))
                );
            }
            if network.inputs.contains(&at) {
                return Err(
                    described.misfit(format!("has the input `{}` twice", network.nodes[at.node].name))
                );
            }
            network.inputs.push(at);
        }
        let lost = |i: &usize| network.inputs.iter().all(|input| input.node != *i);
        let stray = (0..network.nodes.len()).filter(|&i| network.nodes[i].as_input().is_some()).find(lost);
        if let Some(stray) = stray {
            let name = &network.nodes[stray].name;
            return Err(described.misfit(format!("does not list the input `{name}` in its input_layers")));
        }
        let (outputs, structure) = ends(described, "output_layers")?;
        network.output_structure = structure;
        for end in outputs {
            // Keras counts the calls of a functional model from 1 here, and from 0 everywhere else.
            let model = by_name.get(end.0.as_str()).and_then(|&node| network.nodes[node].as_model());
            let first = model.is_some_and(|model| model.form == Form::Functional) as usize;
            let at = resolve(&network, &by_name, end, &described.place, first)?;
            network.outputs.push(at);
        }
        if network.inputs.is_empty() || network.outputs.is_empty() {
            return Err(described.misfit("has no inputs, or no outputs"));
        }
        Ok((network, total))
    }

    /// The layer, and the number of calls in it.
    fn layer(&self, layer: &Described) -> Result<(AnyLayer, usize), Misfit> {
        let name = layer.name.map(str::to_string);
        if Operation::is_module(layer.module) {
            return Ok((AnyLayer { name, ..operation(layer)? }, 1));
        }
        let mut inner = 1;
        let item: Any<dyn Layer> = match layer.class {
            "InputLayer" | "Input" => {
                Any::new(std::sync::Arc::new(input(&layer.place, Value::Object(layer.config.clone()))?))
            }
            class if MODELS.contains(&class) => {
                let (model, n_calls) = self.model(layer)?;
                inner = n_calls;
                Any::new(std::sync::Arc::new(model))
            }
            class => {
                let listed = LAYERS.iter().any(|entry| entry.name == class || entry.aliases.contains(&class));
                if layer.origin.is_none() && !listed {
                    let known: Vec<&str> = <dyn Layer>::registry().iter().map(|entry| entry.name).collect();
                    return Err(layer
                        .misfit(format!("is a {class}, which Cornu does not have"))
                        .help(format!("the layers there are: {}", known.join(", "))));
                }
                check_origins(layer.config, layer)?;
                inner = layer.config.values().map(calls_within).fold(1, usize::saturating_add);
                let mut config = layer.config.clone();
                // What all layers have is not part of their own fields.
                for key in nested::SHARED {
                    config.remove(key);
                }
                let filled = |reading: &Reading| {
                    reading.vocabularies.fill(layer.name.unwrap_or_default(), class, &mut config)
                };
                Reading::with(filled).map_err(|error| layer.misfit(format!("has no vocabulary: {error}")))?;
                let policy = layer.config.get("dtype").unwrap_or(&Value::Null);
                nested::drop_dtypes(&mut config, DTypePolicy::from_json(policy).unwrap_or_default());
                let made = match &layer.origin {
                    Some(origin) => origin.make(Value::Object(config)),
                    None => Any::from_name(class, Value::Object(config)),
                };
                made.map_err(|error| Misfit::new(format!("{}: {error}", layer.place)))?
            }
        };
        let policy = layer.config.get("dtype").unwrap_or(&Value::Null);
        let dtype = match is_input_item(&item) {
            true => None,
            false => Some(DTypePolicy::from_json(policy).map_err(|error| {
                layer.misfit(format!("computes in a dtype that Cornu does not: {error}"))
            })?),
        };
        // The default needs no word.
        let dtype = dtype.filter(|policy| *policy != DTypePolicy::default());
        Ok((AnyLayer { layer: item, name, trainable: layer.trainable, dtype, recompute: false }, inner))
    }
}

/// The number of calls of layers that lie in a config.
fn calls_within(json: &Value) -> usize {
    let sum = |items: &mut dyn Iterator<Item = usize>| items.fold(0, usize::saturating_add);
    match json {
        Value::Array(items) => sum(&mut items.iter().map(calls_within)),
        Value::Object(fields) => {
            // A layer of a model is called as often as it is connected.
            let times =
                fields.get("inbound_nodes").and_then(Value::as_array).map_or(1, |calls| calls.len().max(1));
            let inner = sum(&mut fields.values().map(calls_within));
            inner.saturating_add(nested::is_layer(fields) as usize).saturating_mul(times)
        }
        _ => 0,
    }
}

/// Adds `times` calls of something that makes `inner` calls itself.
fn add_calls(total: &mut usize, inner: usize, times: usize) -> Result<(), Misfit> {
    *total = total.saturating_add(inner.saturating_mul(times));
    match *total > MOST_CALLS {
        true => Err(Misfit::new(format!("the model calls layers more than {MOST_CALLS} times"))),
        false => Ok(()),
    }
}

/// An operation, whose settings are its own but for the name.
fn operation(layer: &Described) -> Result<AnyLayer, Misfit> {
    let settings = layer.config.iter().filter(|(field, _)| *field != "name");
    let config = settings.map(|(field, value)| (field.clone(), value.clone())).collect();
    let operation = Operation::new(layer.module, layer.class, config);
    Ok(AnyLayer::from(operation.map_err(|error| {
        layer.misfit(format!("cannot be read: {error}")).help("`cornu list operations` says which there are")
    })?))
}

fn is_input(layer: &AnyLayer) -> bool {
    is_input_item(&layer.layer)
}

fn is_input_item(layer: &Any<dyn Layer>) -> bool {
    (&**layer as &dyn std::any::Any).is::<Input>()
}

fn call(arguments: Arguments<Reference>) -> Call {
    Call { arguments, location: None }
}

/// An input layer.
fn input(place: &str, mut config: Value) -> Result<Input, Misfit> {
    let misfit = |what: String| Misfit::new(format!("{place}: {what}"));
    let fields = config.as_object_mut().ok_or_else(|| misfit("has no config".into()))?;
    if let Some(shape) = fields.remove("batch_input_shape") {
        fields.insert("batch_shape".into(), shape);
    }
    if fields.get("optional").is_some_and(|optional| *optional == Value::Bool(true)) {
        return Err(misfit("an optional input is not available".into()));
    }
    if fields.get("dtype").is_some_and(Value::is_null) {
        fields.remove("dtype");
    }
    if !fields.get("batch_shape").is_some_and(Value::is_array) {
        return Err(misfit("an input has no batch_shape".into()));
    }
    let input: Input = serde_json::from_value(config).map_err(|error| misfit(error.to_string()))?;
    if input.sparse || input.ragged {
        return Err(misfit("sparse and ragged inputs are not available".into()));
    }
    let mut extents = input.batch_shape.iter().map(|extent| extent.unwrap_or(1));
    let size = extents.try_fold(1usize, |size, extent| size.checked_mul(extent)).unwrap_or(0);
    if input.batch_shape.is_empty() || size == 0 || size > isize::MAX as usize / 64 {
        let shape = crate::shapes::open_shape(&input.batch_shape);
        return Err(misfit(format!("an input of shape {shape} cannot be fed")));
    }
    Ok(input)
}

/// Refuses initializers and the like that are not Keras's own, though they may be called the same.
fn check_origins(fields: &Map<String, Value>, layer: &Described) -> Result<(), Misfit> {
    let class = fields.get("class_name").and_then(Value::as_str);
    if let (Some(class), Some(origin)) = (class, Origin::of(fields).filter(|origin| !origin.is_known())) {
        return Err(layer
            .misfit(format!("uses {class} from {}, not one of Keras's own", origin.from))
            .help("use what Keras itself has, or give a class of your own with load_with"));
    }
    let mut values: Vec<&Value> = fields.values().collect();
    while let Some(value) = values.pop() {
        match value {
            Value::Object(fields) => check_origins(fields, layer)?,
            Value::Array(items) => values.extend(items),
            _ => {}
        }
    }
    Ok(())
}

/// An output of a call as files name it: the layer, its call, the output.
type End = (String, usize, usize);

fn end(json: &Value) -> Option<End> {
    let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
    match json.as_array()?.as_slice() {
        [name, call, output] => Some((name.as_str()?.into(), number(call)?, number(output)?)),
        // Older files add what else a layer was called with.
        [name, call, output, Value::Object(kwargs)] if kwargs.values().all(Value::is_null) => {
            Some((name.as_str()?.into(), number(call)?, number(output)?))
        }
        _ => None,
    }
}

/// The inputs or outputs of a model: one, a list of several, or several by name.
fn ends(model: &Described, key: &str) -> Result<(Vec<End>, Structure), Misfit> {
    let json = model.config.get(key).unwrap_or(&Value::Null);
    if let Some(one) = end(json) {
        return Ok((vec![one], Structure::Plain));
    }
    let unclear = || model.misfit(format!("has {key} that say nothing: {json}"));
    let one = |json: &Value| end(json).ok_or_else(unclear);
    match json {
        Value::Array(items) => Ok((items.iter().map(one).collect::<Result<_, _>>()?, Structure::List)),
        Value::Object(items) => {
            // Keras goes through a dictionary by its keys' order.
            let mut items: Vec<(&String, &Value)> = items.iter().collect();
            items.sort_by_key(|(key, _)| *key);
            let ends = items.iter().map(|(_, json)| one(json)).collect::<Result<_, _>>()?;
            Ok((ends, Structure::Dict(items.into_iter().map(|(key, _)| key.clone()).collect())))
        }
        _ => Err(unclear()),
    }
}

/// What a layer is called on.
fn arguments(
    json: &Value,
    place: &str,
    resolve: &dyn Fn(End) -> Result<Reference, Misfit>,
) -> Result<Arguments<Reference>, Misfit> {
    let unclear = |json: &Value| {
        Misfit::new(format!("{place} is called on something that is no layer's output: {json}"))
    };
    // Older files list the outputs alone.
    if let Some(tensors) = json.as_array() {
        let ends = tensors.iter().map(|json| resolve(end(json).ok_or_else(|| unclear(json))?));
        let references = ends.collect::<Result<Vec<_>, _>>()?;
        return Ok(match &references[..] {
            [one] => Arguments::of(*one),
            _ => Arguments::list(references),
        });
    }
    let args = json.get("args").and_then(Value::as_array).ok_or_else(|| unclear(json))?;
    let none = Map::new();
    let kwargs = json.get("kwargs").and_then(Value::as_object).unwrap_or(&none);
    let positional = args.iter().map(|json| argument(json, place, resolve)).collect::<Result<Vec<_>, _>>()?;
    let named = kwargs.iter().filter(|(_, value)| !value.is_null());
    let named = named.map(|(name, json)| Ok((name.clone(), argument(json, place, resolve)?)));
    let arguments = Arguments { positional, named: named.collect::<Result<Vec<_>, Misfit>>()? };
    match arguments.tensors().is_empty() {
        true => Err(unclear(json)),
        false => Ok(arguments),
    }
}

/// One argument of a call.
fn argument(
    json: &Value,
    place: &str,
    resolve: &dyn Fn(End) -> Result<Reference, Misfit>,
) -> Result<Argument<Reference>, Misfit> {
    let below = |json: &Value| argument(json, place, resolve);
    match json {
        Value::Array(items) => Ok(Argument::List(items.iter().map(below).collect::<Result<_, _>>()?)),
        Value::Object(fields) => match fields.get("class_name").and_then(Value::as_str) {
            Some("__keras_tensor__") => {
                let history = json.pointer("/config/keras_history").and_then(end);
                let history = history.ok_or_else(|| {
                    Misfit::new(format!("{place} is called on something that is no layer's output: {json}"))
                })?;
                Ok(Argument::Tensor(resolve(history)?))
            }
            // A number that is an array, a dtype, a slice: whoever takes it reads it.
            Some(_) => Ok(Argument::Value(json.clone())),
            None => {
                let items = fields.iter().map(|(name, json)| Ok((name.clone(), below(json)?)));
                Ok(Argument::Dict(items.collect::<Result<_, Misfit>>()?))
            }
        },
        _ => Ok(Argument::Value(json.clone())),
    }
}

/// The output that a file names, in a network in which calls of that layer are counted from `first`.
fn resolve(
    network: &Network,
    by_name: &HashMap<&str, usize>,
    (name, call, output): End,
    place: &str,
    first: usize,
) -> Result<Reference, Misfit> {
    let Some(&node) = by_name.get(name.as_str()) else {
        return Err(Misfit::new(format!("{place} needs the layer `{name}`, which is not there")));
    };
    let n_calls = network.nodes[node].calls.len();
    match call.checked_sub(first).filter(|&call| call < n_calls) {
        Some(call) => Ok(Reference { node, call, output }),
        None => Err(Misfit::new(format!(
            "{place} needs call {call} of the layer `{name}`, which has {n_calls} calls"
        ))),
    }
}
