//! Training steps that users write themselves.

use super::{Compile, Network};
use crate::arguments::{Arguments, Masked};
use crate::error::{Error, Result};
use crate::metrics::AnyMetric;
use crate::optimizers::AnyOptimizer;
use crate::scope::{Mode, Scope};
use crate::variables::Role;
use cornu_graph::{DType, Shape, Tensor, grad};
use std::fmt::Debug;

/// A training step of one's own, for what is more than one loss of the outputs: two networks with an
/// optimizer each (a GAN), a sampled latent (a VAE), a teacher (distillation). Agrees with
/// overriding `train_step` of Keras's `Model`.
///
/// It *describes* the step once for each size of batch; forward passes, gradients and updates of all
/// networks then run as one plan. The same description serves to evaluate, where
/// [`Step::minimize`] changes nothing.
///
/// ```
/// use cornu::prelude::*;
/// use cornu::{Step, TrainStep, optimizers::SGD};
///
/// /// Pulls the mean of the outputs to that of the targets.
/// #[derive(Debug)]
/// struct MatchMeans;
///
/// impl TrainStep for MatchMeans {
///     fn step(&self, step: &mut Step) {
///         let output = step.forward(&[step.x(0)]);
///         let loss = (output[0].mean_all() - step.y(0).mean_all()).square();
///         step.minimize(&loss, &["dense"]);
///         step.report("loss", &loss);
///     }
/// }
///
/// let x = Array::new([4, 1], vec![0f32, 1.0, 2.0, 3.0]).unwrap();
/// let y = Array::new([4, 1], vec![1f32, 3.0, 5.0, 7.0]).unwrap();
/// let mut model = Sequential::new()
///     .add(Input::new([1]))
///     .add(Dense::new(1))
///     .compile(Compile::new(SGD::new(0.1), "mse").step(MatchMeans))
///     .unwrap();
/// let history = model.fit(&x, &y, Fit::new().epochs(50).batch_size(4).silent()).unwrap();
/// assert!(history.last("loss").unwrap() < 1e-6);
/// ```
pub trait TrainStep: Debug + Send + Sync {
    /// Describes the step: what is computed, what is minimized, what is reported. One of the reported
    /// figures is called `loss`.
    fn step(&self, step: &mut Step);

    /// Metrics that the step counts with [`Step::count`], which are reported under their names besides what
    /// [`Step::report`] is given.
    fn metrics(&self) -> Vec<AnyMetric> {
        Vec::new()
    }
}

/// What a second step of an optimizer is, or a second change of a weight, in one training step.
#[derive(Clone, Copy, PartialEq)]
enum Again {
    /// Not what was meant.
    IsAMistake,
    /// One that goes on from the first.
    GoesOn,
}

/// What a [`TrainStep`] describes its work with.
pub struct Step<'a, 'b> {
    scope: &'a mut Scope<'b>,
    network: &'a Network,
    compile: &'a Compile,
    held: &'a [usize],
    x: Vec<Tensor>,
    y: Vec<Tensor>,
    minimized: Vec<String>,
    changed: Vec<usize>,
}

impl<'b> Step<'_, 'b> {
    /// The batch of input `i`.
    pub fn x(&self, i: usize) -> Tensor {
        self.x.get(i).cloned().unwrap_or_else(|| self.scope.fail(format!("there is no input {i}")))
    }

    /// The batch of target `i`.
    pub fn y(&self, i: usize) -> Tensor {
        self.y.get(i).cloned().unwrap_or_else(|| self.scope.fail(format!("there is no target {i}")))
    }

    /// How many arrays the inputs are.
    pub fn n_inputs(&self) -> usize {
        self.x.len()
    }

    /// How many arrays the targets are.
    pub fn n_targets(&self) -> usize {
        self.y.len()
    }

    /// The number of rows of the batch.
    pub fn rows(&self) -> usize {
        self.x.first().map_or(1, |x| x.extent(0))
    }

    /// Whether this is a step of training, and not of evaluation.
    pub fn training(&self) -> bool {
        self.scope.training()
    }

    /// What layers describe their work in: its builder, its random numbers.
    pub fn scope(&mut self) -> &mut Scope<'b> {
        self.scope
    }

    /// Standard normal random numbers, new ones in each step.
    pub fn normal(&mut self, shape: impl Into<Shape>) -> Tensor {
        self.scope.normal(shape, None)
    }

    /// Calls one of the model's layers (most often a model itself) by name and gives its outputs. Weights
    /// that were minimized before in this step have their new values.
    pub fn call(&mut self, layer: &str, inputs: &[Tensor]) -> Vec<Tensor> {
        let Some(index) = self.network.nodes.iter().position(|node| node.name == layer) else {
            let names: Vec<&str> = self.network.nodes.iter().map(|node| node.name.as_str()).collect();
            let message = format!("there is no layer `{layer}`; there are {}", names.join(", "));
            return vec![self.scope.fail(message)];
        };
        let node = &self.network.nodes[index];
        let arguments = match inputs {
            [one] => Arguments::of(Masked::from(one.clone())),
            several => Arguments::list(several.iter().cloned().map(Masked::from)),
        };
        let group = self.network.groups()[index].clone();
        let outputs = self.scope.stored(group, |scope| scope.call(&node.name, &node.layer, arguments));
        outputs.into_iter().map(|output| output.tensor).collect()
    }

    /// Calls the whole model and gives its outputs.
    pub fn forward(&mut self, inputs: &[Tensor]) -> Vec<Tensor> {
        let inputs: Vec<Masked> = inputs.iter().cloned().map(Masked::from).collect();
        let network = self.network;
        let outputs = self.outside(|scope| network.run(scope, &inputs));
        outputs.into_iter().map(|output| output.tensor).collect()
    }

    /// Does `work` outside all parts of the model, wherever the step is.
    fn outside<R>(&mut self, work: impl FnOnce(&mut Scope) -> R) -> R {
        let path = self.scope.go_to(Vec::new());
        let result = work(self.scope);
        self.scope.go_to(path);
        result
    }

    /// The loss that the model was compiled with, of output `i`.
    pub fn loss(&mut self, i: usize, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        match super::lower::loss_of(self.compile, i, y_true, y_pred) {
            Ok(loss) => loss.value(y_true, y_pred, None, None),
            Err(error) => self.scope.fail(error.to_string()),
        }
    }

    /// What layers added to the loss so far in this step, and the penalties on weights.
    pub fn added_losses(&self) -> Vec<Tensor> {
        let variables = self.scope.variables().list();
        let penalty = |&index: &usize| {
            let regularizer = variables[index].regularizer.as_ref()?;
            Some(regularizer.call(&self.scope.parameters()[index]))
        };
        self.scope.used().iter().filter_map(penalty).chain(self.scope.losses().iter().cloned()).collect()
    }

    /// Changes the weights of these layers (of all, if none is named) so that the scalar `loss` gets
    /// smaller, by the optimizer that the model was compiled with. Nothing while evaluating.
    pub fn minimize(&mut self, loss: &Tensor, layers: &[&str]) {
        match self.compile.optimizer.item() {
            Ok(optimizer) => self.apply(None, &optimizer, loss, layers),
            Err(error) => drop(self.scope.fail(error.to_string())),
        }
    }

    /// The same by another optimizer, whose variables are kept under `name`.
    pub fn minimize_with(
        &mut self,
        name: &str,
        optimizer: impl Into<AnyOptimizer>,
        loss: &Tensor,
        layers: &[&str],
    ) {
        self.apply(Some(name), &optimizer.into(), loss, layers);
    }

    fn apply(&mut self, name: Option<&str>, optimizer: &AnyOptimizer, loss: &Tensor, layers: &[&str]) {
        if !self.scope.training() || !loss.is_valid() {
            return;
        }
        let variables = self.scope.variables().list();
        let of_layers = |index: &usize| {
            let path = &variables[*index].path;
            layers.is_empty()
                || layers
                    .iter()
                    .any(|layer| path.strip_prefix(layer).is_some_and(|rest| rest.starts_with('/')))
        };
        let chosen: Vec<usize> = (self.scope.used().iter().copied())
            .filter(|index| variables[*index].role == Role::Trainable && !self.held.contains(index))
            .filter(of_layers)
            .collect();
        if chosen.is_empty() {
            let place = if layers.is_empty() { "the model".into() } else { layers.join(", ") };
            let message = format!("there is nothing to train in {place}");
            self.scope.fail(message);
            return;
        }
        let weights: Vec<Tensor> =
            chosen.iter().map(|&index| self.scope.parameters()[index].clone()).collect();
        self.update(name, optimizer, Again::IsAMistake, |scope| {
            let loss = optimizer.scale_loss(scope, loss);
            let gradients = grad(&loss, &weights.iter().collect::<Vec<_>>());
            weights.iter().cloned().zip(gradients).collect()
        });
    }

    /// Changes weights by gradients that were computed by [`grad`], and perhaps changed since: one optimizer
    /// step. Each weight is one of [`Scope::parameters`], or the value that an earlier step gave it, from which
    /// it goes on; those of frozen layers stay as they are. An optimizer other than the one the model was
    /// compiled with has a `name`, under which its variables are kept. Nothing while evaluating.
    pub fn apply_gradients(
        &mut self,
        name: Option<&str>,
        optimizer: &AnyOptimizer,
        gradients: Vec<(Tensor, Tensor)>,
    ) {
        if self.scope.training() {
            self.update(name, optimizer, Again::GoesOn, |_| gradients);
        }
    }

    /// One step of an optimizer, by the gradients that `describe` gives.
    fn update(
        &mut self,
        name: Option<&str>,
        optimizer: &AnyOptimizer,
        again: Again,
        describe: impl FnOnce(&mut Scope) -> Vec<(Tensor, Tensor)>,
    ) {
        if let Some(mistake) = optimizer.mistake() {
            self.scope.fail(mistake);
            return;
        }
        let key = name.unwrap_or_default().to_string();
        if again == Again::IsAMistake && self.minimized.contains(&key) {
            self.scope.fail("an optimizer makes one step; give the second a name of its own");
            return;
        }
        self.minimized.push(key);
        let multipliers = &self.compile.rate_multipliers;
        let (held, changed) = (self.held, &mut self.changed);
        let work = |scope: &mut Scope| {
            let mut pairs = describe(scope);
            for (weight, _) in &pairs {
                let Some(index) = scope.index_of(weight) else { continue };
                if again == Again::IsAMistake && changed.contains(&index) {
                    let message =
                        format!("{} is minimized twice in one step", scope.variables().list()[index].path);
                    scope.fail(message);
                    return;
                }
                changed.push(index);
            }
            let is_held = |weight: &Tensor| scope.index_of(weight).is_some_and(|index| held.contains(&index));
            pairs.retain(|(weight, _)| !is_held(weight));
            optimizer.apply(scope, &pairs, multipliers);
        };
        let path = self.scope.go_to(Vec::new());
        match name {
            Some(name) => self.scope.inside(name, true, work),
            None => work(self.scope),
        }
        self.scope.go_to(path);
    }

    /// Adds the batch to metric `i` of [`TrainStep::metrics`].
    pub fn count(&mut self, i: usize, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let metrics = self.compile.step.as_ref().map(|step| step.metrics()).unwrap_or_default();
        let Some(metric) = metrics.get(i) else {
            self.scope
                .fail(format!("the training step has {} metrics, and none of number {i}", metrics.len()));
            return;
        };
        let path = format!("metrics/{}", metric.name());
        self.outside(|scope| {
            scope.inside(&path, true, |scope| metric.update(scope, y_true, y_pred, sample_weight));
        });
    }

    /// Reports a scalar with the metrics: its mean over the rows of an epoch. `loss` is the one that
    /// callbacks watch by default.
    pub fn report(&mut self, name: &str, value: &Tensor) {
        self.scope.add_metric(name, value.clone());
    }
}

/// Describes a step in `scope`, and gives what it reports as `loss`.
pub(super) fn describe(
    scope: &mut Scope,
    network: &Network,
    compile: &Compile,
    held: &[usize],
    (x, y): (Vec<Tensor>, Vec<Tensor>),
) -> Result<Tensor> {
    let Some(custom) = &compile.step else { return Err(Error::argument("there is no step of its own")) };
    scope.see_updates(scope.mode() == Mode::Train);
    let mut step = Step { scope, network, compile, held, x, y, minimized: Vec::new(), changed: Vec::new() };
    custom.step(&mut step);
    scope.see_updates(false);
    let loss = scope.reported().iter().find(|(name, _)| name == "loss").map(|(_, value)| value.clone());
    match loss {
        Some(loss) => Ok(loss.cast(DType::F32)),
        None => {
            Err(Error::argument("the training step reports no `loss`")
                .help("call step.report(\"loss\", &loss)"))
        }
    }
}
