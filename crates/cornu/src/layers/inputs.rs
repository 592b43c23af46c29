//! What layers check of their inputs.

use crate::scope::Scope;
use cornu_graph::Tensor;

/// Runs `work` on the input of a layer that takes one. Where the input does not exist, because of a
/// mistake that is told already, neither does the output.
#[track_caller]
pub(super) fn one(
    scope: &mut Scope,
    inputs: &[Tensor],
    work: impl FnOnce(&mut Scope, &Tensor) -> Tensor,
) -> Vec<Tensor> {
    match inputs {
        [x] if x.is_valid() => vec![work(scope, x)],
        [x] => vec![x.clone()],
        _ => vec![scope.fail(format!("expects one input, got {}", inputs.len()))],
    }
}

/// The same for a layer that takes floats alone: other numbers are cast to the dtype that it computes
/// in.
#[track_caller]
pub(super) fn one_float(
    scope: &mut Scope,
    inputs: &[Tensor],
    work: impl FnOnce(&mut Scope, &Tensor) -> Tensor,
) -> Vec<Tensor> {
    one(scope, inputs, |scope, x| {
        let dtype = scope.compute_dtype();
        work(scope, &x.cast(dtype))
    })
}

/// Runs `work` on the inputs of a layer that merges any number of them, of one dtype: the one they
/// share, or else the one that the layer computes in.
#[track_caller]
pub(super) fn many(
    scope: &mut Scope,
    inputs: &[Tensor],
    work: impl FnOnce(&mut Scope, &[Tensor]) -> Tensor,
) -> Vec<Tensor> {
    if let Some(missing) = inputs.iter().find(|x| !x.is_valid()) {
        return vec![missing.clone()];
    }
    let Some(first) = inputs.first() else { return vec![scope.fail("expects at least one input, got none")] };
    if inputs.iter().any(|x| x.rank() == 0 || x.extent(0) != first.extent(0)) {
        let message = format!("expects inputs of one batch size, got {}", shapes(inputs));
        return vec![scope.fail(message)];
    }
    let dtype = match inputs.iter().all(|x| x.dtype() == first.dtype()) {
        true => first.dtype(),
        false => scope.compute_dtype(),
    };
    let inputs: Vec<Tensor> = inputs.iter().map(|x| x.cast(dtype)).collect();
    vec![work(scope, &inputs)]
}

/// Combines the inputs one after another by `combine`, element by element. Inputs of fewer axes
/// gain some after the batch, as in Keras.
#[track_caller]
pub(super) fn merged(
    scope: &mut Scope,
    inputs: &[Tensor],
    combine: impl Fn(Tensor, &Tensor) -> Tensor,
) -> Vec<Tensor> {
    many(scope, inputs, |scope, inputs| {
        let rank = inputs.iter().map(Tensor::rank).max().unwrap_or(0);
        let mut aligned = inputs.iter().map(|x| {
            let shape = x.shape();
            let ones = std::iter::repeat_n(1, rank - shape.rank());
            x.reshape(
                shape[..1].iter().copied().chain(ones).chain(shape[1..].iter().copied()).collect::<Vec<_>>(),
            )
        });
        let Some(mut result) = aligned.next() else { return scope.fail("expects at least one input") };
        for x in aligned {
            if result.shape().broadcast(&x.shape()).is_none() {
                return scope.fail(format!("expects inputs whose shapes broadcast, got {}", shapes(inputs)));
            }
            result = combine(result, &x);
        }
        result
    })
}

/// The inputs' shapes, for messages.
pub(super) fn shapes(inputs: &[Tensor]) -> String {
    let shapes: Vec<String> = inputs.iter().map(|x| x.shape().to_string()).collect();
    match shapes.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => shapes.concat(),
    }
}
