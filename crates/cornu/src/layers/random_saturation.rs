//! The layer that changes how strong the colors of images are at random.

use super::colors::{hsv_of_rgb, rgb_of_hsv, with_plane};
use super::factor::drawn;
use super::images::{BYTES, augmented, rgb, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Multiplies the saturation by `f / (1 - f + 1e-7)`, where `f` is drawn between the two numbers of
/// `factor`, or up to one number both ways: 0 is gray, a half changes nothing, 1 is all color. The saturation is
/// brought back to the ends of `value_range`.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[-1, 1]`, or images have other than 3 channels. Agrees with Keras's
/// `RandomSaturation`.
///
/// ```
/// use cornu::layers::RandomSaturation;
/// let layer = RandomSaturation::new([0.3, 0.7]).value_range([0.0, 1.0]);
/// assert_eq!(layer.value_range, [0.0, 1.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomSaturation {
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

impl RandomSaturation {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomSaturation {
        RandomSaturation {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomSaturation {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomSaturation {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomSaturation {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomSaturation {
    const NAME: &'static str = "RandomSaturation";
    const SUMMARY: &'static str = "changes how strong the colors of images are at random";
}

impl Layer for RandomSaturation {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self
            .factor
            .within("a factor", -1.0, 1.0)
            .and_then(|range| Ok((range, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (range, [low, high])| {
            if let Err(message) = rgb(x) {
                return scope.fail(message);
            }
            let factor = drawn(scope, range, [x.extent(0), 1, 1, 1], self.seed);
            let factor = &factor / (1.0 - &factor + 1e-7);
            let change = |saturation: &Tensor| (saturation * factor).clip(low, high);
            rgb_of_hsv(&with_plane(&hsv_of_rgb(x), 1, change))
        })
    }
}

impl Sampled for RandomSaturation {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample {
            range: (0.0, 1.0),
            ..LayerSample::new(RandomSaturation::new([0.3, 0.5]).value_range([0.0, 1.0]), [&[2, 2, 2, 3]])
        }]
    }
}
