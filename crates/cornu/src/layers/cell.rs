//! What one step of a recurrence is described by.

use super::Layer;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};

/// A layer that is one step of a recurrence: `(x, states ..) -> (y, new states ..)`, all of
/// `[batch, ..]`. [`RNN`](super::RNN) runs it over the steps of a sequence.
///
/// Its weights are declared once ([`Cell::begin`]), and whatever does not depend on the states is
/// worked out for all steps at once ([`Step::project`]), so that a step is left with little to do.
pub trait Cell: Layer {
    /// How many states there are.
    fn n_states(&self) -> usize {
        1
    }

    /// The shapes of the states, `[batch, ..]`, for one step's input of that shape.
    fn state_shapes(&self, input: &Shape) -> Vec<Shape>;

    /// Which state a step gives whose input is masked: the one that is the output of the step before.
    fn held(&self) -> usize {
        0
    }

    /// Declares the weights for one step's input of that shape, and draws what stays the same for all
    /// steps.
    ///
    /// # Errors
    /// What [`Scope::fail`] gives, if something does not fit.
    fn begin(&self, scope: &mut Scope, input: &Shape) -> Result<Box<dyn Step>, Tensor>;
}

/// A cell at work: its weights, and what it does with them.
pub trait Step {
    /// What does not depend on the states, of the input of one step `[batch, ..]` or of all of them
    /// `[steps, batch, ..]`.
    fn project(&self, x: &Tensor) -> Tensor {
        x.clone()
    }

    /// The output and the new states of a step, from what [`Step::project`] gave for it and the states
    /// before it.
    fn step(&self, projected: &Tensor, states: &[Tensor]) -> (Tensor, Vec<Tensor>);
}

/// Calls a cell as a layer of its own: one step, on an input and the states.
#[track_caller]
pub(super) fn one_step(cell: &impl Cell, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
    let n = cell.n_states();
    let all = |missing: Tensor| vec![missing; n + 1];
    if let Some(missing) = inputs.iter().find(|x| !x.is_valid()) {
        return all(missing.clone());
    }
    if inputs.len() != n + 1 {
        let got = inputs.len();
        return all(
            scope.fail(format!("expects an input and a list of states, {n} in all, got {got} tensors"))
        );
    }
    let dtype = scope.compute_dtype();
    let inputs: Vec<Tensor> = inputs.iter().map(|x| x.cast(dtype)).collect();
    let step = match cell.begin(scope, &inputs[0].shape()) {
        Ok(step) => step,
        Err(missing) => return all(missing),
    };
    if let Some(message) = misfit(&cell.state_shapes(&inputs[0].shape()), &inputs[1..]) {
        return all(scope.fail(message));
    }
    let (output, states) = step.step(&step.project(&inputs[0]), &inputs[1..]);
    [vec![output], states].concat()
}

/// What is wrong with states that should be of these shapes.
pub(super) fn misfit(shapes: &[Shape], states: &[Tensor]) -> Option<String> {
    let fit = shapes.len() == states.len()
        && shapes.iter().zip(states).all(|(shape, state)| *shape == state.shape());
    let list = |shapes: Vec<String>| if shapes.is_empty() { "none".into() } else { shapes.join(", ") };
    (!fit).then(|| {
        let expected = list(shapes.iter().map(Shape::to_string).collect());
        let got = list(states.iter().map(|state| state.shape().to_string()).collect());
        format!("expects states of shapes {expected}, got {got}")
    })
}
