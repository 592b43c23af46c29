//! The layer that turns images at random.

use super::affine::rotation;
use super::factor::drawn;
use super::images::augmented;
use super::sampling::Sampling;
use super::{DataFormat, Factor, FillMode, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Turns each image about its middle by a share of a full turn, drawn between the two numbers of
/// `factor`, or up to one number both ways; clockwise where it is negative.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[-1, 1]`. Agrees with Keras's `RandomRotation`.
///
/// ```
/// use cornu::layers::{FillMode, RandomRotation};
/// let layer = RandomRotation::new(0.1).fill_mode(FillMode::Nearest);
/// assert_eq!(layer.fill_value, 0.0);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRotation {
    /// How far, in full turns.
    pub factor: Factor,
    /// What lies outside the image.
    #[serde(default)]
    pub fill_mode: FillMode,
    /// The value outside the image, for `fill_mode` `constant`; 0 by default.
    #[serde(default)]
    pub fill_value: f64,
    /// What lies between pixels: `bilinear`, the default, or `nearest`.
    #[serde(default = "super::sampling::bilinear")]
    pub interpolation: Interpolation,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl RandomRotation {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomRotation {
        RandomRotation {
            factor: factor.into(),
            fill_mode: FillMode::Reflect,
            fill_value: 0.0,
            interpolation: Interpolation::Bilinear,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with something else outside the image.
    pub fn fill_mode(mut self, fill_mode: FillMode) -> RandomRotation {
        self.fill_mode = fill_mode;
        self
    }

    /// The same with another value outside the image.
    pub fn fill_value(mut self, fill_value: f64) -> RandomRotation {
        self.fill_value = fill_value;
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandomRotation {
        self.interpolation = interpolation;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomRotation {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomRotation {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomRotation {
    const NAME: &'static str = "RandomRotation";
    const SUMMARY: &'static str = "turns images at random";
}

impl Layer for RandomRotation {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self.factor.within("a factor", -1.0, 1.0);
        augmented(scope, inputs, self.data_format, config, |scope, x, range| {
            let angle = drawn(scope, range, [x.extent(0), 1, 1], self.seed) * TAU;
            let sampling = Sampling {
                interpolation: self.interpolation,
                fill_mode: self.fill_mode,
                fill_value: self.fill_value,
            };
            rotation(x, &angle).apply(x, sampling)
        })
    }
}

impl Sampled for RandomRotation {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomRotation::new(0.2), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomRotation::new(0.2).fill_mode(FillMode::Constant).fill_value(0.5),
                [&[3, 4, 5, 3]],
            ),
            LayerSample::new(RandomRotation::new(0.2).fill_mode(FillMode::Wrap), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomRotation::new(0.2).interpolation(Interpolation::Nearest), [&[3, 4, 5, 3]]),
        ]
    }
}
