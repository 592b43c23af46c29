//! The layer that turns images to their negatives at random.

use super::factor::{chosen, whole};
use super::images::{BYTES, augmented};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Subtracts each image from the upper end of `value_range` with a probability drawn between the two
/// numbers of `factor`, or from 0 to one number.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[0, 1]`. Agrees with Keras's `RandomInvert`.
///
/// ```
/// use cornu::layers::RandomInvert;
/// let layer = RandomInvert::new().factor(0.5);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomInvert {
    /// How probable; up to 1 by default.
    #[serde(default = "whole")]
    pub factor: Factor,
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

impl RandomInvert {
    /// A layer with the defaults.
    pub fn new() -> RandomInvert {
        RandomInvert {
            factor: whole(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor.
    pub fn factor(mut self, factor: impl Into<Factor>) -> RandomInvert {
        self.factor = factor.into();
        self
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomInvert {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomInvert {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomInvert {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomInvert {
    fn default() -> RandomInvert {
        RandomInvert::new()
    }
}

impl Named for RandomInvert {
    const NAME: &'static str = "RandomInvert";
    const SUMMARY: &'static str = "turns images to their negatives at random";
}

impl Layer for RandomInvert {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self.factor.within("a factor", 0.0, 1.0);
        augmented(scope, inputs, self.data_format, config, |scope, x, range| {
            let chosen = chosen(scope, range, x.extent(0), self.seed);
            chosen.select(&(self.value_range[1] - x), x)
        })
    }
}

impl Sampled for RandomInvert {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomInvert::new().factor(0.5), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomInvert::new().factor([1.0, 1.0]).value_range([-1.0, 1.0]),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
