//! The layer that changes the contrast of images at random.

use super::factor::drawn;
use super::images::{BYTES, augmented};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `(x - mean) f + mean` for each channel of each image, with its mean, where `f` is drawn from
/// `1 - low` to `1 + high` of the two numbers of `factor`, or from 1 to 1 plus one number; what leaves
/// `value_range` is brought back to its ends.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[0, 1]`. Agrees with Keras's `RandomContrast`.
///
/// ```
/// use cornu::layers::RandomContrast;
/// let layer = RandomContrast::new(0.2).value_range([0.0, 1.0]);
/// assert_eq!(layer.value_range, [0.0, 1.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomContrast {
    /// How much.
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

impl RandomContrast {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomContrast {
        RandomContrast {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomContrast {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomContrast {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomContrast {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomContrast {
    const NAME: &'static str = "RandomContrast";
    const SUMMARY: &'static str = "changes the contrast of images at random";
}

impl Layer for RandomContrast {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self.factor.within("a factor", 0.0, 1.0);
        augmented(scope, inputs, self.data_format, config, |scope, x, [low, high]| {
            let factor = drawn(scope, [1.0 - low, 1.0 + high], [x.extent(0), 1, 1, 1], self.seed);
            let mean = x.mean_keep(&[1, 2]);
            ((x - &mean) * factor + mean).clip(self.value_range[0], self.value_range[1])
        })
    }
}

impl Sampled for RandomContrast {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomContrast::new(0.5).value_range([-1.5, 1.5]), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomContrast::new([0.2, 0.4]), [&[3, 4, 5, 3]]),
        ]
    }
}
