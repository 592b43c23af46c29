//! The model: a network with its weights.

use super::plans::Plans;
use super::{Compile, Network, Structure, Symbols, Trainer};
use crate::arguments::{Argument, Masked};
use crate::dtype_policy::DTypePolicy;
use crate::error::{Error, Result};
use crate::layers::{AnyLayer, Layer};
use crate::registry::Item;
use crate::scope::{Mode, Scope};
use crate::variables::{Role, Variable, Variables};
use cornu_graph::{Array, DType, Tensor, Type};
use serde_json::Value;

/// The extent that stands for an open one, other than the batch, where one is needed: large enough
/// for networks that make images smaller many times.
const OPEN: usize = 192;

/// How a model was built, and is written to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One layer after the other.
    Sequential,
    /// Any connections without circles.
    Functional,
}

/// A network with its weights: several inputs and outputs, shared layers, models within models.
///
/// It predicts as it is ([`Model::predict`]); [`Model::compile`] makes of it a
/// [`Trainer`], which can also be trained and evaluated. A model is a layer too. Agrees with
/// Keras's functional `Model`.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) network: Network,
    pub(crate) variables: Variables,
    pub(crate) seed: i64,
    pub(crate) threads: usize,
    /// For each node and call, the types of its outputs.
    pub(crate) types: Vec<Vec<Vec<OpenType>>>,
    /// For each node, the numbers of its weights, in Keras's order.
    pub(crate) weights_of: Vec<Vec<usize>>,
    /// Numbers of weights that are held in place by a frozen layer.
    pub(crate) held: Vec<usize>,
    /// The names of what layers report with the metrics.
    pub(crate) reported: Vec<String>,
    pub(crate) plans: Plans,
    /// Whether the weights are elsewhere.
    hollow: bool,
}

impl Model {
    /// The model between inputs and outputs, with fresh weights from seed 0.
    ///
    /// # Errors
    /// If shapes do not fit, with the line on which the layer was connected; if an output depends on
    /// an input that is not listed.
    #[track_caller]
    pub fn new(inputs: impl Symbols, outputs: impl Symbols) -> Result<Model> {
        let structures = (inputs.structure(), outputs.structure());
        let mut network = Network::between(&inputs.symbols(), &outputs.symbols())?;
        (network.input_structure, network.output_structure) = structures;
        Model::from_network("functional", Form::Functional, network, 0)
    }

    /// The model that is one layer, called on inputs of these types, whose outputs are all that it gives; its
    /// weights start as drawn from `seed`.
    ///
    /// ```
    /// use cornu::{DType, Model, arguments::Arguments, layers::Dense, model::OpenType};
    /// let x = OpenType { shape: vec![None, Some(4)], dtype: DType::F32 };
    /// let model = Model::of_layer(Dense::new(3), &Arguments::of(x), 0).unwrap();
    /// assert_eq!(model.output_shapes(), [[None, Some(3)]]);
    /// ```
    ///
    /// # Errors
    /// If the layer does not take such inputs.
    #[track_caller]
    pub fn of_layer(
        layer: impl Into<crate::layers::AnyLayer>,
        arguments: &crate::arguments::Arguments<OpenType>,
        seed: i64,
    ) -> Result<Model> {
        let mut inputs = Vec::new();
        let arguments = arguments.map(|ty| {
            let mut input = super::Input::default().dtype(ty.dtype);
            input.batch_shape = ty.shape.clone();
            inputs.push(input.symbol());
            inputs[inputs.len() - 1].clone()
        });
        let output = super::Connect::on(layer, arguments);
        let network = Network::between(&inputs, &[output])?;
        let mut model = Model::from_network("layer", Form::Functional, network, seed)?;
        let at = model.network.outputs[0];
        let outputs = 0..model.types_of(at.node, at.call).len();
        model.network.outputs = outputs.map(|output| super::Reference { output, ..at }).collect();
        Ok(model)
    }

    pub(crate) fn from_network(name: &str, form: Form, network: Network, seed: i64) -> Result<Model> {
        Model::with_variables(name, form, network, seed, Variables::new(seed))
    }

    /// The model whose weights are declared in `variables`, which are none yet.
    pub(crate) fn with_variables(
        name: &str,
        form: Form,
        network: Network,
        seed: i64,
        variables: Variables,
    ) -> Result<Model> {
        if network.outputs.is_empty() || network.inputs.is_empty() {
            return Err(Error::argument("a model has at least one input and one output"));
        }
        let mut model = Model {
            name: name.into(),
            form,
            network,
            variables,
            seed,
            threads: 1,
            types: Vec::new(),
            weights_of: Vec::new(),
            held: Vec::new(),
            reported: Vec::new(),
            plans: Plans::default(),
            hollow: false,
        };
        model.discover()?;
        Ok(model)
    }

    /// Runs the network symbolically: finds weights and shapes, or what does not fit.
    fn discover(&mut self) -> Result<()> {
        // Two sizes of batch, and of whatever else is open, tell which extents depend on it.
        let (first, _) = self.trace(3, OPEN)?;
        let (second, listed) = self.trace(5, OPEN + 64)?;
        let types = first.into_iter().zip(second).map(|(calls, others)| {
            let calls = calls.into_iter().zip(others);
            calls.map(|(a, b)| a.iter().zip(&b).map(|(a, b)| OpenType::of(a, b)).collect()).collect()
        });
        self.types = types.collect();
        self.weights_of = (self.network.nodes.iter())
            .map(|node| {
                let prefix = format!("{}/", node.name);
                let variables = self.variables.list().iter().enumerate();
                let mut own: Vec<usize> = variables
                    .filter(|(_, v)| is_weight(v.role) && v.path.starts_with(&prefix))
                    .map(|(index, _)| index)
                    .collect();
                match node.as_model() {
                    // Keras lists a layer's own weights first and those of its parts after them, in
                    // each the trainable ones first.
                    None => {
                        let variables = self.variables.list();
                        let storages: Vec<String> =
                            own.iter().map(|&index| variables[index].storage.clone()).collect();
                        own.sort_by_key(|&index| {
                            let Variable { storage, role, .. } = &variables[index];
                            (part(storage, &storages, &listed), *role != Role::Trainable)
                        });
                    }
                    Some(inner) => {
                        let paths = inner.weights().map(|(path, _)| format!("{prefix}{path}"));
                        own = paths.filter_map(|path| self.variables.index(&path)).collect();
                    }
                }
                own
            })
            .collect();
        // A model within the model brings its own weights along.
        for node in &self.network.nodes {
            let Some(inner) = node.as_model().filter(|inner| !inner.hollow) else { continue };
            for (variable, value) in inner.variables.list().iter().zip(inner.variables.values()) {
                if let Some(index) = self.variables.index(&format!("{}/{}", node.name, variable.path)) {
                    self.variables.set(index, value)?;
                }
            }
        }
        Ok(())
    }

    /// The types that each call of each layer gives, and in which order models list the groups of theirs.
    #[allow(clippy::type_complexity)]
    fn trace(&mut self, batch: usize, open: usize) -> Result<(Vec<Vec<Vec<Type>>>, Vec<String>)> {
        let types = self.open_input_types(batch, open);
        let network = self.network.clone();
        let mut scope = Scope::new(Mode::Train, &mut self.variables);
        let builder = scope.builder().clone();
        let inputs: Vec<Masked> = types.iter().map(|ty| builder.input_of("x", ty.clone()).into()).collect();
        let values = network.run_all(&mut scope, &inputs);
        for at in &network.outputs {
            if values.get(&(at.node, at.call)).is_none_or(|outputs| outputs.len() <= at.output) {
                scope.fail(format!("`{}` has no output {}", network.nodes[at.node].name, at.output));
            }
        }
        self.held = scope.held().to_vec();
        self.reported = scope.reported().iter().map(|(name, _)| name.clone()).collect();
        self.reported.dedup();
        if scope.builder().error_count() > 0 {
            return Err(Error::Graph(cornu_graph::Errors(scope.builder().errors())));
        }
        let types = |node: usize, call: usize| {
            let outputs = values.get(&(node, call)).into_iter().flatten();
            outputs.map(|output| output.tensor.ty()).collect()
        };
        let types = (network.nodes.iter().enumerate())
            .map(|(index, node)| (0..node.calls.len()).map(|call| types(index, call)).collect())
            .collect();
        let listed = scope.listed().to_vec();
        Ok((types, listed))
    }

    /// The types of the outputs for a batch of `batch` rows of the inputs of [`Model::input_types`].
    pub(crate) fn output_types(&mut self, batch: usize) -> Vec<Type> {
        let outputs = self.network.outputs.clone();
        match self.trace(batch, OPEN) {
            Ok((types, _)) => outputs.iter().map(|at| types[at.node][at.call][at.output].clone()).collect(),
            // A model that was made could be traced.
            Err(_) => Vec::new(),
        }
    }

    /// The types of the inputs for a batch of `batch` rows, as the layers see them.
    pub(crate) fn input_types(&self, batch: usize) -> Vec<Type> {
        self.open_input_types(batch, OPEN)
    }

    /// The same with that extent of all other axes that are open.
    fn open_input_types(&self, batch: usize, open: usize) -> Vec<Type> {
        self.network
            .inputs
            .iter()
            .map(|reference| match self.network.nodes[reference.node].as_input() {
                Some(input) => Type::new(input.shape(batch, open), input.dtype),
                None => Type::new([batch], DType::F32),
            })
            .collect()
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same with another name.
    pub fn named(mut self, name: impl Into<String>) -> Model {
        self.name = name.into();
        self
    }

    /// The same with weights drawn anew from `seed`, from which its dropout and shuffling are drawn
    /// as well. The same seed gives the same model, on any machine.
    pub fn with_seed(mut self, seed: i64) -> Model {
        let values: Vec<Array> = self.variables.values().to_vec();
        self.seed = seed;
        self.variables.reseed(seed);
        // What came with a model inside stays.
        for node in self.network.nodes.iter().filter(|node| node.as_model().is_some()) {
            let prefix = format!("{}/", node.name);
            for (index, value) in values.iter().enumerate() {
                if self.variables.list()[index].path.starts_with(&prefix) {
                    self.variables.values_mut()[index] = value.clone();
                }
            }
        }
        self
    }

    /// The same for up to `threads` threads (0: as many as the machine has); 1 by default. Results do
    /// not depend on it.
    pub fn with_threads(mut self, threads: usize) -> Model {
        self.set_threads(threads);
        self
    }

    /// The seed of all that is random.
    pub fn seed(&self) -> i64 {
        self.seed
    }

    /// The layers and their connections.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The variables, of which the weights are some.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// The variables, to give them other values.
    pub fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    /// Draws what is random from now on, dropout and the order of rows, from another seed. Weights stay as they
    /// are.
    pub fn set_seed(&mut self, seed: i64) {
        self.seed = seed;
        self.variables.set_seed(seed);
    }

    /// The same without the numbers of its weights, to be put into another model as a layer: there they are drawn
    /// anew, until they are set. By itself it can no longer be run.
    ///
    /// ```
    /// use cornu::{Input, Model, Sequential, layers::Dense, Connect};
    /// let inner = Sequential::new().add(Input::new([4])).add(Dense::new(3)).build().unwrap();
    /// let x = Input::new([4]).symbol();
    /// let outer = Model::new(&x, &inner.without_weights().on(&x)).unwrap();
    /// assert_eq!(outer.count_params(), 15);
    /// ```
    pub fn without_weights(mut self) -> Model {
        self.variables.empty();
        self.hollow = true;
        self.plans.clear();
        self
    }

    /// Lets the model run on up to `threads` threads; see [`Model::with_threads`].
    pub fn set_threads(&mut self, threads: usize) {
        self.threads = threads;
        self.plans.clear();
    }

    /// The numbers of the weights among the variables, layer by layer.
    pub fn weight_indices(&self) -> Vec<usize> {
        self.weights_of.iter().flatten().copied().collect()
    }

    /// The paths and values of all weights, layer by layer: `("dense/kernel", ..)`.
    pub fn weights(&self) -> impl Iterator<Item = (&str, &Array)> {
        let indices = self.weights_of.iter().flatten();
        indices.map(|&index| (self.variables.list()[index].path.as_str(), &self.variables.values()[index]))
    }

    /// The values of all weights, in Keras's order.
    pub fn get_weights(&self) -> Vec<Array> {
        self.weights().map(|(_, value)| value.clone()).collect()
    }

    /// Sets the values of all weights, in Keras's order.
    ///
    /// # Errors
    /// If their number or a shape differs; nothing has changed then.
    #[track_caller]
    pub fn set_weights(&mut self, values: &[Array]) -> Result<()> {
        let indices = self.weight_indices();
        if indices.len() != values.len() {
            let message = format!("the model has {} weights, got {}", indices.len(), values.len());
            return Err(Error::argument(message).help("pass what get_weights of such a model gives"));
        }
        for (&index, value) in indices.iter().zip(values) {
            let variable = &self.variables.list()[index];
            if *value.shape() != variable.ty.shape {
                let (path, shape) = (&variable.path, &variable.ty.shape);
                return Err(Error::argument(format!("{path} has shape {shape}, got {}", value.shape()))
                    .help("pass what get_weights of such a model gives"));
            }
        }
        for (&index, value) in indices.iter().zip(values) {
            self.variables.set(index, value)?;
        }
        Ok(())
    }

    /// Number of weights' elements.
    pub fn count_params(&self) -> usize {
        self.weight_indices().into_iter().map(|index| self.variables.values()[index].size()).sum()
    }

    /// The outputs' shapes; `None` where the batch decides.
    pub fn output_shapes(&self) -> Vec<Vec<Option<usize>>> {
        self.network.outputs.iter().map(|reference| self.shape_of(*reference)).collect()
    }

    /// The types that a call of a layer gives, by number of the layer and number of its call.
    pub fn types_of(&self, node: usize, call: usize) -> &[OpenType] {
        self.types.get(node).and_then(|calls| calls.get(call)).map_or(&[], |types| types.as_slice())
    }

    /// The same model, said to be one layer after the other, or not.
    pub fn in_form(mut self, form: Form) -> Model {
        self.form = form;
        self
    }

    /// Says of layers whether they are trained, by name; `encoder/dense` is one of a model within the model.
    /// Agrees with setting Keras's `layer.trainable`.
    ///
    /// ```
    /// use cornu::{Input, Sequential, layers::Dense};
    /// let mut model = Sequential::new().add(Input::new([4])).add(Dense::new(3)).build().unwrap();
    /// model.set_trainable([("dense", false)]).unwrap();
    /// assert_eq!(model.summary().trainable, 0);
    /// ```
    ///
    /// # Errors
    /// If there is no such layer; nothing has changed then.
    #[track_caller]
    pub fn set_trainable<'a>(&mut self, layers: impl IntoIterator<Item = (&'a str, bool)>) -> Result<()> {
        let mut network = self.network.clone();
        for (path, trainable) in layers {
            network.set_trainable(path, trainable)?;
        }
        let before = std::mem::replace(&mut self.network, network);
        self.plans.clear();
        self.discover().inspect_err(|_| self.network = before)
    }

    /// The shape of a call's output; `None` where the batch decides.
    pub(crate) fn shape_of(&self, at: super::Reference) -> Vec<Option<usize>> {
        self.types[at.node][at.call].get(at.output).map(|ty| ty.shape.clone()).unwrap_or_default()
    }

    /// The inputs' shapes; `None` where the batch decides.
    pub fn input_shapes(&self) -> Vec<Vec<Option<usize>>> {
        let shape = |r: &super::Reference| {
            self.network.nodes[r.node].as_input().map(|input| input.batch_shape.clone()).unwrap_or_default()
        };
        self.network.inputs.iter().map(shape).collect()
    }

    /// What the inputs are called in a dictionary of data: their own keys where the model was made of
    /// named inputs, else the names of the input layers.
    pub fn input_keys(&self) -> Vec<String> {
        match &self.network.input_structure {
            Structure::Dict(keys) => keys.clone(),
            _ => self.input_names(),
        }
    }

    /// What the outputs are called in a dictionary of data: their own keys where the model was made of
    /// named outputs, else [`Model::output_names`].
    pub fn output_keys(&self) -> Vec<String> {
        match &self.network.output_structure {
            Structure::Dict(keys) => keys.clone(),
            _ => self.output_names(),
        }
    }

    /// The same model whose layers compute in these dtypes, but for those that have their own; its
    /// weights are drawn anew.
    ///
    /// # Errors
    /// If a layer cannot compute in it.
    pub fn with_dtype(mut self, policy: impl Into<DTypePolicy>) -> Result<Model> {
        let policy = policy.into();
        for node in &mut self.network.nodes {
            if node.as_input().is_none() {
                node.layer.dtype.get_or_insert(policy);
            }
        }
        let threads = self.threads;
        let model = Model::from_network(&self.name, self.form, self.network, self.seed)?;
        Ok(model.with_threads(threads))
    }

    /// The layer of that name, if there is one.
    pub fn get_layer(&self, name: &str) -> Option<&AnyLayer> {
        self.network.nodes.iter().find(|node| node.name == name).map(|node| &node.layer)
    }

    /// The outputs' names: those of the layers that give them.
    pub fn output_names(&self) -> Vec<String> {
        self.network.outputs.iter().map(|r| self.network.nodes[r.node].name.clone()).collect()
    }

    /// The inputs' names.
    pub fn input_names(&self) -> Vec<String> {
        self.network.inputs.iter().map(|r| self.network.nodes[r.node].name.clone()).collect()
    }

    /// Makes the model one that can be trained and evaluated.
    ///
    /// # Errors
    /// If losses or metrics do not fit the outputs.
    #[track_caller]
    pub fn compile(self, compile: Compile) -> Result<Trainer> {
        Trainer::new(self, compile)
    }
}

/// The type of a tensor of a network: its extents, of which `None` is one that the data decides, and its dtype.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenType {
    /// The extents, the batch first.
    pub shape: Vec<Option<usize>>,
    /// The kind of number.
    pub dtype: DType,
}

impl OpenType {
    /// What two types of the same tensor, for data of different sizes, have in common.
    fn of(a: &Type, b: &Type) -> OpenType {
        let shape = a.shape.iter().zip(b.shape.iter()).map(|(a, b)| (a == b).then_some(*a)).collect();
        OpenType { shape, dtype: a.dtype }
    }
}

/// The place of the group `storage` among the parts of a layer: that in which they come in `storages`, but for
/// the layers of a model among them, which come as the model lists them.
fn part(storage: &str, storages: &[String], listed: &[String]) -> Vec<Option<usize>> {
    let ends = storage.match_indices('/').map(|(end, _)| end).chain([storage.len()]);
    let above = ends.map(|end| &storage[..end]).skip(2);
    let in_model = above.filter(|group| listed.iter().any(|known| known == group)).collect::<Vec<_>>();
    let Some(outermost) = in_model.first() else {
        return vec![storages.iter().position(|known| known == storage)];
    };
    // The model comes where the first of its layers comes.
    let model = outermost.rsplitn(3, '/').nth(2).unwrap_or_default();
    let first = storages.iter().position(|known| known.starts_with(model) && known.len() > model.len());
    let places = in_model.iter().map(|group| listed.iter().position(|known| known == group));
    std::iter::once(first).chain(places).collect()
}

/// Whether a variable of that role is one of the model's weights.
pub(crate) fn is_weight(role: Role) -> bool {
    matches!(role, Role::Trainable | Role::NonTrainable)
}

impl Item for Model {
    fn class_name(&self) -> &'static str {
        match self.form {
            // A layer that is there twice, or one that takes a list, makes it more than a sequence.
            Form::Sequential if crate::files::keras::is_chain(&self.network) => "Sequential",
            _ => "Functional",
        }
    }

    fn config(&self) -> Value {
        crate::files::keras::model_config(self)
    }
}

impl Layer for Model {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        if inputs.len() != self.network.inputs.len() {
            let (takes, got) = (self.network.inputs.len(), inputs.len());
            return vec![scope.fail(format!("{} takes {takes} inputs, got {got}", self.name))];
        }
        let arguments = scope.arguments();
        let inputs: Vec<Masked> = match arguments.positional.first() {
            // Named inputs come in any order.
            Some(Argument::Dict(items)) => {
                let of_name = |name: &String| items.iter().find(|(key, _)| key == name);
                let keys = self.input_keys();
                let found = keys.iter().map(|name| of_name(name)?.1.tensors().first().copied().cloned());
                match found.collect::<Option<Vec<Masked>>>() {
                    Some(found) => found,
                    None => {
                        let message = format!("{} takes inputs named {}", self.name, keys.join(", "));
                        return vec![scope.fail(message)];
                    }
                }
            }
            _ => (inputs.iter().enumerate())
                .map(|(i, tensor)| Masked::new(tensor.clone(), scope.mask(i)))
                .collect(),
        };
        let shapes = self.input_shapes();
        for ((input, shape), name) in inputs.iter().zip(&shapes).zip(self.input_names()) {
            let given = input.tensor.shape();
            let fits = given.rank() == shape.len()
                && given.iter().zip(shape).skip(1).all(|(given, own)| own.is_none_or(|own| own == *given));
            if input.tensor.is_valid() && !fits {
                let (expected, got) = (crate::shapes::open_shape(shape), crate::shapes::keras_shape(&given));
                let message = format!("{} expects {name} of shape {expected}, got {got}", self.name);
                return vec![scope.fail(message)];
            }
        }
        let outputs = self.network.run(scope, &inputs);
        for (i, output) in outputs.iter().enumerate() {
            scope.set_mask(i, output.mask.clone());
        }
        outputs.into_iter().map(|output| output.tensor).collect()
    }

    fn casts_inputs(&self) -> bool {
        false
    }
}
