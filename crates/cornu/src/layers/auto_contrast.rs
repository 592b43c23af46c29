//! The layer that spreads the values of images.

use super::images::{BYTES, each, value_range};
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Spreads the values of each channel of each image so that the lowest and the highest are the ends of
/// `value_range`; a channel of one value stays as it is. It does so whether it trains or not. Agrees with
/// Keras's `AutoContrast`.
///
/// ```
/// use cornu::layers::AutoContrast;
/// assert_eq!(AutoContrast::new().value_range([0.0, 1.0]).value_range, [0.0, 1.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoContrast {
    /// Between which numbers the images' values lie; 0 and 255 by default.
    #[serde(default = "super::images::bytes")]
    pub value_range: [f64; 2],
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl Default for AutoContrast {
    fn default() -> AutoContrast {
        AutoContrast::new()
    }
}

impl AutoContrast {
    /// A layer for images of bytes.
    pub fn new() -> AutoContrast {
        AutoContrast { value_range: BYTES, data_format: DataFormat::ChannelsLast }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, range: [f64; 2]) -> AutoContrast {
        self.value_range = range;
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> AutoContrast {
        self.data_format = format;
        self
    }
}

impl Named for AutoContrast {
    const NAME: &'static str = "AutoContrast";
    const SUMMARY: &'static str = "spreads the values of images";
}

impl Layer for AutoContrast {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        each(scope, inputs, self.data_format, |_, x| {
            let [from, to] = value_range(self.value_range)?;
            let (low, high) = (x.reduce_min_keep(&[1, 2]), x.reduce_max_keep(&[1, 2]));
            let flat = low.equal(&high);
            let span = flat.select(&low.full_like(1.0), &(high - &low));
            let spread = ((x - &low) / span * (to - from) + from).clip(from, to);
            Ok(flat.select(x, &spread))
        })
    }
}

impl Sampled for AutoContrast {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(AutoContrast::new().value_range([-2.0, 2.0]), [&[2, 4, 3, 3]])]
    }
}
