//! Layers and their connections, as data.

use super::{Input, Symbol};
use crate::arguments::{Arguments, Masked};
use crate::error::{Error, Result};
use crate::layers::AnyLayer;
use crate::scope::Scope;
use std::any::Any;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;

/// An output of a call of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The layer's number in [`Network::nodes`].
    pub node: usize,
    /// Which of its calls.
    pub call: usize,
    /// Which of the call's outputs.
    pub output: usize,
}

/// One call of a layer.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it is called on; for an input layer, nothing.
    pub arguments: Arguments<Reference>,
    /// The user's line.
    pub location: Option<&'static Location<'static>>,
}

/// A layer in a network, with its name and calls.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name, unique in the network.
    pub name: String,
    /// The layer, and whether it is trained.
    pub layer: AnyLayer,
    /// Its calls; a shared layer has several.
    pub calls: Vec<Call>,
}

impl Node {
    /// The input layer that this is, if it is one.
    pub fn as_input(&self) -> Option<&Input> {
        (&*self.layer.layer as &dyn Any).downcast_ref::<Input>()
    }

    /// The model that this layer is, if it is one.
    pub fn as_model(&self) -> Option<&super::Model> {
        (&*self.layer.layer as &dyn Any).downcast_ref::<super::Model>()
    }
}

/// Layers and their connections.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The layers, in the order in which Keras lists them: the farthest from the outputs first.
    pub nodes: Vec<Node>,
    /// The calls in the order in which they run: number of the layer, number of its call.
    pub order: Vec<(usize, usize)>,
    /// What is fed.
    pub inputs: Vec<Reference>,
    /// What comes out.
    pub outputs: Vec<Reference>,
    /// How many calls after one another are computed again together for the gradient; 0 for none.
    pub segments: usize,
    /// How the inputs are given.
    pub input_structure: Structure,
    /// How the outputs are given.
    pub output_structure: Structure,
}

/// What tells layers apart.
#[derive(PartialEq, Eq, Hash)]
enum Identity {
    At(*const ()),
    Named(&'static str, String),
}

/// How several inputs or outputs are held together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Structure {
    /// In order; a single one stands alone.
    #[default]
    Plain,
    /// In order, as a list even if there is only one.
    List,
    /// By these names, in the order of the references.
    Dict(Vec<String>),
}

impl Network {
    /// The network between symbols.
    ///
    /// # Errors
    /// If an output depends on an input that is not listed, or two layers have one name.
    pub(crate) fn between(inputs: &[Symbol], outputs: &[Symbol]) -> Result<Network> {
        let mut network = Network::default();
        let mut calls: HashMap<*const (), (usize, usize)> = HashMap::new();
        let mut layers: HashMap<Identity, usize> = HashMap::new();
        for symbol in inputs {
            if !symbol.origin.is_input {
                return Err(Error::argument(format!("{symbol} is the output of a layer, not an input"))
                    .at(symbol.origin.location)
                    .help("build a model's inputs with Input::new(shape).symbol()"));
            }
            network.visit(symbol, &mut calls, &mut layers);
        }
        let n_inputs = network.order.len();
        for symbol in outputs {
            network.visit(symbol, &mut calls, &mut layers);
        }
        for &(node, call) in &network.order[n_inputs..] {
            if network.nodes[node].calls[call].arguments.tensors().is_empty() {
                let name = network.nodes[node].layer.name.clone().unwrap_or("an input".into());
                let location = network.nodes[node].calls[call].location;
                let error =
                    Error::argument(format!("an output depends on {name}, which is not among the inputs"))
                        .help("list it in the first argument of Model::new");
                return Err(location.map_or(error.clone(), |location| error.at(location)));
            }
        }
        let reference = |symbol: &Symbol| {
            let (node, call) = calls[&Arc::as_ptr(&symbol.origin).cast()];
            Reference { node, call, output: symbol.output }
        };
        network.inputs = inputs.iter().map(reference).collect();
        network.outputs = outputs.iter().map(reference).collect();
        network.name_nodes()?;
        network.arrange();
        Ok(network)
    }

    /// Adds the calls that `symbol` needs, without recursion: models may be deep.
    fn visit(
        &mut self,
        symbol: &Symbol,
        calls: &mut HashMap<*const (), (usize, usize)>,
        layers: &mut HashMap<Identity, usize>,
    ) {
        let mut stack = vec![(symbol.clone(), false)];
        while let Some((symbol, inputs_done)) = stack.pop() {
            let key: *const () = Arc::as_ptr(&symbol.origin).cast();
            if calls.contains_key(&key) {
                continue;
            }
            if !inputs_done {
                stack.push((symbol.clone(), true));
                let inputs = symbol.origin.arguments.tensors();
                stack.extend(inputs.into_iter().rev().map(|input| (input.clone(), false)));
                continue;
            }
            let arguments = symbol.origin.arguments.map(|input| {
                let (node, call) = calls[&Arc::as_ptr(&input.origin).cast()];
                Reference { node, call, output: input.output }
            });
            let AnyLayer { layer, name, .. } = &symbol.origin.layer;
            // Layers without fields may share an address: they are told apart by name, or else by their call.
            let layer = match (std::mem::size_of_val(&**layer), name) {
                (0, Some(name)) => Identity::Named(layer.class_name(), name.clone()),
                (0, None) => Identity::At(key),
                _ => Identity::At((&**layer as *const dyn crate::layers::Layer).cast()),
            };
            let node = *layers.entry(layer).or_insert_with(|| {
                let layer = symbol.origin.layer.clone();
                self.nodes.push(Node { name: String::new(), layer, calls: Vec::new() });
                self.nodes.len() - 1
            });
            self.nodes[node].calls.push(Call { arguments, location: Some(symbol.origin.location) });
            let call = self.nodes[node].calls.len() - 1;
            self.order.push((node, call));
            calls.insert(key, (node, call));
        }
    }

    /// Names the nodes that have no name: class name in snake case, numbered from the second on.
    pub(crate) fn name_nodes(&mut self) -> Result<()> {
        let mut taken: Vec<String> = self.nodes.iter().filter_map(|node| node.layer.name.clone()).collect();
        let mut sorted = taken.clone();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::argument(format!("two layers are called `{}`", pair[0]))
                .help("give each layer a name of its own, or none"));
        }
        for node in &mut self.nodes {
            node.name = match &node.layer.name {
                Some(name) => name.clone(),
                None => {
                    let stem = match node.as_model() {
                        Some(model) => model.name().to_string(),
                        None => snake_case(node.layer.layer.python_class()),
                    };
                    let numbered = (1..).map(|i| format!("{stem}_{i}"));
                    let free =
                        std::iter::once(stem.clone()).chain(numbered).find(|name| !taken.contains(name));
                    free.unwrap_or(stem)
                }
            };
            taken.push(node.name.clone());
        }
        if let Some(node) = self.nodes.iter().find(|node| node.name.is_empty() || node.name.contains('/')) {
            return Err(Error::argument(format!(
                "a layer cannot be called `{}`: names have no `/`",
                node.name
            )));
        }
        Ok(())
    }

    /// Says whether the layer at `path` is trained, which may be one of a model within.
    #[track_caller]
    pub(crate) fn set_trainable(&mut self, path: &str, trainable: bool) -> Result<()> {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let names = || self.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ");
        let missing = || Error::argument(format!("there is no layer `{name}`; there are {}", names()));
        let at = self.nodes.iter().position(|node| node.name == name).ok_or_else(missing)?;
        let node = &mut self.nodes[at];
        match (rest, node.as_model().cloned()) {
            (None, _) => node.layer.trainable = trainable,
            (Some(rest), Some(mut inner)) => {
                inner.network.set_trainable(rest, trainable)?;
                node.layer.layer = crate::registry::Any::new(Arc::new(inner));
            }
            (Some(_), None) => {
                return Err(Error::argument(format!("{name} is a layer, not a model that has layers")));
            }
        }
        Ok(())
    }

    /// A symbol for the first output of each call, by number of the layer and number of its call: what further
    /// layers can be put on. Their layers are this network's own, under its names.
    pub fn symbols(&self) -> HashMap<(usize, usize), Symbol> {
        let mut symbols: HashMap<(usize, usize), Symbol> = HashMap::new();
        let here = Location::caller();
        for &(index, call) in &self.order {
            let (node, call_of) = (&self.nodes[index], &self.nodes[index].calls[call]);
            let layer = AnyLayer { name: Some(node.name.clone()), ..node.layer.clone() };
            let location = call_of.location.unwrap_or(here);
            let symbol = match node.as_input() {
                Some(_) => Symbol::of_input(layer).located(location),
                None => {
                    let arguments =
                        call_of.arguments.map(|at| symbols[&(at.node, at.call)].output(at.output));
                    crate::model::Connect::on(layer, arguments).located(location)
                }
            };
            symbols.insert((index, call), symbol);
        }
        symbols
    }

    /// Describes the whole network's work; one tensor for each of the network's inputs.
    pub(crate) fn run(&self, scope: &mut Scope, inputs: &[Masked]) -> Vec<Masked> {
        let values = self.run_all(scope, inputs);
        let found =
            |reference: &Reference| values.get(&(reference.node, reference.call))?.get(reference.output);
        let missing = || scope.fail("an output of the model does not exist").into();
        self.outputs.iter().map(|reference| found(reference).cloned().unwrap_or_else(missing)).collect()
    }

    /// The outputs of all calls: by number of the layer and number of its call.
    pub(crate) fn run_all(
        &self,
        scope: &mut Scope,
        inputs: &[Masked],
    ) -> HashMap<(usize, usize), Vec<Masked>> {
        let groups = self.groups();
        scope.list_parts(&groups);
        let segments = if scope.builder().in_segment() { 0 } else { self.segments };
        let mut n_calls = 0;
        let mut values: HashMap<(usize, usize), Vec<Masked>> = HashMap::new();
        for (reference, input) in self.inputs.iter().zip(inputs) {
            values.insert((reference.node, reference.call), vec![input.clone()]);
        }
        for &(index, call) in &self.order {
            if values.contains_key(&(index, call)) {
                continue;
            }
            let node = &self.nodes[index];
            if segments > 0 && n_calls % segments == 0 {
                let segment = scope.builder().new_segment();
                scope.builder().set_segment(Some(segment));
            }
            n_calls += 1;
            let arguments = node.calls[call].arguments.map(|at| {
                let found = values.get(&(at.node, at.call)).and_then(|outputs| outputs.get(at.output));
                found.cloned().unwrap_or_else(|| {
                    let name = &self.nodes[at.node].name;
                    scope.fail(format!("`{name}` has no output {}", at.output)).into()
                })
            });
            let known = scope.builder().error_count();
            let outputs =
                scope.stored(groups[index].clone(), |scope| scope.call(&node.name, &node.layer, arguments));
            // The layer's own file is not where the user's mistake is.
            scope.builder().amend_errors(known, |error| {
                error.location = node.calls[call].location;
                if !error.message.starts_with(&node.name) {
                    error.message = format!("{}: {}", node.name, error.message);
                }
            });
            values.insert((index, call), outputs);
        }
        if segments > 0 {
            scope.builder().set_segment(None);
        }
        values
    }

    /// The groups in which files keep the layers' weights: `layers/dense`, and from the second of a
    /// class on numbered, `layers/dense_1`, whatever the layers' names are.
    pub(crate) fn groups(&self) -> Vec<String> {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let class = |node: &Node| snake_case(node.layer.layer.python_class());
        let group = |node: &Node| {
            let class = class(node);
            let number = numbers.entry(class.clone()).or_insert(0);
            *number += 1;
            match *number {
                1 => format!("layers/{class}"),
                n => format!("layers/{class}_{}", n - 1),
            }
        };
        self.nodes.iter().map(group).collect()
    }
}

/// A class name as Keras names layers: `BatchNormalization` becomes `batch_normalization`.
pub(crate) fn snake_case(class: &str) -> String {
    let letters: Vec<char> = class.chars().collect();
    let mut name = String::new();
    for (i, &letter) in letters.iter().enumerate() {
        let starts_word = letter.is_uppercase()
            && i > 0
            && (letters[i - 1].is_lowercase() || letters.get(i + 1).is_some_and(|next| next.is_lowercase()));
        if starts_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    #[test]
    fn names() {
        for (class, name) in [
            ("Dense", "dense"),
            ("BatchNormalization", "batch_normalization"),
            ("ReLU", "re_lu"),
            ("ELU", "elu"),
            ("RMSprop", "rm_sprop"),
            ("GlobalMaxPooling2D", "global_max_pooling2d"),
            ("Conv1DTranspose", "conv1d_transpose"),
            ("ConvLSTM2D", "conv_lstm2d"),
        ] {
            assert_eq!(super::snake_case(class), name);
        }
    }
}
