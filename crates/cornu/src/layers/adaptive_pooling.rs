//! Pooling to an output of a given size, over one, two or three spatial axes.

use super::inputs::one_float;
use super::pool::Pool;
use super::{DataFormat, Layer, PerAxis};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;
use std::ops::Range;

/// The greatest element, or the mean, of as many parts of each of `RANK` spatial axes as
/// `output_size` says, for each channel by itself: `AdaptiveMaxPooling1D`,
/// `AdaptiveAveragePooling2D` and so on.
///
/// `[batch, spatial.., channels] -> [batch, output_size.., channels]`. Of an axis of `n` elements that
/// becomes `m`, part `i` begins at `i n / m`, rounded down, and ends before `(i + 1) n / m`, rounded
/// up; parts may overlap. Axes are pooled one after another. Fails on inputs of another number of
/// axes or without elements there, or if an extent of the output is 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct AdaptivePooling<P, const RANK: usize> {
    /// The output's extent along each spatial axis.
    pub output_size: PerAxis<RANK>,
    /// Where the channels stand in input and output; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
    #[serde(skip)]
    pool: PhantomData<P>,
}

impl<P, const RANK: usize> AdaptivePooling<P, RANK> {
    /// A layer that gives outputs of that size.
    pub fn new(output_size: impl Into<PerAxis<RANK>>) -> AdaptivePooling<P, RANK> {
        let data_format = DataFormat::ChannelsLast;
        AdaptivePooling { output_size: output_size.into(), data_format, pool: PhantomData }
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> AdaptivePooling<P, RANK> {
        self.data_format = data_format;
        self
    }

    /// What does not fit.
    fn misfit(&self, x: &Tensor) -> Option<String> {
        let shape = x.shape();
        let misfit = self.data_format.misfit(RANK, &shape).or_else(|| self.output_size.misfit("output_size"));
        misfit.or_else(|| {
            let empty = self.data_format.spatial(RANK).any(|axis| shape[axis] == 0);
            empty.then(|| format!("expects inputs with elements along each spatial axis, got shape {shape}"))
        })
    }
}

impl<P: Pool, const RANK: usize> Layer for AdaptivePooling<P, RANK>
where
    AdaptivePooling<P, RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            if let Some(message) = self.misfit(x) {
                return scope.fail(message);
            }
            let axes = self.data_format.spatial(RANK).zip(self.output_size.iter());
            axes.fold(x.clone(), |x, (axis, &n_parts)| {
                P::over_ranges(&x, axis, &parts(x.extent(axis as isize), n_parts))
            })
        })
    }
}

/// The parts of `n` elements.
fn parts(n: usize, n_parts: usize) -> Vec<Range<usize>> {
    (0..n_parts).map(|i| i * n / n_parts..((i + 1) * n).div_ceil(n_parts)).collect()
}
