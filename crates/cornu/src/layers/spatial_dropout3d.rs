//! The layer that drops whole channels of volumes while training.

use super::inputs::one_float;
use super::noise::channels_dropped;
use super::{DataFormat, Kept, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// While training, sets each channel of a sample to 0 with probability `rate` and divides the others by
/// `1 - rate`; otherwise changes nothing. `[batch, planes, rows, columns, channels]` stays so.
///
/// Neighbors in a volume are alike, so that what one dropped value told is still there in the next one;
/// whole channels are another matter. Fails if `rate` is not in `[0, 1)`, or on inputs of other than
/// five axes. Tompson and others: Efficient object localization using convolutional networks (2014).
/// Agrees with Keras's `SpatialDropout3D`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpatialDropout3D {
    /// The share of channels that are dropped, in `[0, 1)`.
    pub rate: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl SpatialDropout3D {
    /// A layer that drops a share `rate` of channels.
    pub fn new(rate: f64) -> SpatialDropout3D {
        SpatialDropout3D { rate, seed: None, data_format: DataFormat::default() }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> SpatialDropout3D {
        self.seed = Some(seed);
        self
    }

    /// The same with channels that stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> SpatialDropout3D {
        self.data_format = data_format;
        self
    }
}

impl Named for SpatialDropout3D {
    const NAME: &'static str = "SpatialDropout3D";
    const SUMMARY: &'static str = "drops a share of channels of volumes while training";
}

impl Layer for SpatialDropout3D {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            channels_dropped(scope, x, 3, self.data_format, self.rate, self.seed)
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn kept(&self) -> Kept {
        Kept::Brief
    }
}

impl Sampled for SpatialDropout3D {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(SpatialDropout3D::new(0.4).seed(5), [&[2, 3, 2, 2, 4]]),
            LayerSample::new(
                SpatialDropout3D::new(0.4).seed(5).data_format(DataFormat::ChannelsFirst),
                [&[2, 3, 2, 2, 4]],
            ),
        ]
    }
}
