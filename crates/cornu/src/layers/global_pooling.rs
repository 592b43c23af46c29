//! Pooling over whole spatial axes, of which there are one, two or three.

use super::inputs::one;
use super::pool::Pool;
use super::{DataFormat, Layer};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// The greatest element, or the mean, over all `RANK` spatial axes, for each channel by itself:
/// `GlobalMaxPooling1D`, `GlobalAveragePooling2D` and so on.
///
/// `[batch, spatial.., channels] -> [batch, channels]`, or `[batch, 1.., channels]` with `keepdims`.
/// `GlobalAveragePooling1D` counts only the steps that a mask leaves; its output has no mask.
/// Fails on inputs of another number of axes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct GlobalPooling<P, const RANK: usize> {
    /// Where the channels stand in the input; last by default.
    pub data_format: DataFormat,
    /// Whether the output keeps the spatial axes, with an extent of 1; false by default.
    pub keepdims: bool,
    #[serde(skip)]
    pool: PhantomData<P>,
}

impl<P, const RANK: usize> Default for GlobalPooling<P, RANK> {
    fn default() -> GlobalPooling<P, RANK> {
        GlobalPooling { data_format: DataFormat::ChannelsLast, keepdims: false, pool: PhantomData }
    }
}

impl<P, const RANK: usize> GlobalPooling<P, RANK> {
    /// A layer that drops the spatial axes.
    pub fn new() -> GlobalPooling<P, RANK> {
        GlobalPooling::default()
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> GlobalPooling<P, RANK> {
        self.data_format = data_format;
        self
    }

    /// The same, keeping the spatial axes or not.
    pub fn keepdims(mut self, keepdims: bool) -> GlobalPooling<P, RANK> {
        self.keepdims = keepdims;
        self
    }
}

impl<P: Pool, const RANK: usize> Layer for GlobalPooling<P, RANK>
where
    GlobalPooling<P, RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let shape = x.shape();
            if let Some(message) = self.data_format.misfit(RANK, &shape) {
                return scope.fail(message);
            }
            let dtype = if P::FLOATS { scope.compute_dtype() } else { x.dtype() };
            let x = if P::FLOATS { x.cast(scope.precise_dtype()) } else { x.clone() };
            let axes = self.data_format.spatial(RANK);
            let mask = if self.supports_masking() { scope.mask(0) } else { None };
            scope.set_mask(0, None);
            let signed: Vec<isize> = axes.clone().map(|axis| axis as isize).collect();
            let y = match mask {
                Some(mask) => masked_mean(&x, &mask.cast(DType::Bool), &signed),
                None => P::over_axes(&x, &signed),
            };
            let y = y.cast(dtype);
            match self.keepdims {
                true => y,
                false => y.reshape(shape.without(&axes.collect::<Vec<_>>())),
            }
        })
    }

    fn supports_masking(&self) -> bool {
        P::FLOATS && RANK == 1
    }
}

/// The mean over `axes` of what `mask` leaves, which has an extent for the batch and each of the axes.
fn masked_mean(x: &Tensor, mask: &Tensor, axes: &[isize]) -> Tensor {
    let others: Vec<usize> = (1..x.rank()).filter(|&axis| !axes.contains(&(axis as isize))).collect();
    let mask = mask.reshape(x.shape().with_ones(&others));
    mask.select(x, 0.0).sum_keep(axes) / mask.cast(x.dtype()).sum_keep(axes)
}
