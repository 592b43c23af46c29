//! Pooling over windows, of one, two or three spatial axes.

use super::inputs::one_float;
use super::pool::Pool;
use super::{DataFormat, Layer, Padding, PerAxis};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use cornu_graph::ops::Window;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// The greatest element, or the mean, of what each window over `RANK` spatial axes sees, for each
/// channel by itself: `MaxPooling1D`, `AveragePooling2D` and so on.
///
/// `[batch, spatial.., channels] -> [batch, spatial.., channels]`, with
/// `(n - pool_size) / strides + 1` windows, rounded down, along an axis of `n`, and `n / strides`,
/// rounded up, with [`Padding::Same`]. What lies outside of the input is never seen: it is neither
/// greatest nor counted in a mean.
///
/// Fails on inputs of another number of axes or smaller than a window, if a field is 0, or if the
/// padding is causal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct Pooling<P, const RANK: usize> {
    /// A window's extent along each spatial axis; 2 by default.
    pub pool_size: PerAxis<RANK>,
    /// How far windows move along each spatial axis; `pool_size` by default.
    pub strides: Option<PerAxis<RANK>>,
    /// How far windows reach over the input's edges; not at all by default.
    pub padding: Padding,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
    #[serde(skip)]
    pool: PhantomData<P>,
}

impl<P, const RANK: usize> Default for Pooling<P, RANK> {
    fn default() -> Pooling<P, RANK> {
        Pooling {
            pool_size: 2.into(),
            strides: None,
            padding: Padding::Valid,
            data_format: DataFormat::ChannelsLast,
            pool: PhantomData,
        }
    }
}

impl<P, const RANK: usize> Pooling<P, RANK> {
    /// A layer with windows of that size, side by side.
    pub fn new(pool_size: impl Into<PerAxis<RANK>>) -> Pooling<P, RANK> {
        Pooling { pool_size: pool_size.into(), ..Pooling::default() }
    }

    /// The same with windows that move this far.
    pub fn strides(mut self, strides: impl Into<PerAxis<RANK>>) -> Pooling<P, RANK> {
        self.strides = Some(strides.into());
        self
    }

    /// The same with windows that reach over the input's edges in this way.
    pub fn padding(mut self, padding: Padding) -> Pooling<P, RANK> {
        self.padding = padding;
        self
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> Pooling<P, RANK> {
        self.data_format = data_format;
        self
    }

    /// The windows over `x`, or what does not fit.
    fn window(&self, x: &Tensor) -> Result<Window, String> {
        let Pooling { pool_size, padding, data_format, .. } = self;
        let strides = self.strides.unwrap_or(*pool_size);
        let shape = x.shape();
        let misfit = data_format.misfit(RANK, &shape).or_else(|| pool_size.misfit("pool_size"));
        if let Some(message) = misfit.or_else(|| strides.misfit("strides")) {
            return Err(message);
        }
        if *padding == Padding::Causal {
            return Err("expects padding valid or same, got causal".into());
        }
        let axes = data_format.spatial(RANK);
        let margin = |(i, axis): (usize, usize)| padding.margins(shape[axis], pool_size[i], strides[i], 1);
        let margins: Vec<(i64, i64)> = axes.clone().enumerate().map(margin).collect();
        let small = |&(i, axis): &(usize, usize)| {
            shape[axis] as i64 + margins[i].0 + margins[i].1 < pool_size[i] as i64
        };
        if let Some((i, axis)) = axes.enumerate().find(small) {
            let size = pool_size[i];
            return Err(format!(
                "expects inputs into which a window of {size} fits along axis {axis}, got shape {shape}"
            ));
        }
        let window = Window::new(&data_format.with_spatial(&**pool_size, 1));
        let window = window.strides(&data_format.with_spatial(&*strides, 1));
        Ok(window.padding(&data_format.with_spatial(&margins, (0, 0))))
    }
}

impl<P: Pool, const RANK: usize> Layer for Pooling<P, RANK>
where
    Pooling<P, RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| match self.window(x) {
            Ok(window) => P::over_windows(x, window),
            Err(message) => scope.fail(message),
        })
    }
}
