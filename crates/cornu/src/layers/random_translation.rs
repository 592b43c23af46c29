//! The layer that moves images at random.

use super::affine::Affine;
use super::factor::drawn;
use super::images::augmented;
use super::sampling::Sampling;
use super::{DataFormat, Factor, FillMode, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Moves each image: down by a share of its rows, drawn between the two numbers of `height_factor`, or up
/// to one number both ways, and to the right by a share of its columns likewise.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if a factor does not lie in `[-1, 1]`. Agrees with Keras's `RandomTranslation`.
///
/// ```
/// use cornu::layers::{Interpolation, RandomTranslation};
/// let layer = RandomTranslation::new(0.2, [0.0, 0.1]).interpolation(Interpolation::Nearest);
/// assert_eq!(layer.seed, None);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomTranslation {
    /// How far down, as a share of the rows.
    pub height_factor: Factor,
    /// How far to the right, as a share of the columns.
    pub width_factor: Factor,
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

impl RandomTranslation {
    /// A layer with this height_factor and width_factor.
    pub fn new(height_factor: impl Into<Factor>, width_factor: impl Into<Factor>) -> RandomTranslation {
        RandomTranslation {
            height_factor: height_factor.into(),
            width_factor: width_factor.into(),
            fill_mode: FillMode::Reflect,
            fill_value: 0.0,
            interpolation: Interpolation::Bilinear,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with something else outside the image.
    pub fn fill_mode(mut self, fill_mode: FillMode) -> RandomTranslation {
        self.fill_mode = fill_mode;
        self
    }

    /// The same with another value outside the image.
    pub fn fill_value(mut self, fill_value: f64) -> RandomTranslation {
        self.fill_value = fill_value;
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandomTranslation {
        self.interpolation = interpolation;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomTranslation {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomTranslation {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomTranslation {
    const NAME: &'static str = "RandomTranslation";
    const SUMMARY: &'static str = "moves images at random";
}

impl Layer for RandomTranslation {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let height = self.height_factor.within("a height_factor", -1.0, 1.0);
        let width = self.width_factor.within("a width_factor", -1.0, 1.0);
        let config = height.and_then(|height| Ok((height, width?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (height, width)| {
            let n = x.extent(0);
            let mut map = Affine::identity(x);
            map.b[2] = drawn(scope, height, [n, 1, 1], self.seed) * -(x.extent(1) as f64);
            map.a[2] = drawn(scope, width, [n, 1, 1], self.seed) * -(x.extent(2) as f64);
            let sampling = Sampling {
                interpolation: self.interpolation,
                fill_mode: self.fill_mode,
                fill_value: self.fill_value,
            };
            map.apply(x, sampling)
        })
    }
}

impl Sampled for RandomTranslation {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomTranslation::new(0.3, [0.1, 0.4]), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomTranslation::new(0.3, [0.1, 0.4]).fill_mode(FillMode::Constant),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
