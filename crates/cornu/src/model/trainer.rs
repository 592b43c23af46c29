//! A compiled model: it can be trained and evaluated.

use super::arrays::in_order;
use super::plans::Plans;
use super::{Arrays, Compile, Model, Signature, lower};
use crate::error::{Error, Result, count};
use crate::metrics::Better;
use crate::model::model::is_weight;
use crate::optimizers;
use crate::scope::Mode;
use crate::variables::Role;
use cornu_cpu::Plan;
use cornu_graph::{Array, Graph, Type};
use std::borrow::{Borrow, Cow};
use std::ops::{Deref, DerefMut};
use std::panic::Location;

/// A compiled model: what [`Model::compile`] gives, and what can be trained and evaluated. It is
/// a [`Model`] besides, and predicts as one.
///
/// ```
/// use cornu::{Array, Compile, Fit, Input, Sequential, layers::Dense, optimizers::SGD};
/// let x = Array::new([4, 1], vec![0f32, 1.0, 2.0, 3.0]).unwrap();
/// let y = Array::new([4, 1], vec![1f32, 3.0, 5.0, 7.0]).unwrap();
/// let mut model = Sequential::new()
///     .add(Input::new([1]))
///     .add(Dense::new(1))
///     .compile(Compile::new(SGD::new(0.1), "mse"))
///     .unwrap();
/// let history = model.fit(&x, &y, Fit::new().epochs(200).batch_size(4).silent()).unwrap();
/// assert!(history.last("loss").unwrap() < 1e-3);
/// ```
#[derive(Clone, Debug)]
pub struct Trainer {
    model: Model,
    compile: Compile,
    /// Number of variables that are the model's own.
    own: usize,
    pub(crate) results: Option<Results>,
}

/// The plan that reads metrics' results from their totals.
#[derive(Debug)]
pub(crate) struct Results {
    figures: Vec<lower::Figure>,
    plan: Plan,
}

impl Clone for Results {
    fn clone(&self) -> Results {
        Results { figures: self.figures.clone(), plan: self.plan.duplicate() }
    }
}

/// Figures by name, in order: what a step, an epoch or an evaluation reports.
pub type Scores = Vec<(String, f64)>;

impl Deref for Trainer {
    type Target = Model;
    fn deref(&self) -> &Model {
        &self.model
    }
}

impl DerefMut for Trainer {
    fn deref_mut(&mut self) -> &mut Model {
        &mut self.model
    }
}

impl Trainer {
    #[track_caller]
    pub(crate) fn new(mut model: Model, compile: Compile) -> Result<Trainer> {
        let optimizer = compile.optimizer.item()?;
        if let Some(mistake) = optimizer.mistake() {
            return Err(Error::argument(mistake));
        }
        let paths = model.variables.list().iter().filter(|v| v.role == Role::Trainable);
        if let Some(mistake) = compile.rate_multipliers.mistake(paths.map(|v| v.path.as_str())) {
            let layers = model.network.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>();
            return Err(Error::argument(mistake).help(format!("the layers are {}", layers.join(", "))));
        }
        let n = model.network.outputs.len();
        let has = format!("the model has {}", count(n, "output"));
        if compile.losses.len() != n && compile.losses.len() != 1 {
            let message = format!("{has}, and losses for {} are given", compile.losses.len());
            return Err(Error::argument(message).help("give one loss for each output, or one for all"));
        }
        if let Some(weights) = &compile.loss_weights
            && weights.len() != n
        {
            let message = format!("{has}, and loss_weights for {} are given", weights.len());
            return Err(Error::argument(message).help("give one for each output"));
        }
        if let Some(weight) = compile.loss_weights.iter().flatten().find(|weight| !weight.is_finite()) {
            return Err(
                Error::argument(format!("one of loss_weights is {weight}")).help("give finite numbers")
            );
        }
        for lists in [&compile.metrics, &compile.weighted_metrics] {
            if lists.len() > 1 && lists.len() != n {
                let message = format!("{has}, and metrics for {} are given", lists.len());
                return Err(Error::argument(message).help("give one list for each output, or one for all"));
            }
            for choice in lists.iter().flatten() {
                if let super::Choice::Name(name) = choice
                    && !["accuracy", "acc", "crossentropy", "ce"].contains(&name.to_lowercase().as_str())
                {
                    choice.item()?;
                }
            }
        }
        for choice in &compile.losses {
            if let super::Choice::Name(name) = choice
                && !["crossentropy", "ce"].contains(&name.to_lowercase().as_str())
            {
                choice.item()?;
            }
        }
        model.plans.clear();
        let list = model.variables.list();
        let own = list
            .iter()
            .take_while(|v| is_weight(v.role) || matches!(v.role, Role::State | Role::Random))
            .count();
        model.variables.truncate(own);
        Ok(Trainer { model, compile, own, results: None })
    }

    /// The model alone, to be deployed or compiled anew.
    pub fn into_model(mut self) -> Model {
        self.model.variables.truncate(self.own);
        self.model.plans.clear();
        self.model
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What the model was compiled with.
    pub fn compiled_with(&self) -> &Compile {
        &self.compile
    }

    /// The learning rate in force, if it is a number and not a schedule.
    pub fn learning_rate(&self) -> Option<f64> {
        match self.learning_rate_index() {
            Some(index) => self.model.variables.values()[index].item(),
            None => optimizers::leading(&*self.optimizer().ok()?)?.learning_rate.constant(),
        }
    }

    fn optimizer(&self) -> Result<crate::optimizers::AnyOptimizer> {
        self.compile.optimizer.item()
    }

    fn learning_rate_index(&self) -> Option<usize> {
        let optimizer = self.optimizer().ok()?;
        let name = &optimizers::leading(&*optimizer)?.name;
        self.model.variables.index(&format!("{name}/learning_rate"))
    }

    /// Sets the learning rate.
    ///
    /// # Errors
    /// If the optimizer follows a schedule, or the rate is below zero or not finite.
    #[track_caller]
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<()> {
        if !rate.is_finite() || rate < 0.0 {
            return Err(Error::argument(format!("the learning rate is to be {rate}"))
                .help("give a number of at least 0"));
        }
        if self.learning_rate_index().is_none() && self.learning_rate().is_some() {
            self.declare_optimizer()?;
        }
        let Some(index) = self.learning_rate_index() else {
            let Some(_) = optimizers::leading(&*self.optimizer()?) else {
                return Err(Error::argument("the optimizers of a MultiOptimizer have a learning rate each")
                    .help("give each the rate or the schedule that it is to follow"));
            };
            return Err(Error::argument("the optimizer takes its learning rate from a schedule")
                .help("compile with a number as the learning rate to change it"));
        };
        self.model.variables.set(index, &Array::scalar(rate as f32))
    }

    /// The optimizer's variables, by path, in Keras's order.
    pub fn optimizer_variables(&self) -> Vec<(&str, &Array)> {
        let variables = &self.model.variables;
        let list = variables.list().iter().zip(variables.values());
        list.filter(|(v, _)| v.role == Role::Optimizer).map(|(v, value)| (v.path.as_str(), value)).collect()
    }

    /// Declares the optimizer's variables, if no step was taken yet, so that they can be set.
    ///
    /// # Errors
    /// If the model cannot be trained on targets like its outputs.
    pub(crate) fn declare_optimizer(&mut self) -> Result<()> {
        let signature = self.typical_signature(2);
        let mut scratch = self.model.clone();
        lower::step(&mut scratch, Some(&self.compile), &signature)?;
        let known = self.model.variables.list().len();
        for variable in &scratch.variables.list()[known..] {
            if variable.role == Role::Optimizer {
                self.model.variables.declare(variable.clone()).map_err(Error::argument)?;
            }
        }
        Ok(())
    }

    /// The signature of a training step on targets such as the losses want.
    pub(crate) fn typical_signature(&self, rows: usize) -> Signature {
        let inputs = self.model.input_types(rows);
        // Extents that the data decide are those that inputs of these types lead to.
        let outputs = self.model.clone().output_types(rows);
        let targets = (outputs.into_iter().enumerate())
            .map(|(i, Type { shape, .. })| {
                let sparse = Compile::of_output(&self.compile.losses, i)
                    .and_then(|loss| loss.item().ok())
                    .is_some_and(|loss| loss.class_name().starts_with("Sparse"));
                match sparse {
                    true => Type::new(&shape[..shape.rank().saturating_sub(1)], cornu_graph::DType::I32),
                    false => Type::new(shape, cornu_graph::DType::F32),
                }
            })
            .collect();
        let weights = vec![None; self.model.network.outputs.len()];
        Signature { mode: Mode::Train, inputs, targets, weights }
    }

    pub(crate) fn optimizer_indices(&self) -> Vec<usize> {
        let list = self.model.variables.list().iter().enumerate();
        list.filter(|(_, v)| v.role == Role::Optimizer).map(|(index, _)| index).collect()
    }

    /// The graph of one training step on such data, and the values of the variables that it reads and
    /// changes: what [`Trainer::fit`] compiles to a plan, for those who want to look at it or run it
    /// themselves.
    ///
    /// # Errors
    /// If shapes, rows or labels do not fit.
    #[track_caller]
    pub fn training_step<'a>(&self, x: impl Arrays<'a>, y: impl Arrays<'a>) -> Result<(Graph, Vec<Array>)> {
        let place = Location::caller();
        let (x, y) =
            self.in_order(x, y).and_then(|(x, y)| self.check_data(x, y)).map_err(|error| error.at(place))?;
        let x: Vec<&Array> = x.iter().map(|array| &**array).collect();
        let y: Vec<&Array> = y.iter().map(|array| &**array).collect();
        let signature = Signature::new(Mode::Train, &x, &y, &vec![None; y.len()]);
        let mut scratch = self.model.clone();
        let graph =
            lower::step(&mut scratch, Some(&self.compile), &signature).map_err(|error| error.at(place))?;
        Ok((graph, scratch.variables.values().to_vec()))
    }

    /// The number of the plan for data of this signature, made if there is none yet.
    pub(crate) fn plan(&mut self, signature: &Signature) -> Result<usize> {
        if let Some(index) = self.model.plans.own().iter().position(|(known, _)| known == signature) {
            return Ok(index);
        }
        let plan = match self.compile.memory_limit.filter(|_| signature.mode == Mode::Train) {
            Some(limit) => self.plan_within(signature, limit)?,
            None => self.lowered(signature)?,
        };
        if self.results.is_none() {
            let (figures, graph) = lower::results(&mut self.model, &self.compile, signature)?;
            self.results = Some(Results { figures, plan: Plan::new(&graph, 1)? });
        }
        let plans = self.model.plans.own();
        Plans::add(plans, signature.clone(), plan);
        Ok(plans.len() - 1)
    }

    fn lowered(&mut self, signature: &Signature) -> Result<Plan> {
        let graph = lower::step(&mut self.model, Some(&self.compile), signature)?;
        Ok(Plan::new(&graph, self.model.threads)?)
    }

    /// The plan of a training step that takes at most `limit` bytes: as it is, or else with the model in
    /// segments that are computed again, of more and more layers.
    fn plan_within(&mut self, signature: &Signature, limit: usize) -> Result<Plan> {
        let n_calls = self.model.network.order.len();
        let mut sizes = vec![0];
        sizes.extend((0..).map(|power| 1 << power).take_while(|&size| size < n_calls));
        let mut least = usize::MAX;
        for size in sizes {
            self.model.network.segments = size;
            let plan = self.lowered(signature)?;
            if plan.peak_bytes() <= limit {
                return Ok(plan);
            }
            least = least.min(plan.peak_bytes());
        }
        self.model.network.segments = 0;
        let message = format!("a training step takes at least {least} bytes, and memory_limit is {limit}");
        Err(Error::argument(message).help("take smaller batches, or a smaller model"))
    }

    /// Runs the plan for such data on one batch: inputs, targets, sample weights.
    pub(crate) fn run<A: Borrow<Array>>(&mut self, signature: &Signature, data: &[A]) -> Result<f64> {
        let index = self.plan(signature)?;
        let Model { plans, variables, .. } = &mut self.model;
        let plan = &mut plans.own()[index].1;
        let declared = plan.graph().parameters().len();
        plan.run(data, &mut variables.values_mut()[..declared])?;
        Ok(plan.output_slice::<f32>(0).and_then(|loss| loss.first().copied()).unwrap_or(f32::NAN) as f64)
    }

    /// What the loss and the metrics say of the batches since they were last reset.
    ///
    /// # Errors
    /// If a result cannot be computed.
    pub fn scores(&mut self) -> Result<Scores> {
        let Some(results) = &mut self.results else { return Ok(Vec::new()) };
        let declared = results.plan.graph().parameters().len();
        results.plan.run_shared::<Array>(&[], &self.model.variables.values()[..declared])?;
        let mut scores = Scores::new();
        for (i, (name, _)) in results.figures.iter().enumerate() {
            match &results.plan.output(i).to_f64()[..] {
                [value] => scores.push((name.clone(), *value)),
                several => {
                    scores.extend(several.iter().enumerate().map(|(k, v)| (format!("{name}_{k}"), *v)))
                }
            }
        }
        Ok(scores)
    }

    /// The names of what the loss and metrics say.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &str> {
        self.results.iter().flat_map(|results| &results.figures).map(|(name, _)| name.as_str())
    }

    /// Which way a figure of an epoch gets better: `loss` down, `val_accuracy` up; `None` where that is
    /// not known, or nothing was trained or evaluated yet.
    pub fn better(&self, figure: &str) -> Option<Better> {
        let name = figure.strip_prefix("val_").unwrap_or(figure);
        let figures = &self.results.as_ref()?.figures;
        figures.iter().find(|(known, _)| known == name).and_then(|(_, better)| *better)
    }

    /// Starts the metrics' totals anew.
    pub fn reset_metrics(&mut self) {
        self.model.variables.reset(|variable| variable.role == Role::Metric);
    }

    /// Trains on one batch and returns the loss and metrics since the last
    /// [`Trainer::reset_metrics`].
    ///
    /// # Errors
    /// If shapes, rows or labels do not fit.
    #[track_caller]
    pub fn train_on_batch<'a>(&mut self, x: impl Arrays<'a>, y: impl Arrays<'a>) -> Result<Scores> {
        self.train_on_batch_with(x, y, &[])
    }

    /// The same with sample weights: none, one array, or one for each output.
    ///
    /// # Errors
    /// If shapes, rows, weights or labels do not fit.
    #[track_caller]
    pub fn train_on_batch_with<'a>(
        &mut self,
        x: impl Arrays<'a>,
        y: impl Arrays<'a>,
        sample_weight: &[&Array],
    ) -> Result<Scores> {
        let place = Location::caller();
        let done = self.in_order(x, y).and_then(|(x, y)| self.one_batch(Mode::Train, x, y, sample_weight));
        done.map_err(|error| error.at(place))
    }

    /// Evaluates one batch and returns the loss and metrics since the last
    /// [`Trainer::reset_metrics`].
    ///
    /// # Errors
    /// If shapes, rows or labels do not fit.
    #[track_caller]
    pub fn test_on_batch<'a>(&mut self, x: impl Arrays<'a>, y: impl Arrays<'a>) -> Result<Scores> {
        self.test_on_batch_with(x, y, &[])
    }

    /// The same with sample weights: none, one array, or one for each output.
    ///
    /// # Errors
    /// If shapes, rows, weights or labels do not fit.
    #[track_caller]
    pub fn test_on_batch_with<'a>(
        &mut self,
        x: impl Arrays<'a>,
        y: impl Arrays<'a>,
        sample_weight: &[&Array],
    ) -> Result<Scores> {
        let place = Location::caller();
        let done = self.in_order(x, y).and_then(|(x, y)| self.one_batch(Mode::Evaluate, x, y, sample_weight));
        done.map_err(|error| error.at(place))
    }

    fn one_batch(
        &mut self,
        mode: Mode,
        x: Vec<Cow<Array>>,
        y: Vec<Cow<Array>>,
        sample_weight: &[&Array],
    ) -> Result<Scores> {
        let (x, y) = self.check_data(x, y)?;
        let weights = super::fit::check_weights(sample_weight, y.len(), x[0].rows())?;
        let data = super::batches::Data::new(&x, &y, &weights);
        self.run(&data.signature(mode, data.rows()), &data.all())?;
        self.scores()
    }

    /// Inputs and targets in the model's order, where they come by name.
    #[allow(clippy::type_complexity)]
    pub(crate) fn in_order<'a, 'b>(
        &self,
        x: impl Arrays<'a>,
        y: impl Arrays<'b>,
    ) -> Result<(Vec<Cow<'a, Array>>, Vec<Cow<'b, Array>>)> {
        if self.compile.step.is_some() {
            return Ok((x.arrays(), y.arrays()));
        }
        let x = in_order(x, || self.model.input_keys(), "inputs")?;
        Ok((x, in_order(y, || self.model.output_keys(), "targets")?))
    }

    /// Inputs and targets, if they fit the model and its losses: numbers, shapes, rows, no NaN, labels
    /// in range.
    #[allow(clippy::type_complexity)]
    pub(crate) fn check_data<'a>(
        &self,
        x: Vec<Cow<'a, Array>>,
        y: Vec<Cow<'a, Array>>,
    ) -> Result<(Vec<Cow<'a, Array>>, Vec<Cow<'a, Array>>)> {
        if self.compile.step.is_some() {
            check_rows(&x, &y)?;
            return Ok((x, y));
        }
        let x = self.model.check_inputs(x)?;
        let names = self.model.output_names();
        if y.len() != names.len() {
            let message =
                format!("the model has {}, got targets for {}", count(names.len(), "output"), y.len());
            return Err(Error::argument(message).help(format!("it gives {}", names.join(", "))));
        }
        let rows = x[0].rows();
        if rows == 0 {
            return Err(Error::argument("there is no row of data").help("give arrays of at least one row"));
        }
        let fed = x.iter().zip(self.model.input_names().into_iter().map(|name| format!("data of {name}")));
        let wanted = y.iter().zip(names.iter().map(|name| format!("targets of {name}")));
        for (array, name) in fed.chain(wanted) {
            if array.shape().is_empty() || array.rows() != rows {
                let message =
                    format!("there are {rows} rows of inputs, and {name} of shape {}", array.shape());
                return Err(Error::argument(message).help("every row of x needs its row of y"));
            }
            if !array.is_finite() {
                let values = array.to_f64();
                let at = values.iter().position(|v| !v.is_finite()).unwrap_or(0);
                let row = at / (values.len() / rows).max(1);
                let message = format!("the {name} have {} in row {row}", values[at]);
                return Err(Error::argument(message).help("remove such rows, or fill the gaps first"));
            }
        }
        let targets: Vec<Type> = y.iter().map(|array| Type::new(array.shape(), array.dtype())).collect();
        let outputs: Vec<_> = (0..names.len()).map(|i| self.model.output_shape(i, rows)).collect();
        let losses = lower::losses_for(&self.compile, &targets, &outputs)?;
        for (((loss, array), output), name) in losses.iter().zip(&y).zip(&outputs).zip(&names) {
            let Some(labels) = loss.labels(output) else { continue };
            if let Some((i, label)) =
                array.to_f64().into_iter().enumerate().find(|(_, label)| !labels.allow(*label))
            {
                let row = i / (array.size() / rows).max(1);
                let message = format!("{name}: label {label} in row {row}; {} takes {labels}", loss.name());
                let natural = label >= 0.0 && label.fract() == 0.0;
                let help = match (labels.whole, natural) {
                    (true, true) => {
                        format!("give the last layer a unit for each class: {} or more", label + 1.0)
                    }
                    (true, false) => "number the classes from 0 up".to_string(),
                    (false, true) => {
                        "for numbers of classes take sparse_categorical_crossentropy".to_string()
                    }
                    (false, false) => "bring the labels into that range".to_string(),
                };
                return Err(Error::argument(message).help(help));
            }
        }
        Ok((x, y))
    }

    /// The loss and metrics on data that is not trained on, in batches of 32 rows.
    ///
    /// # Errors
    /// If shapes, rows or labels do not fit.
    #[track_caller]
    pub fn evaluate<'a>(&mut self, x: impl Arrays<'a>, y: impl Arrays<'a>) -> Result<Scores> {
        self.evaluate_with(x, y, &[], 32)
    }

    /// The loss and metrics on data in batches of `batch_size` rows, with sample weights: none, one
    /// array, or one for each output.
    ///
    /// # Errors
    /// If shapes, rows, weights or labels do not fit.
    #[track_caller]
    pub fn evaluate_with<'a>(
        &mut self,
        x: impl Arrays<'a>,
        y: impl Arrays<'a>,
        sample_weight: &[&Array],
        batch_size: usize,
    ) -> Result<Scores> {
        let place = Location::caller();
        let evaluated = self.in_order(x, y).and_then(|(x, y)| self.check_data(x, y)).and_then(|(x, y)| {
            let weights = super::fit::check_weights(sample_weight, y.len(), x[0].rows())?;
            self.evaluate_data(&super::batches::Data::new(&x, &y, &weights), batch_size)
        });
        evaluated.map_err(|error| error.at(place))
    }
}

/// Whether what a training step of its own is fed has rows, equally many in all arrays, of finite
/// numbers.
fn check_rows(x: &[Cow<Array>], y: &[Cow<Array>]) -> Result<()> {
    let rows = x.first().filter(|x| !x.shape().is_empty()).map_or(0, |x| x.rows());
    if rows == 0 {
        return Err(Error::argument("there is no row of data").help("give arrays of at least one row"));
    }
    for array in x.iter().chain(y) {
        if array.shape().is_empty() || array.rows() != rows {
            let message =
                format!("there are {rows} rows of the first array, and one of shape {}", array.shape());
            return Err(Error::argument(message).help("every row of data has its part in every array"));
        }
        if !array.is_finite() {
            return Err(Error::argument("the data have numbers that are not finite")
                .help("remove such rows, or fill the gaps first"));
        }
    }
    Ok(())
}
