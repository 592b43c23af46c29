//! The layer that shifts the hue of images at random.

use super::colors::{hsv_of_rgb, rgb_of_hsv, with_plane};
use super::factor::{drawn, signs};
use super::images::{BYTES, augmented, ranged, rgb, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Shifts the hue by half of a number of full turns drawn between the two numbers of `factor`, or from 0 to
/// one number, one way or the other; values lie in `value_range`.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[0, 1]`, or images have other than 3 channels. Agrees with Keras's
/// `RandomHue`.
///
/// ```
/// use cornu::layers::RandomHue;
/// let layer = RandomHue::new(0.1).value_range([0.0, 1.0]);
/// assert_eq!(layer.value_range, [0.0, 1.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomHue {
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

impl RandomHue {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomHue {
        RandomHue {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomHue {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomHue {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomHue {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomHue {
    const NAME: &'static str = "RandomHue";
    const SUMMARY: &'static str = "shifts the hue of images at random";
}

impl Layer for RandomHue {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self
            .factor
            .within("a factor", 0.0, 1.0)
            .and_then(|range| Ok((range, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (range, values)| {
            if let Err(message) = rgb(x) {
                return scope.fail(message);
            }
            let shape = [x.extent(0), 1, 1, 1];
            let shift = signs(scope, shape, self.seed) * drawn(scope, range, shape, self.seed) * 0.5;
            let hsv = hsv_of_rgb(&ranged(x, values, [0.0, 1.0]));
            let turned = with_plane(&hsv, 0, |hue| {
                let hue = hue + shift;
                let hue = hue.greater(1.0).select(&(&hue - 1.0), &hue);
                hue.less(0.0).select(&(&hue + 1.0), &hue)
            });
            ranged(&rgb_of_hsv(&turned).clip(0.0, 1.0), [0.0, 1.0], values)
        })
    }
}

impl Sampled for RandomHue {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample {
            range: (0.0, 1.0),
            ..LayerSample::new(RandomHue::new(0.4).value_range([0.0, 1.0]), [&[2, 2, 2, 3]])
        }]
    }
}
