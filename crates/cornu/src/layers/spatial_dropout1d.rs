//! The layer that drops whole channels of sequences while training.

use super::inputs::one_float;
use super::noise::channels_dropped;
use super::{DataFormat, Kept, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// While training, sets each channel of a sample to 0 with probability `rate` and divides the others by
/// `1 - rate`; otherwise changes nothing. `[batch, steps, channels]` stays so.
///
/// Neighbors in a sequence are alike, so that what one dropped value told is still there in the next one;
/// whole channels are another matter. Fails if `rate` is not in `[0, 1)`, or on inputs of other than
/// three axes. Tompson and others: Efficient object localization using convolutional networks (2014).
/// Agrees with Keras's `SpatialDropout1D`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpatialDropout1D {
    /// The share of channels that are dropped, in `[0, 1)`.
    pub rate: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

impl SpatialDropout1D {
    /// A layer that drops a share `rate` of channels.
    pub fn new(rate: f64) -> SpatialDropout1D {
        SpatialDropout1D { rate, seed: None }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> SpatialDropout1D {
        self.seed = Some(seed);
        self
    }
}

impl Named for SpatialDropout1D {
    const NAME: &'static str = "SpatialDropout1D";
    const SUMMARY: &'static str = "drops a share of channels of sequences while training";
}

impl Layer for SpatialDropout1D {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            channels_dropped(scope, x, 1, DataFormat::ChannelsLast, self.rate, self.seed)
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn kept(&self) -> Kept {
        Kept::Brief
    }
}

impl Sampled for SpatialDropout1D {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(SpatialDropout1D::new(0.4).seed(5), [&[2, 3, 4]])]
    }
}
