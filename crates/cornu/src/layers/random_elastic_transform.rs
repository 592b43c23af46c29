//! The layer that distorts images at random.

use super::blur::blurred;
use super::factor::{chosen, drawn, whole};
use super::images::{BYTES, augmented, value_range};
use super::sampling::{Sampling, pixels};
use super::{DataFormat, Factor, FillMode, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Moves each pixel of an image by smooth noise, with probability drawn between the two numbers of `factor`,
/// or from 0 to one number. With `s` drawn from `scale` for all images, the noise has deviation
/// `sigma = 0.05 s min(rows, columns)`, is smoothed by a normal density of that deviation, and multiplied by
/// `0.1 s max(rows, columns)`. What leaves `value_range` is brought back to its ends.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor or scale does not lie in `[0, 1]`. Keras's `RandomElasticTransform` moves rows and
/// columns by the same noise; here they have noise of their own.
///
/// ```
/// use cornu::layers::RandomElasticTransform;
/// let layer = RandomElasticTransform::new().scale(0.5);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomElasticTransform {
    /// How probable; up to 1 by default.
    #[serde(default = "whole")]
    pub factor: Factor,
    /// How strongly; up to 1 by default.
    #[serde(default = "whole")]
    pub scale: Factor,
    /// What lies outside the image.
    #[serde(default)]
    pub fill_mode: FillMode,
    /// The value outside the image, for `fill_mode` `constant`; 0 by default.
    #[serde(default)]
    pub fill_value: f64,
    /// What lies between pixels: `bilinear`, the default, or `nearest`.
    #[serde(default = "super::sampling::bilinear")]
    pub interpolation: Interpolation,
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

impl RandomElasticTransform {
    /// A layer with the defaults.
    pub fn new() -> RandomElasticTransform {
        RandomElasticTransform {
            factor: whole(),
            scale: whole(),
            fill_mode: FillMode::Reflect,
            fill_value: 0.0,
            interpolation: Interpolation::Bilinear,
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor.
    pub fn factor(mut self, factor: impl Into<Factor>) -> RandomElasticTransform {
        self.factor = factor.into();
        self
    }

    /// The same, as strong as this says.
    pub fn scale(mut self, scale: impl Into<Factor>) -> RandomElasticTransform {
        self.scale = scale.into();
        self
    }

    /// The same with something else outside the image.
    pub fn fill_mode(mut self, fill_mode: FillMode) -> RandomElasticTransform {
        self.fill_mode = fill_mode;
        self
    }

    /// The same with another value outside the image.
    pub fn fill_value(mut self, fill_value: f64) -> RandomElasticTransform {
        self.fill_value = fill_value;
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandomElasticTransform {
        self.interpolation = interpolation;
        self
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomElasticTransform {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomElasticTransform {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomElasticTransform {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomElasticTransform {
    fn default() -> RandomElasticTransform {
        RandomElasticTransform::new()
    }
}

impl Named for RandomElasticTransform {
    const NAME: &'static str = "RandomElasticTransform";
    const SUMMARY: &'static str = "distorts images at random";
}

impl Layer for RandomElasticTransform {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let chance = self.factor.within("a factor", 0.0, 1.0);
        let scale = self.scale.within("a scale", 0.0, 1.0);
        let config = chance.and_then(|chance| Ok((chance, scale?, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (chance, scale, [low, high])| {
            let [n, rows, columns] = [0, 1, 2].map(|axis| x.extent(axis));
            let (short, long) = (rows.min(columns) as f64, rows.max(columns) as f64);
            let strength = drawn(scope, scale, Shape::scalar(), self.seed);
            let sigma = (&strength * (0.05 * short)).maximum(1e-6);
            // Three deviations to each side, of the strongest.
            let size = (6.0 * 0.05 * short * scale[1]) as usize | 1;
            let mut noise = || {
                let noise = scope.normal([n, rows, columns, 1], self.seed).cast(x.dtype()) * &sigma;
                let smooth = blurred(&blurred(&noise, 1, size, &sigma), 2, size, &sigma);
                (smooth * (&strength * (0.1 * long))).reshape([n, rows, columns])
            };
            let (across, down) = (noise(), noise());
            let (row, column) = pixels(x);
            let sampling = Sampling {
                interpolation: self.interpolation,
                fill_mode: self.fill_mode,
                fill_value: self.fill_value,
            };
            let distorted = sampling.at(x, &(row + down), &(column + across));
            let chosen = chosen(scope, chance, n, self.seed);
            chosen.select(&distorted, x).clip(low, high)
        })
    }
}

impl Sampled for RandomElasticTransform {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(RandomElasticTransform::new().value_range([-2.0, 2.0]), [&[2, 3, 4, 2]])]
    }
}
