//! The layer that makes images brighter or darker at random.

use super::factor::drawn;
use super::images::{BYTES, augmented, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Adds one number to all values of an image: a share, drawn between the two numbers of `factor`, or up to
/// one number both ways, of the width of `value_range`, to whose ends what leaves it is brought back.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[-1, 1]`. Agrees with Keras's `RandomBrightness`.
///
/// ```
/// use cornu::layers::RandomBrightness;
/// let layer = RandomBrightness::new([-0.1, 0.1]).value_range([0.0, 1.0]);
/// assert_eq!(layer.value_range, [0.0, 1.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomBrightness {
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

impl RandomBrightness {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomBrightness {
        RandomBrightness {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomBrightness {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomBrightness {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomBrightness {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomBrightness {
    const NAME: &'static str = "RandomBrightness";
    const SUMMARY: &'static str = "makes images brighter or darker at random";
}

impl Layer for RandomBrightness {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self
            .factor
            .within("a factor", -1.0, 1.0)
            .and_then(|range| Ok((range, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (range, [low, high])| {
            let change = drawn(scope, range, [x.extent(0), 1, 1, 1], self.seed);
            (x + change * (high - low)).clip(low, high)
        })
    }
}

impl Sampled for RandomBrightness {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomBrightness::new(0.2).value_range([-2.0, 2.0]), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomBrightness::new([0.1, 0.3]).value_range([-1.0, 1.0]), [&[3, 4, 5, 3]]),
        ]
    }
}
