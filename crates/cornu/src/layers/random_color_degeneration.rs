//! The layer that takes color out of images at random.

use super::colors::gray;
use super::factor::drawn;
use super::images::{BYTES, augmented, rgb, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `x + f (gray - x)`, where `f` is drawn between the two numbers of `factor`, or up to one number both ways;
/// what leaves `value_range` is brought back to its ends.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[-1, 1]`, or images have other than 1 or 3 channels. Agrees with
/// Keras's `RandomColorDegeneration`.
///
/// ```
/// use cornu::layers::RandomColorDegeneration;
/// let layer = RandomColorDegeneration::new([0.0, 0.5]);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomColorDegeneration {
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

impl RandomColorDegeneration {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomColorDegeneration {
        RandomColorDegeneration {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomColorDegeneration {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomColorDegeneration {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomColorDegeneration {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomColorDegeneration {
    const NAME: &'static str = "RandomColorDegeneration";
    const SUMMARY: &'static str = "takes color out of images at random";
}

impl Layer for RandomColorDegeneration {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self
            .factor
            .within("a factor", -1.0, 1.0)
            .and_then(|range| Ok((range, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (range, [low, high])| {
            if x.extent(-1) != 1
                && let Err(message) = rgb(x)
            {
                return scope.fail(message);
            }
            let factor = drawn(scope, range, [x.extent(0), 1, 1, 1], self.seed);
            (x + factor * (gray(x) - x)).clip(low, high)
        })
    }
}

impl Sampled for RandomColorDegeneration {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomColorDegeneration::new(0.5).value_range([-2.0, 2.0]), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomColorDegeneration::new([0.2, 0.9]).value_range([-2.0, 2.0]),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
