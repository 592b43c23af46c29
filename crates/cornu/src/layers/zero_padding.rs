//! Zeros around one, two or three spatial axes.

use super::inputs::one;
use super::{DataFormat, Layer, Margins};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Puts zeros before and after the elements along each of `RANK` spatial axes: `ZeroPadding1D`,
/// `ZeroPadding2D`, `ZeroPadding3D`. `[batch, spatial.., channels] -> [batch, spatial.., channels]`,
/// in which an axis of `n` has `low + n + high`.
///
/// Fails on inputs of another number of axes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct ZeroPadding<const RANK: usize> {
    /// How many zeros there are before and after along each spatial axis; 1 by default.
    pub padding: Margins<RANK>,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
}

impl<const RANK: usize> Default for ZeroPadding<RANK> {
    fn default() -> ZeroPadding<RANK> {
        ZeroPadding { padding: 1.into(), data_format: DataFormat::ChannelsLast }
    }
}

impl<const RANK: usize> ZeroPadding<RANK> {
    /// A layer that adds so many zeros.
    pub fn new(padding: impl Into<Margins<RANK>>) -> ZeroPadding<RANK> {
        ZeroPadding { padding: padding.into(), ..ZeroPadding::default() }
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> ZeroPadding<RANK> {
        self.data_format = data_format;
        self
    }
}

impl<const RANK: usize> Layer for ZeroPadding<RANK>
where
    ZeroPadding<RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            if let Some(message) = self.data_format.misfit(RANK, &x.shape()) {
                return scope.fail(message);
            }
            let margins = self.padding.map(|(low, high)| (low, high, 0));
            x.pad(&self.data_format.with_spatial(&margins, (0, 0, 0)), 0.0)
        })
    }
}
