//! The layer that makes all values of images as frequent.

use super::images::{BYTES, augmented, ranged, value_range};
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// Replaces each value by the share of values below it, channel by channel: values, brought to bytes, are
/// counted in `bins`, for the whole batch together. A channel whose values share one bin stays as it is.
///
/// Changes nothing when it does not train; `[batch, rows, columns, channels]` or, as `data_format` says,
/// with the channels first. Agrees with Keras's `Equalization`.
///
/// ```
/// use cornu::layers::Equalization;
/// assert_eq!(Equalization::new().bins(64).bins, 64);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equalization {
    /// Between which numbers the images' values lie; 0 and 255 by default.
    #[serde(default = "super::images::bytes")]
    pub value_range: [f64; 2],
    /// The number of bins; 256 by default.
    #[serde(default = "bins")]
    pub bins: usize,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

fn bins() -> usize {
    256
}

impl Default for Equalization {
    fn default() -> Equalization {
        Equalization::new()
    }
}

impl Equalization {
    /// A layer for images of bytes.
    pub fn new() -> Equalization {
        Equalization { value_range: BYTES, bins: bins(), data_format: DataFormat::ChannelsLast }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, range: [f64; 2]) -> Equalization {
        self.value_range = range;
        self
    }

    /// The same with so many bins.
    pub fn bins(mut self, bins: usize) -> Equalization {
        self.bins = bins;
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> Equalization {
        self.data_format = format;
        self
    }
}

impl Named for Equalization {
    const NAME: &'static str = "Equalization";
    const SUMMARY: &'static str = "makes all values of images as frequent";
}

impl Layer for Equalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = match self.bins {
            0 => Err("expects bins of at least 1, got 0".into()),
            _ => value_range(self.value_range),
        };
        augmented(scope, inputs, self.data_format, config, |_, x, values| {
            let (channels, last) = (x.extent(3), (self.bins - 1) as f64);
            let bytes = ranged(x, values, BYTES);
            let bin = (&bytes * (last / 255.0)).clip(0.0, last).floor().cast(DType::I64);
            let n_pixels = x.extent(0) * x.extent(1) * x.extent(2);
            let ones = bin.reshape([n_pixels, channels]).one_hot(self.bins, x.dtype());
            let counts = ones.sum(&[0]); // [channels, bins]
            let up_to = counts.cumsum(1);
            let first = up_to.greater(0.0).select(&up_to, n_pixels as f64).reduce_min_keep(&[1]);
            let span = (up_to.reduce_max_keep(&[1]) - &first).maximum(1.0);
            let table = ((&up_to - first) * 255.0 / span).round().clip(0.0, 255.0);
            let row = x.builder().iota(x.shape(), 3, DType::I64) * self.bins as f64;
            let found = table.reshape([channels * self.bins]).gather(&(bin + row), 0);
            let one_bin = counts.reduce_max(&[1]).greater_equal(n_pixels as f64);
            ranged(&one_bin.select(&bytes, &found), BYTES, values)
        })
    }
}

impl Sampled for Equalization {
    fn samples() -> Vec<LayerSample> {
        let layer = Equalization::new().bins(8).value_range([-2.0, 2.0]);
        vec![LayerSample::new(layer, [&[2, 3, 4, 2]])]
    }
}
