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
    // One row goes with every batch.
    let rows = inputs.iter().filter(|x| x.rank() > 0).map(|x| x.extent(0)).max().unwrap_or(1);
    if inputs.iter().any(|x| x.rank() == 0 || ![1, rows].contains(&x.extent(0))) {
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
/// gain some after the batch, as in Keras. The output counts where one of the inputs does, if all of
/// them have masks.
#[track_caller]
pub(super) fn merged(
    scope: &mut Scope,
    inputs: &[Tensor],
    combine: impl Fn(Tensor, &Tensor) -> Tensor,
) -> Vec<Tensor> {
    scope.set_mask(0, merged_mask(scope, inputs.len()));
    many(scope, inputs, |scope, inputs| match aligned(scope, inputs) {
        Ok(aligned) => {
            let merged = aligned.into_iter().reduce(|result, x| combine(result, &x));
            merged.unwrap_or_else(|| scope.fail("expects at least one input"))
        }
        Err(failed) => failed,
    })
}

/// The same where entries that do not count are left out: there the other input stands alone.
#[track_caller]
pub(super) fn merged_where_counted(
    scope: &mut Scope,
    inputs: &[Tensor],
    combine: impl Fn(&Tensor, &Tensor) -> Tensor,
) -> Vec<Tensor> {
    let rank = inputs.iter().map(Tensor::rank).max().unwrap_or(0);
    // Inputs that gain axes lose their masks.
    let mask = |(i, x): (usize, &Tensor)| spread_mask(scope, i, x).filter(|mask| mask.rank() == rank);
    let masks: Vec<Option<Tensor>> = inputs.iter().enumerate().map(mask).collect();
    scope.set_mask(0, merged_mask(scope, inputs.len()));
    many(scope, inputs, |scope, inputs| {
        let aligned = match aligned(scope, inputs) {
            Ok(aligned) => aligned,
            Err(failed) => return failed,
        };
        let counted = aligned.into_iter().zip(masks).reduce(|(result, counts), (mut x, mask)| {
            if let Some(mask) = &mask {
                x = mask.select(&x, &result);
            }
            let so_far = match &counts {
                Some(counts) => counts.select(&result, &x),
                None => result,
            };
            let counts = counts.zip(mask).map(|(a, b)| a.or(&b));
            (combine(&so_far, &x), counts)
        });
        counted.map(|(result, _)| result).unwrap_or_else(|| scope.fail("expects at least one input"))
    })
}

/// Where one of the inputs counts, if all of them have masks.
fn merged_mask(scope: &Scope, n: usize) -> Option<Tensor> {
    let masks: Option<Vec<Tensor>> = (0..n).map(|i| scope.mask(i)).collect();
    let masks = masks.filter(|masks| masks.windows(2).all(|pair| pair[0].shape() == pair[1].shape()))?;
    masks.into_iter().reduce(|a, b| a.or(&b))
}

/// The mask of input `i`, which is `x`, for each of its entries.
pub(super) fn spread_mask(scope: &Scope, i: usize, x: &Tensor) -> Option<Tensor> {
    let mask = scope.mask(i)?;
    let fits = x.is_valid() && mask.shape()[..] == x.shape()[..x.rank().saturating_sub(1)];
    fits.then(|| mask.expand_dims(-1).broadcast_to(x.shape()))
}

/// The inputs with as many axes each, if their shapes repeat to a common one.
#[track_caller]
pub(super) fn aligned(scope: &mut Scope, inputs: &[Tensor]) -> Result<Vec<Tensor>, Tensor> {
    let rank = inputs.iter().map(Tensor::rank).max().unwrap_or(0);
    let widened = inputs.iter().map(|x| {
        let shape = x.shape();
        let ones = std::iter::repeat_n(1, rank - shape.rank());
        let extents = shape[..1].iter().copied().chain(ones).chain(shape[1..].iter().copied());
        x.reshape(extents.collect::<Vec<_>>())
    });
    let widened: Vec<Tensor> = widened.collect();
    let mut shape = widened.first().map(Tensor::shape).unwrap_or_default();
    for x in &widened {
        match shape.broadcast(&x.shape()) {
            Some(common) => shape = common,
            None => {
                let message = format!("expects inputs whose shapes broadcast, got {}", shapes(inputs));
                return Err(scope.fail(message));
            }
        }
    }
    Ok(widened)
}

/// The inputs' shapes, for messages.
pub(super) fn shapes(inputs: &[Tensor]) -> String {
    let shapes: Vec<String> = inputs.iter().map(|x| x.shape().to_string()).collect();
    match shapes.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => shapes.concat(),
    }
}
