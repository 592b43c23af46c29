//! How recurrent layers go about the steps of their input.

use super::activity_regularization::penalize;
use super::{AnyLayer, cell};
use crate::registry::Any;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Mode, Scope};
use cornu_graph::ops::ScanOptions;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// How a recurrent layer goes about the steps of its input; fields of `RNN`, `LSTM` and all others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recurrence {
    /// Whether the outputs of all steps are given, `[batch, steps, ..]`, and not the last one alone;
    /// false by default.
    pub return_sequences: bool,
    /// Whether the states after the last step are given too, after the output; false by default.
    pub return_state: bool,
    /// Whether the last step comes first; outputs are in the order in which they are made. False by
    /// default.
    pub go_backwards: bool,
    /// Whether a batch begins with the states that the one before it ended with; false by default.
    pub stateful: bool,
    /// Whether Keras writes the steps out one by one. Here it changes nothing; false by default.
    pub unroll: bool,
    /// Whether masked steps give zeros, and not the output of the step before; false by default.
    pub zero_output_for_mask: bool,
    /// The penalty on all outputs in the loss, divided by the batch size; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_regularizer: Option<AnyRegularizer>,
}

impl Recurrence {
    /// The names of the fields.
    pub(super) const FIELDS: [&str; 7] = [
        "return_sequences",
        "return_state",
        "go_backwards",
        "stateful",
        "unroll",
        "zero_output_for_mask",
        "activity_regularizer",
    ];
}

/// A layer that is a recurrence over the steps of its input.
pub trait Recurrent {
    /// How it goes about the steps.
    fn recurrence(&self) -> &Recurrence;

    /// The same layer, going about them in another way.
    fn with_recurrence(&self, recurrence: Recurrence) -> Any<dyn super::Layer>;
}

/// Options that every recurrent layer has.
pub trait RecurrentOptions: Sized {
    /// Where the options are kept.
    fn recurrence_mut(&mut self) -> &mut Recurrence;

    /// The same, giving the outputs of all steps or the last one alone.
    fn return_sequences(mut self, return_sequences: bool) -> Self {
        self.recurrence_mut().return_sequences = return_sequences;
        self
    }

    /// The same, giving the last states too or not.
    fn return_state(mut self, return_state: bool) -> Self {
        self.recurrence_mut().return_state = return_state;
        self
    }

    /// The same from the last step to the first, or not.
    fn go_backwards(mut self, go_backwards: bool) -> Self {
        self.recurrence_mut().go_backwards = go_backwards;
        self
    }

    /// The same, going on from batch to batch or not. The model's inputs then have a fixed batch size:
    /// [`Input::batch`](crate::Input::batch).
    fn stateful(mut self, stateful: bool) -> Self {
        self.recurrence_mut().stateful = stateful;
        self
    }

    /// The same, written out step by step in Keras or not.
    fn unroll(mut self, unroll: bool) -> Self {
        self.recurrence_mut().unroll = unroll;
        self
    }

    /// The same with zeros for masked steps, or the outputs before them.
    fn zero_output_for_mask(mut self, zero_output_for_mask: bool) -> Self {
        self.recurrence_mut().zero_output_for_mask = zero_output_for_mask;
        self
    }

    /// The same with a penalty on the outputs.
    fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Self {
        self.recurrence_mut().activity_regularizer = Some(regularizer.into());
        self
    }
}

/// Runs a cell over the steps of `inputs[0]`, `[batch, steps, ..]`, from the states that follow it, that
/// are called `initial_state`, or that are zeros. Gives what `options` say: the output, and the states.
///
/// `name` is the cell's where it has none.
#[track_caller]
pub(super) fn run(
    scope: &mut Scope,
    inputs: &[Tensor],
    cell: &AnyLayer,
    name: &str,
    options: &Recurrence,
) -> Vec<Tensor> {
    let Some(kind) = cell.layer.cell() else {
        let class = cell.layer.class_name();
        return vec![scope.fail(format!("expects a cell, such as LSTMCell, got {class}"))];
    };
    let n_outputs = if options.return_state { 1 + kind.n_states() } else { 1 };
    let all = |missing: Tensor| vec![missing; n_outputs];
    let Some((x, states)) = inputs.split_first() else {
        return all(scope.fail("expects inputs [batch, steps, ..], got none"));
    };
    if !x.is_valid() {
        return all(x.clone());
    }
    let shape = x.shape();
    if shape.rank() < 3 || shape[1] == 0 {
        return all(
            scope.fail(format!("expects inputs [batch, steps, ..] of at least one step, got {shape}"))
        );
    }
    let input = shape.without(&[1]);
    let begun = scope.within_layer("cell", name, cell, |scope| {
        kind.begin(scope, &input).map(|step| (step, scope.compute_dtype()))
    });
    let (step, dtype) = match begun {
        Ok(begun) => begun,
        Err(missing) => return all(missing),
    };
    let shapes = kind.state_shapes(&input);
    let kept = match keep_states(scope, &shapes, options) {
        Ok(kept) => kept,
        Err(missing) => return all(missing),
    };
    let outer = scope.mask(0);
    let mut given = if states.is_empty() { scope.named("initial_state") } else { states.to_vec() };
    let mask = mask_of_steps(scope, !given.is_empty());
    if given.is_empty() {
        given = match options.stateful {
            true => kept.iter().map(|state| scope.current(state)).collect(),
            false => shapes.iter().map(|shape| scope.builder().zeros(shape, dtype)).collect(),
        };
    } else if let Some(missing) = given.iter().find(|state| !state.is_valid()) {
        return all(missing.clone());
    } else if let Some(message) = cell::misfit(&shapes, &given) {
        return all(scope.fail(message));
    }
    let given: Vec<Tensor> = given.iter().map(|state| state.cast(dtype)).collect();
    let mask = match mask {
        Some(mask) if mask.is_valid() && mask.shape()[..] != shape[..2] => {
            let (expected, got) = (Shape::from(&shape[..2]), mask.shape());
            return all(scope.fail(format!("expects a mask of shape {expected}, got {got}")));
        }
        mask => mask,
    };

    let first_steps = |x: &Tensor| {
        let order: Vec<usize> = [1, 0].into_iter().chain(2..x.rank()).collect();
        x.transpose(&order) // [steps, batch, ..]
    };
    let projected = step.project(&first_steps(x).cast(dtype));
    let masks = mask.as_ref().map(first_steps);
    let sequences: Vec<&Tensor> = std::iter::once(&projected).chain(&masks).collect();
    let scan = ScanOptions::new().reverse(options.go_backwards).keep(scope.mode() == Mode::Train);
    let (held, zeroed) = (kind.held(), options.zero_output_for_mask);
    // The history of the state that the output is.
    let mut output_is = None;
    let scanned =
        scope.builder().scan(&given.iter().collect::<Vec<_>>(), &sequences, scan, |_, states, x| {
            let (mut output, mut new) = step.step(&x[0], states);
            output_is = new.iter().position(|state| state.is(&output));
            if let Some(mask) = x.get(1) {
                new = new.iter().zip(states).map(|(new, old)| beside(mask, new).select(new, old)).collect();
                if !zeroed && output_is != Some(held) {
                    output_is = None;
                    output = beside(mask, &output).select(&output, &states[held]);
                }
            }
            (new, if output_is.is_some() { Vec::new() } else { vec![output] })
        });
    let missing = || scope.fail("a step gives no output");
    let history = output_is.map_or(scanned.ys.first(), |state| scanned.carries.get(state)).cloned();
    let mut outputs = history.unwrap_or_else(missing); // [steps, batch, ..]
    if let (Some(masks), true) = (&masks, zeroed) {
        outputs = beside(masks, &outputs).select(&outputs, 0.0);
    }
    if !outputs.is_valid() {
        return all(outputs);
    }
    let last: Vec<Tensor> = (0..shapes.len()).map(|i| scanned.last(i)).collect();
    for (state, last) in kept.iter().zip(&last) {
        scope.update(state, last.clone());
    }
    let dtype = scope.compute_dtype();
    let output = match (options.return_sequences, options.go_backwards) {
        (true, false) => first_steps(&outputs),
        (true, true) => first_steps(&outputs.reverse(&[0])),
        (false, backwards) => {
            let (shape, end) = (outputs.shape(), if backwards { 1 } else { outputs.extent(0) });
            outputs.slice_axis(0, end - 1, end).reshape(&shape[1..])
        }
    };
    scope.set_mask(0, outer.filter(|_| options.return_sequences));
    let mut results = vec![output.cast(dtype)];
    if options.return_state {
        (1..=last.len()).for_each(|i| scope.set_mask(i, None));
        results.extend(last.iter().map(|state| state.cast(dtype)));
    }
    results.iter().for_each(|y| penalize(scope, &options.activity_regularizer, y));
    results
}

/// The mask that steps go by. As in Keras, one that came along with the input counts only where the states
/// are not given; one that is given in the call counts in any case.
pub(super) fn mask_of_steps(scope: &Scope, states_given: bool) -> Option<Tensor> {
    let arguments = scope.arguments();
    let named = arguments.get("mask").is_some_and(|mask| !mask.tensors().is_empty());
    scope.mask(0).filter(|_| named || !states_given)
}

/// A mask `[.., batch]` with axes for those that `x` has more.
fn beside(mask: &Tensor, x: &Tensor) -> Tensor {
    let ones = std::iter::repeat_n(1, x.rank().saturating_sub(mask.rank()));
    mask.reshape(mask.shape().iter().copied().chain(ones).collect::<Vec<_>>())
}

/// The variables in which the states are kept from batch to batch; none if they are not.
fn keep_states(scope: &mut Scope, shapes: &[Shape], options: &Recurrence) -> Result<Vec<Tensor>, Tensor> {
    if !options.stateful {
        return Ok(Vec::new());
    }
    let mut kept = Vec::new();
    for (i, shape) in shapes.iter().enumerate() {
        let name = if i == 0 { "rnn_state".into() } else { format!("rnn_state_{i}") };
        let known = scope.variables().index(&format!("{}/{name}", scope.path()));
        let before = known.map(|index| scope.variables().list()[index].ty.shape.clone());
        if let Some(before) = before.filter(|before| before != shape) {
            let (before, now) = (before[0], shape[0]);
            return Err(scope.fail(format!(
                "is stateful, which takes batches of one size, got {before} samples and then {now}; give the \
                 model's inputs a batch size (Input::batch)"
            )));
        }
        kept.push(scope.state(&name, shape));
    }
    Ok(kept)
}
