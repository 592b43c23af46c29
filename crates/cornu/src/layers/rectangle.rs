//! Rectangles in images.

use super::factor::drawn;
use super::sampling::pixels;
use crate::scope::Scope;
use cornu_graph::Tensor;

/// Which pixels of images like `x` lie in a rectangle whose sides are these shares, `[batch, 1, 1, 1]`, of
/// the image's, and which lies anywhere inside: bools `[batch, rows, columns, 1]`.
pub(super) fn rectangle(
    scope: &mut Scope,
    x: &Tensor,
    rows: &Tensor,
    columns: &Tensor,
    seed: Option<i64>,
) -> Tensor {
    let (row, column) = pixels(x);
    let mut within = |place: Tensor, share: &Tensor, axis: isize| {
        let n = x.extent(axis) as f64;
        let place = place.expand_dims(-1);
        let start = drawn(scope, [0.0, 1.0], share.shape(), seed) * (n - share * n);
        place.greater_equal(&start).and(&place.less(start + share * n))
    };
    let across = within(column, columns, 2);
    within(row, rows, 1).and(&across)
}
