//! What layers, metrics and optimizers describe their work in.

use crate::arguments::{Argument, Arguments, Masked};
use crate::constraints::AnyConstraint;
use crate::dtype_policy::DTypePolicy;
use crate::initializers::{AnyInitializer, Constant};
use crate::layers::AnyLayer;
use crate::regularizers::AnyRegularizer;
use crate::variables::{Role, Variable, Variables};
use cornu_graph::{Builder, DType, Shape, Tensor, Type};
use std::f64::consts::TAU;
use std::sync::Arc;

/// What a graph is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A training step: dropout drops, moving averages move, weights are updated.
    Train,
    /// Losses and metrics of data that is not trained on.
    Evaluate,
    /// Outputs alone.
    Predict,
}

/// A weight as a layer asks for it; see [`Scope::weight`].
#[derive(Clone, Debug)]
pub struct Weight {
    name: String,
    shape: Shape,
    /// The layer's own, unless it says otherwise.
    dtype: Option<DType>,
    /// Whether the layer sees it in the dtype it computes in.
    cast: bool,
    initializer: AnyInitializer,
    regularizer: Option<AnyRegularizer>,
    constraint: Option<AnyConstraint>,
    trainable: bool,
    /// How many connections lead into and out of a unit, where the shape does not tell.
    fans: Option<[usize; 2]>,
}

impl Weight {
    /// A trainable weight in the dtype that the layer's weights have.
    pub fn new(name: &str, shape: impl Into<Shape>, initializer: &AnyInitializer) -> Weight {
        Weight {
            name: name.into(),
            shape: shape.into(),
            dtype: None,
            cast: true,
            initializer: initializer.clone(),
            regularizer: None,
            constraint: None,
            trainable: true,
            fans: None,
        }
    }

    /// The same with so many connections into and out of a unit, for initializers that count them.
    pub(crate) fn fans(mut self, fans: [usize; 2]) -> Weight {
        self.fans = Some(fans);
        self
    }

    /// The same with a penalty that is added to the loss.
    pub fn regularizer(mut self, regularizer: &Option<AnyRegularizer>) -> Weight {
        self.regularizer = regularizer.clone();
        self
    }

    /// The same, brought back to a constraint after each update.
    pub fn constraint(mut self, constraint: &Option<AnyConstraint>) -> Weight {
        self.constraint = constraint.clone();
        self
    }

    /// The same, without a gradient: it changes by [`Scope::update`] alone.
    pub fn not_trainable(mut self) -> Weight {
        self.trainable = false;
        self
    }

    /// The same with another dtype, in which the layer also sees it.
    pub fn dtype(mut self, dtype: DType) -> Weight {
        self.dtype = Some(dtype);
        self.cast = false;
        self
    }

    /// The same, seen by the layer in the dtype in which it is kept.
    pub fn uncast(mut self) -> Weight {
        self.cast = false;
        self
    }
}

/// What a layer, metric or optimizer describes its work in: the graph under construction, the
/// variables it declares, and what it adds to the step besides its result.
pub struct Scope<'a> {
    builder: Builder,
    mode: Mode,
    variables: &'a mut Variables,
    parameters: Vec<Tensor>,
    path: Vec<String>,
    /// The groups of a file that the weights at hand are kept in.
    storage: Vec<String>,
    calls: Vec<CallFrame>,
    frozen: usize,
    used: Vec<usize>,
    held: Vec<usize>,
    /// The groups of models' layers in files, in the order of the models' lists.
    listed: Vec<String>,
    losses: Vec<Tensor>,
    reported: Vec<(String, Tensor)>,
    updates: Vec<(usize, Tensor)>,
    /// Variables as layers see them that compute in another dtype: the number and the cast.
    casts: Vec<(usize, Tensor)>,
    kernel_owner: Option<KernelOwner>,
    /// Whether variables are seen with their updates.
    sees_updates: bool,
}

/// A layer that has its own word on the kernel of one of its parts.
struct KernelOwner {
    storage: Vec<String>,
    path: Vec<String>,
    #[allow(clippy::type_complexity)]
    work: Box<dyn FnOnce(&mut Scope, &Tensor) -> Tensor>,
}

/// What a layer's call is about, besides the inputs themselves.
struct CallFrame {
    arguments: Arguments<Masked>,
    masks: Vec<Option<Tensor>>,
    given: Vec<Option<Option<Tensor>>>,
    policy: DTypePolicy,
    /// Whether the layer, or one around it, was told to train or not to.
    training: Option<bool>,
}

impl<'a> Scope<'a> {
    /// A scope that builds a new graph, in which the known variables are declared.
    pub fn new(mode: Mode, variables: &'a mut Variables) -> Scope<'a> {
        let builder = Builder::new();
        let parameters = variables
            .list()
            .iter()
            .map(|variable| builder.parameter_of(&variable.path, variable.ty.clone()))
            .collect();
        Scope {
            builder,
            mode,
            variables,
            parameters,
            path: Vec::new(),
            storage: Vec::new(),
            calls: Vec::new(),
            frozen: 0,
            used: Vec::new(),
            held: Vec::new(),
            listed: Vec::new(),
            losses: Vec::new(),
            reported: Vec::new(),
            updates: Vec::new(),
            casts: Vec::new(),
            kernel_owner: None,
            sees_updates: false,
        }
    }

    /// The graph under construction.
    pub fn builder(&self) -> &Builder {
        &self.builder
    }

    /// What the graph is for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether this is a training step, or the layer at hand or one around it was called with
    /// `training`. What a frozen layer does then is its own choice: dropout still drops, batch
    /// normalization uses its moving averages.
    pub fn training(&self) -> bool {
        self.calls.last().and_then(|call| call.training).unwrap_or(self.mode == Mode::Train)
    }

    /// Whether the layer at hand, or a model around it, is frozen (`trainable = false`).
    pub fn is_frozen(&self) -> bool {
        self.frozen > 0
    }

    /// Runs `work` inside the part of the model called `name`; its variables are named below that.
    pub fn inside<R>(&mut self, name: &str, trainable: bool, work: impl FnOnce(&mut Scope) -> R) -> R {
        self.path.push(name.into());
        self.frozen += !trainable as usize;
        let previous = self.builder.set_label(Some(Arc::from(self.path.join("/"))));
        let result = work(self);
        self.builder.set_label(previous);
        self.frozen -= !trainable as usize;
        self.path.pop();
        result
    }

    /// Goes to the part of the model at `path`, from the outermost name on, and gives the one left. For those who
    /// cannot hand in what they do there, as [`Scope::inside`] asks.
    pub fn go_to(&mut self, path: Vec<String>) -> Vec<String> {
        std::mem::replace(&mut self.path, path)
    }

    /// Runs a layer that is a part of the layer at hand, and gives its outputs with their masks.
    ///
    /// `attribute` is what the outer layer calls it, which is where files keep its weights
    /// (`forward_layer`; `cells/lstm_cell_1` for one of several); `name` is its name where it has none
    /// of its own.
    pub fn sublayer(
        &mut self,
        attribute: &str,
        name: &str,
        layer: &AnyLayer,
        arguments: Arguments<Masked>,
    ) -> Vec<Masked> {
        let name = layer.name.clone().unwrap_or_else(|| name.to_string());
        self.storage.push(attribute.into());
        let outputs = self.call(&name, layer, arguments);
        self.storage.pop();
        outputs
    }

    /// Lets a layer that is a part of the layer at hand, but is not called as a whole, describe some of its
    /// work: a cell declares its weights once for all steps. See [`Scope::sublayer`] for the names.
    pub fn within_layer<R>(
        &mut self,
        attribute: &str,
        name: &str,
        layer: &AnyLayer,
        work: impl FnOnce(&mut Scope) -> R,
    ) -> R {
        let name = layer.name.clone().unwrap_or_else(|| name.to_string());
        let policy = layer.dtype.unwrap_or_else(|| self.policy());
        let training = self.calls.last().and_then(|call| call.training);
        let (arguments, masks, given) = (Arguments::default(), Vec::new(), Vec::new());
        self.calls.push(CallFrame { arguments, masks, given, policy, training });
        self.storage.push(attribute.into());
        let result = self.inside(&name, layer.trainable, work);
        self.storage.pop();
        self.calls.pop();
        result
    }

    /// Describes `work` as a part of the layer at hand that has weights of its own and is no layer;
    /// see [`Scope::sublayer`] for where they are kept.
    pub fn part<R>(&mut self, attribute: &str, name: &str, work: impl FnOnce(&mut Scope) -> R) -> R {
        self.storage.push(attribute.into());
        let result = self.inside(name, true, work);
        self.storage.pop();
        result
    }

    /// Notes in which order a model lists the groups of its layers: they may run in another.
    pub(crate) fn list_parts(&mut self, groups: &[String]) {
        let around = self.storage.join("/");
        let full = groups.iter().map(|group| match around.is_empty() {
            true => group.clone(),
            false => format!("{around}/{group}"),
        });
        self.listed.extend(full);
    }

    /// What [`Scope::list_parts`] noted.
    pub(crate) fn listed(&self) -> &[String] {
        &self.listed
    }

    /// Runs a layer of a model whose weights files keep in the group `storage`.
    pub(crate) fn stored<R>(&mut self, storage: String, work: impl FnOnce(&mut Scope) -> R) -> R {
        self.storage.push(storage);
        let result = work(self);
        self.storage.pop();
        result
    }

    /// Calls a layer: casts what it is called on to the dtype it computes in, lets it describe its
    /// work, and finds the masks of its outputs.
    pub fn call(&mut self, name: &str, layer: &AnyLayer, arguments: Arguments<Masked>) -> Vec<Masked> {
        let policy = layer.dtype.unwrap_or_else(|| self.policy());
        let arguments = match layer.layer.casts_inputs() {
            false => arguments,
            true => arguments.map(|Masked { tensor, mask }| {
                let floats = tensor.is_valid() && tensor.dtype().is_float() && policy.compute.is_float();
                let tensor = if floats { tensor.cast(policy.compute) } else { tensor.clone() };
                Masked::new(tensor, mask.clone())
            }),
        };
        let inputs: Vec<Tensor> =
            arguments.inputs().into_iter().map(|masked| masked.tensor.clone()).collect();
        let mut masks: Vec<Option<Tensor>> =
            arguments.inputs().into_iter().map(|masked| masked.mask.clone()).collect();
        // A mask that is given in the call stands before one that came along with an input.
        if let Some(given) = arguments.get("mask") {
            let each = match given {
                Argument::List(items) => items.iter().collect(),
                Argument::Value(_) => Vec::new(),
                one => vec![one],
            };
            for (mask, given) in masks.iter_mut().zip(each) {
                *mask = given.tensors().first().map(|given| given.tensor.cast(DType::Bool));
            }
        }
        let passed = match layer.layer.supports_masking() {
            true => masks.iter().flatten().next().cloned(),
            false => None,
        };
        let training = match arguments.get("training") {
            Some(Argument::Value(value)) => value.as_bool(),
            _ => self.calls.last().and_then(|call| call.training),
        };
        let known = [&["mask", "training", "inputs"], layer.layer.call_arguments()].concat();
        let nothing = |argument: &Argument<Masked>| matches!(argument, Argument::Value(v) if v.is_null());
        let mut named = arguments.named.iter();
        let any = known.contains(&"**");
        let stray = named.find(|(name, given)| !any && !nothing(given) && !known.contains(&name.as_str()));
        let stray =
            stray.map(|(name, _)| format!("takes no argument `{name}`; it takes {}", known.join(", ")));
        self.calls.push(CallFrame { arguments, masks, given: Vec::new(), policy, training });
        let describe = |scope: &mut Scope| match stray {
            Some(message) => vec![scope.fail(message)],
            None => layer.layer.call(scope, &inputs),
        };
        let outputs = self.inside(name, layer.trainable, |scope| match layer.recompute {
            true => scope.recomputed(describe),
            false => describe(scope),
        });
        let given = self.calls.pop().map(|frame| frame.given).unwrap_or_default();
        let mask_of = |i: usize| given.get(i).cloned().flatten().unwrap_or_else(|| passed.clone());
        outputs.into_iter().enumerate().map(|(i, tensor)| Masked::new(tensor, mask_of(i))).collect()
    }

    /// Describes `work` whose inner values are computed again for the gradient, and not kept until then.
    pub fn recomputed<R>(&mut self, work: impl FnOnce(&mut Scope) -> R) -> R {
        let builder = self.builder.clone();
        builder.segment(|| work(self))
    }

    /// The mask of the layer's `i`th input: bools of its first axes, false where it does not count.
    pub fn mask(&self, i: usize) -> Option<Tensor> {
        self.calls.last().and_then(|call| call.masks.get(i)).cloned().flatten()
    }

    /// The layer's inputs with their masks, as it was called on them.
    pub fn arguments(&self) -> Arguments<Masked> {
        self.calls.last().map(|call| call.arguments.clone()).unwrap_or_default()
    }

    /// The tensors that the layer was given under that name besides its inputs: `initial_state`.
    pub fn named(&self, name: &str) -> Vec<Tensor> {
        let call = self.calls.last().and_then(|call| call.arguments.get(name));
        call.map(|given| given.tensors().into_iter().map(|t| t.tensor.clone()).collect()).unwrap_or_default()
    }

    /// The flag that the layer was given under that name: `use_causal_mask`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.calls.last().and_then(|call| call.arguments.get(name)) {
            Some(Argument::Value(value)) => value.as_bool(),
            _ => None,
        }
    }

    /// Says which entries of the layer's output `i` count; without it a layer that
    /// [`supports_masking`](crate::layers::Layer::supports_masking) hands on its input's mask.
    pub fn set_mask(&mut self, i: usize, mask: Option<Tensor>) {
        if let Some(call) = self.calls.last_mut() {
            call.given.resize(call.given.len().max(i + 1), None);
            call.given[i] = Some(mask);
        }
    }

    /// In which dtypes the layer at hand computes and keeps its weights.
    pub fn policy(&self) -> DTypePolicy {
        self.calls.last().map(|call| call.policy).unwrap_or_default()
    }

    /// The dtype that the layer at hand computes in.
    pub fn compute_dtype(&self) -> DType {
        self.policy().compute
    }

    /// The dtype for sums and statistics that 16 bits are too few for: `float32` there, else the one
    /// that the layer computes in.
    pub fn precise_dtype(&self) -> DType {
        match self.compute_dtype() {
            DType::BF16 | DType::F16 => DType::F32,
            dtype => dtype,
        }
    }

    /// The name of the part of the model at hand: `encoder/dense_1`.
    pub fn path(&self) -> String {
        self.path.join("/")
    }

    /// A weight of the layer at hand: the same one each time the layer asks for its name.
    pub fn weight(&mut self, weight: Weight) -> Tensor {
        let Weight { name, shape, dtype, cast, initializer, regularizer, constraint, trainable, fans } =
            weight;
        let initializer = match fans {
            Some(fans) => initializer.with_fans(fans).unwrap_or(initializer),
            None => initializer,
        };
        let role = if trainable { Role::Trainable } else { Role::NonTrainable };
        let policy = self.policy();
        let ty = Type::new(shape, dtype.unwrap_or(policy.variable));
        let storage = self.storage.join("/");
        // A wrapper around the layer at hand may have its own word on the kernel.
        let kernel = ["kernel", "embeddings"].contains(&name.as_str());
        let owned = self.kernel_owner.take_if(|_| kernel);
        let (storage, copy) = match &owned {
            Some(owner) => (owner.storage.join("/"), Some(storage)),
            None => (storage, None),
        };
        let path = name;
        let variable =
            self.variable(Variable { path, storage, copy, ty, role, initializer, regularizer, constraint });
        if let Some(KernelOwner { storage, path, work }) = owned {
            let (inner, group) =
                (std::mem::replace(&mut self.path, path), std::mem::replace(&mut self.storage, storage));
            let seen = work(self, &variable);
            (self.path, self.storage) = (inner, group);
            return seen.cast(policy.compute);
        }
        if !cast || !variable.is_valid() || variable.dtype() == policy.compute {
            return variable;
        }
        let seen = variable.cast(policy.compute);
        if let Some(index) = self.index_of(&variable) {
            self.casts.push((index, seen.clone()));
        }
        seen
    }

    /// Runs a part of the layer at hand whose kernel belongs to that layer as well: files keep it in both.
    /// `work` is given the kernel, in the scope of the layer at hand, and says what the part sees in its
    /// place. Gives the outputs, and whether the part asked for a kernel.
    pub(crate) fn sublayer_with_kernel(
        &mut self,
        attribute: &str,
        name: &str,
        layer: &AnyLayer,
        arguments: Arguments<Masked>,
        work: impl FnOnce(&mut Scope, &Tensor) -> Tensor + 'static,
    ) -> (Vec<Masked>, bool) {
        let (storage, path, work) = (self.storage.clone(), self.path.clone(), Box::new(work));
        let before = self.kernel_owner.replace(KernelOwner { storage, path, work });
        let outputs = self.sublayer(attribute, name, layer, arguments);
        let left = std::mem::replace(&mut self.kernel_owner, before);
        (outputs, left.is_none())
    }

    /// A variable of the part at hand that is no weight: an optimizer's slot, a metric's total.
    pub fn slot(
        &mut self,
        name: &str,
        shape: impl Into<Shape>,
        dtype: DType,
        role: Role,
        start: f64,
    ) -> Tensor {
        let initializer = AnyInitializer::from(Constant { value: start });
        let ty = Type::new(shape, dtype);
        self.variable(Variable {
            path: name.into(),
            storage: String::new(),
            copy: None,
            ty,
            role,
            initializer,
            regularizer: None,
            constraint: None,
        })
    }

    /// What the layer at hand keeps from one batch to the next: a variable that starts as zeros, has no
    /// gradient, and is not among the model's weights. [`Scope::update`] changes it.
    pub fn state(&mut self, name: &str, shape: impl Into<Shape>) -> Tensor {
        self.slot(name, shape, self.policy().variable, Role::State, 0.0)
    }

    /// A metric's running total: an `f32` variable that is zeroed at the start of each epoch.
    pub fn total(&mut self, name: &str, shape: impl Into<Shape>) -> Tensor {
        self.slot(name, shape, DType::F32, Role::Metric, 0.0)
    }

    fn variable(&mut self, mut variable: Variable) -> Tensor {
        variable.path = match self.path.is_empty() {
            true => variable.path,
            false => format!("{}/{}", self.path.join("/"), variable.path),
        };
        match self.variables.declare(variable) {
            Ok(index) => {
                if index == self.parameters.len() {
                    let variable = &self.variables.list()[index];
                    self.parameters.push(self.builder.parameter_of(&variable.path, variable.ty.clone()));
                }
                if !self.used.contains(&index) {
                    self.used.push(index);
                }
                if self.frozen > 0 && !self.held.contains(&index) {
                    self.held.push(index);
                }
                match self.sees_updates {
                    true => self.current(&self.parameters[index]),
                    false => self.parameters[index].clone(),
                }
            }
            Err(message) => self.builder.fail(message),
        }
    }

    /// Gives `variable` a new value when the step ends. Asked for twice in one step (a shared
    /// layer), the later value stands; [`Scope::current`] gives the one in force so far.
    pub fn update(&mut self, variable: &Tensor, value: Tensor) {
        let Some(index) = self.index_of(variable) else {
            self.builder.fail("only a variable can be updated");
            return;
        };
        let dtype = self.parameters[index].dtype();
        self.updates.retain(|(known, _)| *known != index);
        self.updates.push((index, value.cast(dtype)));
    }

    /// From here on variables are seen with the values that they have so far in this step, or not.
    pub(crate) fn see_updates(&mut self, sees: bool) {
        self.sees_updates = sees;
    }

    /// The number of the variable that `tensor` is, or is a cast of.
    pub(crate) fn index_of(&self, tensor: &Tensor) -> Option<usize> {
        let own = self.parameters.iter().position(|parameter| parameter.is(tensor));
        let known = self.casts.iter().chain(&self.updates);
        own.or_else(|| known.into_iter().find(|(_, known)| known.is(tensor)).map(|(index, _)| *index))
    }

    /// The value that `variable` has so far in this step: its update, or else itself.
    pub fn current(&self, variable: &Tensor) -> Tensor {
        let index = self.index_of(variable);
        let updated = self.updates.iter().find(|(updated, _)| Some(*updated) == index);
        updated.map_or_else(|| variable.clone(), |(_, value)| value.cast(variable.dtype()))
    }

    /// Adds a scalar to the loss that training minimizes.
    pub fn add_loss(&mut self, loss: Tensor) {
        self.losses.push(loss);
    }

    /// Reports a scalar with the metrics: its mean over the steps of an epoch, under that name.
    pub fn add_metric(&mut self, name: impl Into<String>, value: Tensor) {
        self.reported.push((name.into(), value));
    }

    /// Uniform random numbers in `[0, 1)`, new ones at each step and at each place of use; with a
    /// `seed` they do not depend on the model's own seed.
    pub fn uniform(&mut self, shape: impl Into<Shape>, seed: Option<i64>) -> Tensor {
        let path = std::mem::take(&mut self.path);
        let own = self.slot(Variables::SEED, Shape::scalar(), DType::I64, Role::Random, 0.0);
        let step = self.slot(Variables::STEP, Shape::scalar(), DType::I64, Role::Random, 0.0);
        self.path = path;
        let seed = match seed {
            Some(seed) => self.builder.scalar(seed as f64, DType::I64),
            None => own,
        };
        // Streams from 2^16 on: initial weights are drawn from the lower ones.
        let stream = 0x1_0000 + self.builder.next_stream();
        self.builder.uniform(shape, stream, &seed, &step)
    }

    /// Standard normal random numbers, new ones at each step and at each place of use; see
    /// [`Scope::uniform`].
    pub fn normal(&mut self, shape: impl Into<Shape>, seed: Option<i64>) -> Tensor {
        // Box and Muller: a radius and an angle.
        let shape = shape.into();
        let radius = (-2.0 * (-self.uniform(&shape, seed)).log1p()).sqrt();
        radius * (self.uniform(&shape, seed) * TAU).cos()
    }

    /// Records that something does not fit, and gives a tensor that stands for the missing result.
    #[track_caller]
    pub fn fail(&self, message: impl Into<String>) -> Tensor {
        self.builder.fail(message)
    }

    /// The variables known so far.
    pub fn variables(&self) -> &Variables {
        self.variables
    }

    /// The tensors of all variables, by number.
    pub fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    /// The numbers of the variables that were asked for in this graph, in order of first use.
    pub fn used(&self) -> &[usize] {
        &self.used
    }

    /// The numbers of the variables that a frozen layer asked for.
    pub fn held(&self) -> &[usize] {
        &self.held
    }

    /// What was added to the loss.
    pub fn losses(&self) -> &[Tensor] {
        &self.losses
    }

    /// What is reported with the metrics, by name.
    pub fn reported(&self) -> &[(String, Tensor)] {
        &self.reported
    }

    /// The updates asked for so far.
    pub fn updates(&self) -> &[(usize, Tensor)] {
        &self.updates
    }
}
