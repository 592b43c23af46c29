//! From a model to the graph of one step: forward pass, losses, gradients, metrics and updates.

use super::{Compile, Model};
use crate::arguments::Masked;
use crate::error::{Error, Result};
use crate::losses;
use crate::metrics::{self, AnyMetric, Better, Mean, Metric};
use crate::scope::{Mode, Scope};
use crate::variables::{Role, Variables};
use cornu_graph::{Array, Builder, DType, Errors, Graph, Shape, Tensor, Type, grad};

/// What a graph is made for: its mode, and the types of what it is fed.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// What the graph is for.
    pub mode: Mode,
    /// The types of the inputs as they arrive; they are cast to what the layers see.
    pub inputs: Vec<Type>,
    /// The types of the targets, one for each output; none for predictions.
    pub targets: Vec<Type>,
    /// The types of the sample weights, for each output that has some.
    pub weights: Vec<Option<Type>>,
}

impl Signature {
    /// What arrays are fed: inputs, targets, sample weights.
    pub fn new(mode: Mode, inputs: &[&Array], targets: &[&Array], weights: &[Option<&Array>]) -> Signature {
        let ty = |array: &Array| Type::new(array.shape(), array.dtype());
        Signature {
            mode,
            inputs: inputs.iter().map(|array| ty(array)).collect(),
            targets: targets.iter().map(|array| ty(array)).collect(),
            weights: weights.iter().map(|array| array.map(ty)).collect(),
        }
    }
}

/// A metric as a model reports it.
struct Reported {
    /// The part of the model its totals belong to, and its name in reports.
    name: String,
    metric: AnyMetric,
    output: usize,
    weighted: bool,
}

/// The graph of one step. It may declare new variables: slots of the optimizer, totals of metrics.
pub(crate) fn step(model: &mut Model, compile: Option<&Compile>, signature: &Signature) -> Result<Graph> {
    let network = model.network.clone();
    let input_dtypes: Vec<DType> = model.input_types(1).into_iter().map(|ty| ty.dtype).collect();
    let output_names = model.output_names();
    let held = model.held.clone();
    let trainable: Vec<usize> = (model.weight_indices().into_iter())
        .filter(|index| model.variables.list()[*index].role == Role::Trainable && !model.held.contains(index))
        .collect();
    let mut scope = Scope::new(signature.mode, &mut model.variables);
    let builder = scope.builder().clone();
    let declare = |what: &str, types: &[Type]| -> Vec<Tensor> {
        let name = |i: usize| if types.len() == 1 { what.to_string() } else { format!("{what}_{i}") };
        types.iter().enumerate().map(|(i, ty)| builder.input_of(&name(i), ty.clone())).collect()
    };
    let inputs = declare("x", &signature.inputs);
    let targets = declare("y", &signature.targets);
    if let Some(compile) = compile.filter(|compile| compile.step.is_some() && signature.mode != Mode::Predict)
    {
        let total = super::train_step::describe(&mut scope, &network, compile, &held, (inputs, targets))?;
        let share = rows_of(&builder, signature);
        scope.inside("metrics", true, |scope| count_reported(scope, &share));
        let graph = finish(&mut scope, &total)?;
        let mut names: Vec<String> = scope.reported().iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        model.reported = names;
        return Ok(graph);
    }
    let weights: Vec<Option<Tensor>> = (signature.weights.iter())
        .map(|ty| ty.as_ref().map(|ty| builder.input_of("sample_weight", ty.clone())))
        .collect();
    let seen: Vec<Masked> = inputs.iter().zip(input_dtypes).map(|(x, dtype)| x.cast(dtype).into()).collect();
    let (outputs, masks): (Vec<Tensor>, Vec<Option<Tensor>>) =
        network.run(&mut scope, &seen).into_iter().map(|output| (output.tensor, output.mask)).unzip();

    let Some(compile) = compile.filter(|_| signature.mode != Mode::Predict) else {
        // Behind the outputs stands what stateful layers would go on from, under the variables' names.
        let list = scope.variables().list();
        let kept = scope.updates().iter().filter(|(index, _)| list[*index].role == Role::State);
        let kept = kept.map(|(index, state)| (list[*index].path.as_str(), state));
        let named = output_names.iter().map(String::as_str).zip(&outputs);
        let named: Vec<(&str, &Tensor)> = named.chain(kept).collect();
        return Ok(builder.build(&named, &[])?);
    };
    // What does not fit from here on is not the fault of a layer's line, but of the data handed in.
    let known = builder.error_count();
    let mut total: Option<Tensor> = None;
    let mut terms = Vec::new();
    for (i, (y_true, y_pred)) in targets.iter().zip(&outputs).enumerate() {
        let before = builder.error_count();
        let previous = builder.set_label(Some("loss".into()));
        let loss = loss_of(compile, i, y_true, y_pred)?;
        let value = loss.value(y_true, y_pred, weights[i].as_ref(), masks[i].as_ref());
        let weight = compile.loss_weights.as_ref().and_then(|weights| weights.get(i)).copied().unwrap_or(1.0);
        let term = if weight == 1.0 { value.clone() } else { &value * weight };
        total = Some(match total {
            Some(sum) => &sum + &term.cast(sum.dtype()),
            None => term,
        });
        terms.push(value);
        builder.set_label(previous);
        if targets.len() > 1 {
            builder
                .amend_errors(before, |error| error.message.insert_str(0, &format!("{}: ", output_names[i])));
        }
    }
    builder.amend_errors(known, |error| error.location = None);
    if builder.error_count() > 0 {
        return Err(Error::Graph(Errors(builder.errors())));
    }
    let Some(mut total) = total else {
        return Err(Error::argument("a model is trained on targets, and got none"));
    };
    let penalized: Vec<usize> = scope.used().to_vec();
    for index in penalized {
        let Some(regularizer) = scope.variables().list()[index].regularizer.clone() else { continue };
        total = &total + &regularizer.call(&scope.parameters()[index]).cast(total.dtype());
    }
    for extra in scope.losses().to_vec() {
        total = &total + &extra.cast(total.dtype());
    }

    let share = rows_of(&builder, signature);
    let mean = Mean::new();
    scope.inside("metrics", true, |scope| {
        scope.inside("loss", true, |scope| {
            mean.add(scope, &total.cast(DType::F32).reshape([1]), Some(&share))
        });
        if terms.len() > 1 {
            for (term, output) in terms.iter().zip(&output_names) {
                let name = format!("{output}_loss");
                scope.inside(&name, true, |scope| {
                    mean.add(scope, &term.cast(DType::F32).reshape([1]), Some(&share))
                });
            }
        }
        count_reported(scope, &share);
        for report in reported(compile, &output_names, &signature.targets, &types(&outputs))? {
            let weight = weights[report.output].as_ref().filter(|_| report.weighted);
            let mask = masks[report.output].as_ref();
            let (y_true, y_pred) = (&targets[report.output], &outputs[report.output].cast(DType::F32));
            scope.inside(&report.name, true, |scope| {
                report.metric.update_masked(scope, y_true, y_pred, weight, mask)
            });
        }
        Ok::<(), Error>(())
    })?;

    builder.amend_errors(known, |error| error.location = None);

    if signature.mode == Mode::Train {
        let optimizer = compile.optimizer.item()?;
        let used: Vec<usize> = trainable.into_iter().filter(|index| scope.used().contains(index)).collect();
        let parameters: Vec<Tensor> = used.iter().map(|&index| scope.parameters()[index].clone()).collect();
        let previous = builder.set_label(Some("optimizer".into()));
        let scaled = optimizer.scale_loss(&mut scope, &total);
        builder.set_label(previous);
        let gradients = grad(&scaled, &parameters.iter().collect::<Vec<_>>());
        let pairs: Vec<(Tensor, Tensor)> = parameters.into_iter().zip(gradients).collect();
        let previous = builder.set_label(Some("optimizer".into()));
        optimizer.apply(&mut scope, &pairs, &compile.rate_multipliers);
        builder.set_label(previous);
    }
    finish(&mut scope, &total)
}

/// How many rows the figures of a batch count for.
fn rows_of(builder: &Builder, signature: &Signature) -> Tensor {
    let rows = signature.inputs.first().and_then(|ty| ty.shape.first().copied()).unwrap_or(1);
    builder.full([1], rows as f64, DType::F32)
}

/// Adds what layers and training steps report to its totals.
fn count_reported(scope: &mut Scope, share: &Tensor) {
    let mean = Mean::new();
    for (name, value) in scope.reported().to_vec() {
        let value = value.cast(DType::F32).reshape([1]);
        scope.inside(&name, true, |scope| mean.add(scope, &value, Some(share)));
    }
}

/// The graph of a step with all its updates.
fn finish(scope: &mut Scope, total: &Tensor) -> Result<Graph> {
    if scope.mode() == Mode::Train
        && let Some(step) = scope.variables().index(Variables::STEP)
    {
        let step = scope.parameters()[step].clone();
        scope.update(&step, &step + 1.0);
    }
    let builder = scope.builder();
    if builder.error_count() > 0 {
        return Err(Error::Graph(Errors(builder.errors())));
    }
    let updates: Vec<(Tensor, Tensor)> = (scope.updates().iter())
        .map(|(index, value)| (scope.parameters()[*index].clone(), value.clone()))
        .collect();
    // Moving averages of layers move in training alone.
    let pairs: Vec<(&Tensor, &Tensor)> = updates.iter().map(|(variable, value)| (variable, value)).collect();
    Ok(builder.build(&[("loss", &total.cast(DType::F32))], &pairs)?)
}

fn types(tensors: &[Tensor]) -> Vec<Type> {
    tensors.iter().map(Tensor::ty).collect()
}

/// The loss of output `i`.
pub(super) fn loss_of(
    compile: &Compile,
    i: usize,
    y_true: &Tensor,
    y_pred: &Tensor,
) -> Result<losses::AnyLoss> {
    match Compile::of_output(&compile.losses, i) {
        Some(super::Choice::Name(name)) => {
            losses::for_model(name, &y_true.shape(), &y_pred.shape()).map_err(Error::argument)
        }
        Some(super::Choice::Item(loss)) => Ok(loss.clone()),
        None => Err(Error::argument(format!(
            "the model has an output {i}, but {} losses are given",
            compile.losses.len()
        ))),
    }
}

/// The losses of a model for targets and predictions of these types, for checks at the door.
pub(crate) fn losses_for(
    compile: &Compile,
    targets: &[Type],
    outputs: &[Shape],
) -> Result<Vec<losses::AnyLoss>> {
    (targets.iter().zip(outputs).enumerate())
        .map(|(i, (target, output))| match Compile::of_output(&compile.losses, i) {
            Some(super::Choice::Name(name)) => {
                losses::for_model(name, &target.shape, output).map_err(Error::argument)
            }
            Some(super::Choice::Item(loss)) => Ok(loss.clone()),
            None => Err(Error::argument(format!("output {i} has no loss"))
                .help("give one loss for all outputs, or one for each with Compile::losses")),
        })
        .collect()
}

/// All metrics that are reported, in order, with the names they are reported under.
fn reported(
    compile: &Compile,
    names: &[String],
    targets: &[Type],
    outputs: &[Type],
) -> Result<Vec<Reported>> {
    let mut all: Vec<Reported> = Vec::new();
    for (weighted, lists) in [(false, &compile.metrics), (true, &compile.weighted_metrics)] {
        for (i, (target, output)) in targets.iter().zip(outputs).enumerate() {
            for choice in Compile::of_output(lists, i).into_iter().flatten() {
                let metric = match choice {
                    super::Choice::Name(name) => {
                        let loss = Compile::of_output(&compile.losses, i).and_then(|loss| loss.item().ok());
                        metrics::for_model(name, loss.as_ref(), &target.shape, &output.shape)
                            .map_err(Error::argument)?
                    }
                    super::Choice::Item(metric) => metric.clone(),
                };
                let own = metric.name().to_string();
                let full = |own: &str| match names.len() {
                    1 => own.to_string(),
                    _ => format!("{}_{own}", names[i]),
                };
                let taken = |name: &str, all: &[Reported]| all.iter().any(|report| report.name == name);
                let mut name = full(&own);
                if taken(&name, &all) && weighted {
                    name = full(&format!("weighted_{own}"));
                }
                let stem = name.clone();
                let mut number = 1;
                while taken(&name, &all) {
                    name = format!("{stem}_{number}");
                    number += 1;
                }
                all.push(Reported { name, metric, output: i, weighted });
            }
        }
    }
    Ok(all)
}

/// A figure that a model reports, and which way it gets better.
pub(crate) type Figure = (String, Option<Better>);

/// The graph that reads the results of all metrics from their totals, and what its outputs are.
pub(crate) fn results(
    model: &mut Model,
    compile: &Compile,
    signature: &Signature,
) -> Result<(Vec<Figure>, Graph)> {
    let output_names = model.output_names();
    let rows = signature.inputs.first().and_then(|ty| ty.shape.first().copied()).unwrap_or(1);
    let outputs: Vec<Type> = (model.output_shapes().into_iter())
        .map(|shape| {
            Type::new(shape.into_iter().map(|extent| extent.unwrap_or(rows)).collect::<Shape>(), DType::F32)
        })
        .collect();
    let own = model.reported.clone();
    let mut scope = Scope::new(Mode::Evaluate, &mut model.variables);
    let builder = scope.builder().clone();
    let mut figures: Vec<(Figure, Tensor)> = Vec::new();
    scope.inside("metrics", true, |scope| {
        let mean = Mean::new();
        let lower = Some(Better::Lower);
        figures.push((("loss".into(), lower), scope.inside("loss", true, |scope| mean.result(scope))));
        if output_names.len() > 1 && compile.step.is_none() {
            for output in &output_names {
                let name = format!("{output}_loss");
                let result = scope.inside(&name, true, |scope| mean.result(scope));
                figures.push(((name, lower), result));
            }
        }
        for name in own.iter().filter(|name| *name != "loss") {
            let result = scope.inside(name, true, |scope| mean.result(scope));
            figures.push(((name.clone(), None), result));
        }
        if let Some(step) = &compile.step {
            for metric in step.metrics() {
                let name = metric.name().to_string();
                let result = scope.inside(&name, true, |scope| metric.result(scope));
                figures.push(((name, metric.better()), result));
            }
            return Ok(());
        }
        for report in reported(compile, &output_names, &signature.targets, &outputs)? {
            let result = scope.inside(&report.name, true, |scope| report.metric.result(scope));
            figures.push(((report.name, report.metric.better()), result));
        }
        Ok::<(), Error>(())
    })?;
    let outputs: Vec<(&str, &Tensor)> =
        figures.iter().map(|((name, _), result)| (name.as_str(), result)).collect();
    let graph = builder.build(&outputs, &[])?;
    Ok((figures.into_iter().map(|(figure, _)| figure).collect(), graph))
}
