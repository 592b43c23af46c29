//! The layer of products summed over an axis.

use super::inputs::{many, shapes};
use super::unit_normalization::unit;
use super::{Layer, LayerSample, Sampled, Takes};
use crate::constraints::Axes;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Tensor, ops};
use serde::{Deserialize, Serialize};

/// The product of two inputs, sample by sample, summed over an axis of each:
/// `[batch, a .., k], [batch, k, b ..] -> [batch, a .., b ..]`, or `[batch, 1]` where no axis is left.
///
/// Fails if the axes differ in extent, do not exist, or are the batch, or if there are not two inputs.
/// Agrees with Keras's `Dot`.
///
/// ```
/// use cornu::layers::Dot;
/// // The cosine of the angle between two vectors.
/// let layer = Dot::new(1).normalize(true);
/// assert_eq!(layer.axes.as_slice(), [1]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dot {
    /// The axis of both inputs, or that of the first and that of the second.
    pub axes: Axes,
    /// Whether the inputs are scaled to length 1 along the axes first; false by default.
    #[serde(default)]
    pub normalize: bool,
}

impl Dot {
    /// A layer that sums over this axis, or this one of the first and that of the second input.
    pub fn new(axes: impl Into<Axes>) -> Dot {
        Dot { axes: axes.into(), normalize: false }
    }

    /// The same with inputs scaled to length 1, or not.
    pub fn normalize(mut self, normalize: bool) -> Dot {
        self.normalize = normalize;
        self
    }
}

impl Named for Dot {
    const NAME: &'static str = "Dot";
    const SUMMARY: &'static str = "the product of two inputs, summed over an axis";
}

impl Layer for Dot {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        if inputs.len() != 2 {
            return vec![scope.fail(format!("expects two inputs, got {}", inputs.len()))];
        }
        scope.set_mask(0, None);
        many(scope, inputs, |scope, inputs| {
            let (a, b) = (&inputs[0], &inputs[1]);
            let given = match *self.axes.as_slice() {
                [axis] => [axis, axis],
                [first, second] => [first, second],
                ref other => return scope.fail(format!("expects one axis or two, got {other:?}")),
            };
            let found = [a.shape().axis(given[0]), b.shape().axis(given[1])];
            let (i, j) = match found {
                [Some(i), Some(j)] if i > 0 && j > 0 && a.shape()[i] == b.shape()[j] => (i, j),
                _ => {
                    let got = shapes(inputs);
                    return scope
                        .fail(format!("expects axes {given:?} after the batch of one extent, got {got}"));
                }
            };
            let unit = |x: &Tensor, axis: usize| match self.normalize {
                true => unit(x, &[axis as isize], 1e-7),
                false => x.clone(),
            };
            let dot =
                ops::Dot { a_batch: vec![0], b_batch: vec![0], a_contract: vec![i], b_contract: vec![j] };
            let y = unit(a, i).dot(&unit(b, j), dot);
            match y.rank() {
                1 => y.expand_dims(-1),
                _ => y,
            }
        })
    }

    fn takes(&self) -> Takes {
        Takes::List
    }
}

impl Sampled for Dot {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Dot::new(1), [&[2, 3], &[2, 3]]),
            LayerSample::new(Dot::new([1, 2]), [&[2, 3, 4], &[2, 5, 3]]),
            LayerSample::new(Dot::new(-1).normalize(true), [&[2, 3, 4], &[2, 4]]),
        ]
    }
}
