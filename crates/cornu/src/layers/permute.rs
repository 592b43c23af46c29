//! The layer that puts axes in another order.

use super::inputs::one;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The axes after the batch in another order: axis `i` of the output is axis `dims[i - 1]` of the
/// input, both counted from 1.
///
/// Fails if `dims` is not an order of the input's axes. Agrees with Keras's `Permute`.
///
/// ```
/// use cornu::layers::Permute;
/// assert_eq!(Permute::new([2, 1]).dims, [2, 1]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permute {
    /// For each axis of the output after the batch, the axis of the input, counted from 1.
    pub dims: Vec<usize>,
}

impl Permute {
    /// A layer with this order.
    pub fn new(dims: impl Into<Vec<usize>>) -> Permute {
        Permute { dims: dims.into() }
    }
}

impl Named for Permute {
    const NAME: &'static str = "Permute";
    const SUMMARY: &'static str = "puts axes in another order";
}

impl Layer for Permute {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let mut sorted = self.dims.clone();
            sorted.sort_unstable();
            if !sorted.iter().copied().eq(1..x.rank()) {
                let (shape, dims) = (x.shape(), &self.dims);
                return scope.fail(format!(
                    "expects an order of the input's axes after the batch, {shape}, got {dims:?}"
                ));
            }
            x.transpose(&[&[0], &self.dims[..]].concat())
        })
    }
}

impl Sampled for Permute {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(Permute::new([3, 1, 2]), [&[2, 3, 4, 5]])]
    }
}
