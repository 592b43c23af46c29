//! The layer that slants images at random.

use super::affine::Affine;
use super::factor::{drawn, nothing, signs};
use super::images::augmented;
use super::sampling::Sampling;
use super::{DataFormat, Factor, FillMode, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Slants each image: a pixel is found further right by `x_factor` times its row, and further down by
/// `y_factor` times its column, where each is drawn between two numbers, or up to one number both ways, and
/// both turn about for half of the images.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if a factor does not lie in `[-1, 1]`. Agrees with Keras's `RandomShear`.
///
/// ```
/// use cornu::layers::RandomShear;
/// let layer = RandomShear::new().x_factor(0.3);
/// assert_eq!(layer.fill_value, 0.0);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomShear {
    /// How far to the side.
    #[serde(default = "nothing")]
    pub x_factor: Factor,
    /// How far down.
    #[serde(default = "nothing")]
    pub y_factor: Factor,
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

impl RandomShear {
    /// A layer with the defaults.
    pub fn new() -> RandomShear {
        RandomShear {
            x_factor: nothing(),
            y_factor: nothing(),
            fill_mode: FillMode::Reflect,
            fill_value: 0.0,
            interpolation: Interpolation::Bilinear,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor to the side.
    pub fn x_factor(mut self, x_factor: impl Into<Factor>) -> RandomShear {
        self.x_factor = x_factor.into();
        self
    }

    /// The same with another factor down.
    pub fn y_factor(mut self, y_factor: impl Into<Factor>) -> RandomShear {
        self.y_factor = y_factor.into();
        self
    }

    /// The same with something else outside the image.
    pub fn fill_mode(mut self, fill_mode: FillMode) -> RandomShear {
        self.fill_mode = fill_mode;
        self
    }

    /// The same with another value outside the image.
    pub fn fill_value(mut self, fill_value: f64) -> RandomShear {
        self.fill_value = fill_value;
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandomShear {
        self.interpolation = interpolation;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomShear {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomShear {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomShear {
    fn default() -> RandomShear {
        RandomShear::new()
    }
}

impl Named for RandomShear {
    const NAME: &'static str = "RandomShear";
    const SUMMARY: &'static str = "slants images at random";
}

impl Layer for RandomShear {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let across = self.x_factor.within("an x_factor", -1.0, 1.0);
        let down = self.y_factor.within("a y_factor", -1.0, 1.0);
        let config = across.and_then(|across| Ok((across, down?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (across, down)| {
            let shape = [x.extent(0), 1, 1];
            let sign = signs(scope, shape, self.seed);
            let mut map = Affine::identity(x);
            map.b[0] = drawn(scope, down, shape, self.seed) * &sign;
            map.a[1] = drawn(scope, across, shape, self.seed) * &sign;
            let sampling = Sampling {
                interpolation: self.interpolation,
                fill_mode: self.fill_mode,
                fill_value: self.fill_value,
            };
            map.apply(x, sampling)
        })
    }
}

impl Sampled for RandomShear {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomShear::new().x_factor(0.3), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomShear::new().x_factor([0.1, 0.2]).y_factor(0.4).fill_mode(FillMode::Constant),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
