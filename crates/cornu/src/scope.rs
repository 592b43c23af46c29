//! What layers, metrics and optimizers describe their work in.

use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, Constant};
use crate::regularizers::AnyRegularizer;
use crate::variables::{Role, Variable, Variables};
use cornu_graph::{Builder, DType, Shape, Tensor, Type};
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
    ty: Type,
    initializer: AnyInitializer,
    regularizer: Option<AnyRegularizer>,
    constraint: Option<AnyConstraint>,
    trainable: bool,
}

impl Weight {
    /// A trainable `f32` weight.
    pub fn new(name: &str, shape: impl Into<Shape>, initializer: &AnyInitializer) -> Weight {
        Weight {
            name: name.into(),
            ty: Type::new(shape, DType::F32),
            initializer: initializer.clone(),
            regularizer: None,
            constraint: None,
            trainable: true,
        }
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

    /// The same with another dtype.
    pub fn dtype(mut self, dtype: DType) -> Weight {
        self.ty.dtype = dtype;
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
    frozen: usize,
    used: Vec<usize>,
    held: Vec<usize>,
    losses: Vec<Tensor>,
    updates: Vec<(usize, Tensor)>,
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
            frozen: 0,
            used: Vec::new(),
            held: Vec::new(),
            losses: Vec::new(),
            updates: Vec::new(),
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

    /// Whether this is a training step. What a frozen layer does then is its own choice: dropout still
    /// drops, batch normalization uses its moving averages.
    pub fn training(&self) -> bool {
        self.mode == Mode::Train
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

    /// The name of the part of the model at hand: `encoder/dense_1`.
    pub fn path(&self) -> String {
        self.path.join("/")
    }

    /// A weight of the layer at hand: the same one each time the layer asks for its name.
    pub fn weight(&mut self, weight: Weight) -> Tensor {
        let Weight { name, ty, initializer, regularizer, constraint, trainable } = weight;
        let role = if trainable { Role::Trainable } else { Role::NonTrainable };
        self.variable(Variable { path: name, ty, role, initializer, regularizer, constraint })
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
            ty,
            role,
            initializer,
            regularizer: None,
            constraint: None,
        })
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
                self.parameters[index].clone()
            }
            Err(message) => self.builder.fail(message),
        }
    }

    /// Gives `variable` a new value when the step ends. Asked for twice in one step (a shared
    /// layer), the later value stands; [`Scope::current`] gives the one in force so far.
    pub fn update(&mut self, variable: &Tensor, value: Tensor) {
        let Some(index) = self.parameters.iter().position(|parameter| parameter.is(variable)) else {
            self.builder.fail("only a variable can be updated");
            return;
        };
        self.updates.retain(|(known, _)| *known != index);
        self.updates.push((index, value));
    }

    /// The value that `variable` has so far in this step: its update, or else itself.
    pub fn current(&self, variable: &Tensor) -> Tensor {
        let updated = self.updates.iter().find(|(index, _)| self.parameters[*index].is(variable));
        updated.map_or_else(|| variable.clone(), |(_, value)| value.clone())
    }

    /// Adds a scalar to the loss that training minimizes.
    pub fn add_loss(&mut self, loss: Tensor) {
        self.losses.push(loss);
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

    /// The updates asked for so far.
    pub fn updates(&self) -> &[(usize, Tensor)] {
        &self.updates
    }
}
