//! The layer that changes images in ways chosen at random.

use super::factor::drawn;
use super::images::BYTES;
use super::{
    AutoContrast, DataFormat, Equalization, Factor, FillMode, Interpolation, Layer, LayerSample,
    RandomBrightness, RandomColorDegeneration, RandomContrast, RandomPosterization, RandomRotation,
    RandomSharpness, RandomShear, RandomTranslation, Sampled, Solarization,
};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Changes images `num_ops` times, each time in one way that is chosen for the whole batch: slanted, moved,
/// turned, in brightness, color, contrast, sharpness, shades, solarized, with automatic contrast or
/// equalized. How much follows `factor`, as far as the way takes one.
///
/// Draws anew while training, and otherwise changes nothing. Cubuk and others: RandAugment (2020). Agrees
/// with Keras's `RandAugment`.
///
/// ```
/// use cornu::layers::RandAugment;
/// assert_eq!(RandAugment::new().num_ops, 2);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandAugment {
    /// Between which numbers the images' values lie; 0 and 255 by default.
    #[serde(default = "super::images::bytes")]
    pub value_range: [f64; 2],
    /// How often images are changed; 2 by default.
    #[serde(default = "two")]
    pub num_ops: usize,
    /// How much: up to a half by default.
    #[serde(default = "half")]
    pub factor: Factor,
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

fn two() -> usize {
    2
}

fn half() -> Factor {
    Factor::Number(0.5)
}

impl Default for RandAugment {
    fn default() -> RandAugment {
        RandAugment::new()
    }
}

impl RandAugment {
    /// A layer with the defaults, for images of bytes.
    pub fn new() -> RandAugment {
        RandAugment {
            value_range: BYTES,
            num_ops: two(),
            factor: half(),
            interpolation: Interpolation::Bilinear,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, range: [f64; 2]) -> RandAugment {
        self.value_range = range;
        self
    }

    /// The same, changing images so often.
    pub fn num_ops(mut self, n: usize) -> RandAugment {
        self.num_ops = n;
        self
    }

    /// The same, changing images so much.
    pub fn factor(mut self, factor: impl Into<Factor>) -> RandAugment {
        self.factor = factor.into();
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandAugment {
        self.interpolation = interpolation;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandAugment {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> RandAugment {
        self.data_format = format;
        self
    }

    /// The ways in which images may be changed.
    fn ways(&self, [low, high]: [f64; 2]) -> Vec<Box<dyn Layer>> {
        let RandAugment { value_range, interpolation, seed, data_format, .. } = *self;
        let factor = Factor::Between([low, high]);
        let (fill_mode, fill_value) = (FillMode::Reflect, 0.0);
        let bits = Factor::Number((8.0 * high).floor().max(1.0));
        vec![
            Box::new(RandomShear {
                x_factor: factor,
                y_factor: factor,
                fill_mode,
                fill_value,
                interpolation,
                seed,
                data_format,
            }),
            Box::new(RandomTranslation {
                height_factor: factor,
                width_factor: factor,
                fill_mode,
                fill_value,
                interpolation,
                seed,
                data_format,
            }),
            Box::new(RandomRotation { factor, fill_mode, fill_value, interpolation, seed, data_format }),
            Box::new(RandomBrightness { factor, value_range, seed, data_format }),
            Box::new(RandomColorDegeneration { factor, value_range, seed, data_format }),
            Box::new(RandomContrast { factor, value_range, seed, data_format }),
            Box::new(RandomSharpness { factor, value_range, seed, data_format }),
            Box::new(RandomPosterization { factor: bits, value_range, seed, data_format }),
            Box::new(Solarization {
                addition_factor: factor,
                threshold_factor: factor,
                value_range,
                seed,
                data_format,
            }),
            Box::new(AutoContrast { value_range, data_format }),
            Box::new(Equalization::new().value_range(value_range).data_format(data_format)),
        ]
    }
}

impl Named for RandAugment {
    const NAME: &'static str = "RandAugment";
    const SUMMARY: &'static str = "changes images in ways chosen at random";
}

impl Layer for RandAugment {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let range = match self.factor.within("a factor", 0.0, 1.0) {
            Ok(range) => range,
            Err(message) => return vec![scope.fail(message)],
        };
        let mut images = inputs.to_vec();
        if !scope.training() {
            return images;
        }
        let ways = self.ways(range);
        for _ in 0..self.num_ops {
            let chosen = drawn(scope, [0.0, ways.len() as f64], Shape::scalar(), self.seed).floor();
            let before = images.clone();
            for (i, way) in ways.iter().enumerate() {
                let changed = way.call(scope, &before);
                let here = chosen.equal(i as f64);
                images =
                    images.iter().zip(&changed).map(|(x, y)| here.select(y, x.cast(y.dtype()))).collect();
            }
        }
        images
    }
}

impl Sampled for RandAugment {
    fn samples() -> Vec<LayerSample> {
        let layer = RandAugment::new().value_range([0.0, 1.0]).factor(0.3);
        vec![LayerSample { range: (0.1, 0.9), ..LayerSample::new(layer, [&[2, 2, 2, 3]]) }]
    }
}
