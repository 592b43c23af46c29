//! How labels and weights are brought to the shape of predictions.

pub(crate) use crate::shapes::keras_shape;
use cornu_graph::Tensor;

/// Keras's rule for tensors whose ranks differ by one: a last axis of extent 1 is taken away from
/// the one that has it, or, where the other has a single axis, given to that.
pub(crate) fn squeeze_or_expand(a: &Tensor, b: &Tensor) -> (Tensor, Tensor) {
    let fit = |longer: &Tensor, shorter: &Tensor| match longer.extent(-1) {
        1 if shorter.rank() == 1 => (longer.clone(), shorter.expand_dims(-1)),
        1 => (squeeze(longer), shorter.clone()),
        _ => (longer.clone(), shorter.clone()),
    };
    if !a.is_valid() || !b.is_valid() {
        return (a.clone(), b.clone());
    }
    if a.rank() == b.rank() + 1 {
        fit(a, b)
    } else if b.rank() == a.rank() + 1 {
        let (b, a) = fit(b, a);
        (a, b)
    } else {
        (a.clone(), b.clone())
    }
}

/// `x` without its last axis, which has extent 1.
pub(crate) fn squeeze(x: &Tensor) -> Tensor {
    x.reshape(&x.shape()[..x.rank().saturating_sub(1)])
}

/// Labels and predictions of one shape and dtype, for the loss or metric called `name`.
pub(crate) fn same_shape(name: &str, y_true: &Tensor, y_pred: &Tensor) -> (Tensor, Tensor) {
    let (labels, predictions) = squeeze_or_expand(&y_true.cast(y_pred.dtype()), y_pred);
    if labels.is_valid() && predictions.is_valid() && labels.shape() != predictions.shape() {
        let (wanted, got) = (keras_shape(&y_pred.shape()), keras_shape(&y_true.shape()));
        let failed = y_pred
            .builder()
            .fail(format!("{name} expects labels of the predictions' shape {wanted}, got {got}"));
        return (failed.clone(), failed);
    }
    (labels, predictions)
}

/// `a / b`, and zero where `b` is zero; both have one shape.
pub(crate) fn divide_no_nan(a: &Tensor, b: &Tensor) -> Tensor {
    let zero = b.equal(0.0);
    zero.select(&a.full_like(0.0), a / zero.select(&b.full_like(1.0), b))
}
