//! The layer that gives samples another shape.

use super::inputs::one;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Gives each sample another shape: `[batch, ..] -> [batch, ..target_shape]`, in row-major order.
///
/// Fails if the target has another number of elements. Agrees with Keras's `Reshape`.
///
/// ```
/// use cornu::layers::Reshape;
/// let layer = Reshape::new([28, 28, -1]);
/// assert_eq!(layer.target_shape, [28, 28, -1]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    /// A sample's new shape, without the batch; one extent may be -1, which is whatever the others
    /// leave.
    pub target_shape: Vec<isize>,
}

impl Reshape {
    /// A layer that gives each sample this shape.
    pub fn new(target_shape: impl Into<Vec<isize>>) -> Reshape {
        Reshape { target_shape: target_shape.into() }
    }

    /// The extents for samples of `size` elements.
    fn extents(&self, size: usize) -> Option<Vec<usize>> {
        let mut extents = Vec::new();
        let mut open = None;
        for (axis, &extent) in self.target_shape.iter().enumerate() {
            if extent == -1 && open.replace(axis).is_some() {
                return None;
            }
            extents.push(if extent == -1 { 1 } else { usize::try_from(extent).ok()? });
        }
        let known = extents.iter().try_fold(1usize, |n, &extent| n.checked_mul(extent))?;
        if let Some(axis) = open {
            extents[axis] = size.checked_div(known)?;
        }
        (extents.iter().product::<usize>() == size).then_some(extents)
    }
}

impl Named for Reshape {
    const NAME: &'static str = "Reshape";
    const SUMMARY: &'static str = "gives each sample another shape";
}

impl Layer for Reshape {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let shape = x.shape();
            let Some((&batch, sample)) = shape.split_first() else {
                return scope.fail("expects inputs [batch, ..], got a scalar");
            };
            let size: usize = sample.iter().product();
            let Some(extents) = self.extents(size) else {
                let target = &self.target_shape;
                return scope.fail(format!(
                    "expects samples that fill target_shape {target:?}, got {sample:?}: {size} elements"
                ));
            };
            x.reshape([&[batch], &extents[..]].concat())
        })
    }
}

impl Sampled for Reshape {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Reshape::new([2, 2]), [&[5, 4]]),
            LayerSample::new(Reshape::new([2, -1]), [&[2, 3, 4]]),
        ]
    }
}
