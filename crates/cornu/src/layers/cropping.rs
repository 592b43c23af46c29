//! What is left of one, two or three spatial axes when their ends are cut off.

use super::inputs::one;
use super::{DataFormat, Layer, Margins};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Cuts elements off at both ends of each of `RANK` spatial axes: `Cropping2D`, `Cropping3D`.
/// `[batch, spatial.., channels] -> [batch, spatial.., channels]`, in which an axis of `n` has
/// `n - low - high`.
///
/// Fails on inputs of another number of axes, or if nothing would be left.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct Cropping<const RANK: usize> {
    /// How many elements are cut off before and after along each spatial axis; by default none of
    /// images, and 1 of volumes.
    pub cropping: Margins<RANK>,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
}

impl<const RANK: usize> Default for Cropping<RANK> {
    fn default() -> Cropping<RANK> {
        let cropping = if RANK == 2 { 0 } else { 1 };
        Cropping { cropping: cropping.into(), data_format: DataFormat::ChannelsLast }
    }
}

impl<const RANK: usize> Cropping<RANK> {
    /// A layer that cuts off so many elements.
    pub fn new(cropping: impl Into<Margins<RANK>>) -> Cropping<RANK> {
        Cropping { cropping: cropping.into(), ..Cropping::default() }
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> Cropping<RANK> {
        self.data_format = data_format;
        self
    }
}

impl<const RANK: usize> Layer for Cropping<RANK>
where
    Cropping<RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| cropped(scope, x, &self.cropping, self.data_format))
    }
}

/// `x` without these margins.
pub(super) fn cropped<const RANK: usize>(
    scope: &mut Scope,
    x: &Tensor,
    margins: &Margins<RANK>,
    data_format: DataFormat,
) -> Tensor {
    let shape = x.shape();
    if let Some(message) = data_format.misfit(RANK, &shape) {
        return scope.fail(message);
    }
    let cut = |(axis, (low, high)): (usize, (usize, usize))| {
        let stop = shape[axis].saturating_sub(high);
        (low < stop).then_some((low, stop, 1))
    };
    let margins = data_format.with_spatial(&**margins, (0, 0));
    let spatial = data_format.spatial(RANK);
    let whole = |axis: usize| Some((0, shape[axis], 1));
    let ranges = margins.iter().copied().enumerate();
    let ranges =
        ranges.map(|(axis, margin)| if spatial.contains(&axis) { cut((axis, margin)) } else { whole(axis) });
    match ranges.collect::<Option<Vec<_>>>() {
        Some(ranges) => x.slice(&ranges),
        None => {
            let margins: Vec<(usize, usize)> = margins[spatial].to_vec();
            scope.fail(format!("expects inputs larger than the cropping {margins:?}, got shape {shape}"))
        }
    }
}
