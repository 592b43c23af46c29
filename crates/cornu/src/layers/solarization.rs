//! The layer that inverts what is bright in images.

use super::factor::{drawn, nothing};
use super::images::{BYTES, augmented, ranged, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Brings values to bytes, adds a number, and inverts what is not below a threshold. The number is drawn
/// from the first number of `addition_factor` to 255 times its second, or from 0 to 255 times one number, and
/// the threshold by `threshold_factor` in the same way.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if a factor does not lie in `[0, 1]`. Agrees with Keras's `Solarization`.
///
/// ```
/// use cornu::layers::Solarization;
/// let layer = Solarization::new().threshold_factor(0.5);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solarization {
    /// How much is added.
    #[serde(default = "nothing")]
    pub addition_factor: Factor,
    /// From where on is inverted.
    #[serde(default = "nothing")]
    pub threshold_factor: Factor,
    /// Between which numbers the images' values lie; 0 and 255 by default.
    #[serde(default = "super::images::bytes")]
    pub value_range: [f64; 2],
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl Solarization {
    /// A layer with the defaults.
    pub fn new() -> Solarization {
        Solarization {
            addition_factor: nothing(),
            threshold_factor: nothing(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another addition.
    pub fn addition_factor(mut self, addition_factor: impl Into<Factor>) -> Solarization {
        self.addition_factor = addition_factor.into();
        self
    }

    /// The same with another threshold.
    pub fn threshold_factor(mut self, threshold_factor: impl Into<Factor>) -> Solarization {
        self.threshold_factor = threshold_factor.into();
        self
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> Solarization {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> Solarization {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> Solarization {
        self.data_format = data_format;
        self
    }
}

impl Default for Solarization {
    fn default() -> Solarization {
        Solarization::new()
    }
}

impl Named for Solarization {
    const NAME: &'static str = "Solarization";
    const SUMMARY: &'static str = "inverts what is bright in images";
}

impl Layer for Solarization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let added = self.addition_factor.within("an addition_factor", 0.0, 1.0);
        let threshold = self.threshold_factor.within("a threshold_factor", 0.0, 1.0);
        let values = value_range(self.value_range);
        let config = added.and_then(|added| Ok((added, threshold?, values?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (added, threshold, values)| {
            let [added, threshold] = [added, threshold]
                .map(|[low, high]| drawn(scope, [low, high * 255.0], [x.extent(0), 1, 1, 1], self.seed));
            let bytes = (ranged(x, values, BYTES) + added).clip(0.0, 255.0);
            let result = bytes.less(threshold).select(&bytes, &(255.0 - &bytes));
            ranged(&result, BYTES, values)
        })
    }
}

impl Sampled for Solarization {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Solarization::new().value_range([-2.0, 2.0]), [&[3, 4, 5, 3]]),
            LayerSample::new(
                Solarization::new()
                    .value_range([-2.0, 2.0])
                    .addition_factor(0.3)
                    .threshold_factor([0.4, 0.8]),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
