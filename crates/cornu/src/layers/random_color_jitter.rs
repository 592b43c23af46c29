//! The layer that changes the colors of images at random.

use super::images::BYTES;
use super::{
    DataFormat, Factor, Layer, LayerSample, RandomBrightness, RandomContrast, RandomHue, RandomSaturation,
    Sampled,
};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Changes brightness, contrast, saturation and hue of each image in this order, each only if its factor is
/// given: see [`RandomBrightness`], [`RandomContrast`], [`RandomSaturation`] and [`RandomHue`]. Agrees with
/// Keras's `RandomColorJitter`.
///
/// ```
/// use cornu::layers::{Factor, RandomColorJitter};
/// let layer = RandomColorJitter::new().brightness_factor(0.2);
/// assert_eq!(layer.brightness_factor, Some(Factor::Number(0.2)));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomColorJitter {
    /// Between which numbers the images' values lie; 0 and 255 by default.
    #[serde(default = "super::images::bytes")]
    pub value_range: [f64; 2],
    /// How much brighter or darker; as they are by default.
    #[serde(default)]
    pub brightness_factor: Option<Factor>,
    /// How much contrast; as they are by default.
    #[serde(default)]
    pub contrast_factor: Option<Factor>,
    /// How strong colors are; as they are by default.
    #[serde(default)]
    pub saturation_factor: Option<Factor>,
    /// How far the hue moves; not at all by default.
    #[serde(default)]
    pub hue_factor: Option<Factor>,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl Default for RandomColorJitter {
    fn default() -> RandomColorJitter {
        RandomColorJitter::new()
    }
}

impl RandomColorJitter {
    /// A layer that changes nothing yet, for images of bytes.
    pub fn new() -> RandomColorJitter {
        RandomColorJitter {
            value_range: BYTES,
            brightness_factor: None,
            contrast_factor: None,
            saturation_factor: None,
            hue_factor: None,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, range: [f64; 2]) -> RandomColorJitter {
        self.value_range = range;
        self
    }

    /// The same, changing the brightness.
    pub fn brightness_factor(mut self, factor: impl Into<Factor>) -> RandomColorJitter {
        self.brightness_factor = Some(factor.into());
        self
    }

    /// The same, changing the contrast.
    pub fn contrast_factor(mut self, factor: impl Into<Factor>) -> RandomColorJitter {
        self.contrast_factor = Some(factor.into());
        self
    }

    /// The same, changing the saturation.
    pub fn saturation_factor(mut self, factor: impl Into<Factor>) -> RandomColorJitter {
        self.saturation_factor = Some(factor.into());
        self
    }

    /// The same, changing the hue.
    pub fn hue_factor(mut self, factor: impl Into<Factor>) -> RandomColorJitter {
        self.hue_factor = Some(factor.into());
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomColorJitter {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> RandomColorJitter {
        self.data_format = format;
        self
    }

    /// The layers that do its work.
    fn parts(&self) -> Vec<Box<dyn Layer>> {
        let RandomColorJitter { value_range, seed, data_format, .. } = *self;
        let mut parts: Vec<Box<dyn Layer>> = Vec::new();
        if let Some(factor) = self.brightness_factor {
            parts.push(Box::new(RandomBrightness { factor, value_range, seed, data_format }));
        }
        if let Some(factor) = self.contrast_factor {
            parts.push(Box::new(RandomContrast { factor, value_range, seed, data_format }));
        }
        if let Some(factor) = self.saturation_factor {
            parts.push(Box::new(RandomSaturation { factor, value_range, seed, data_format }));
        }
        if let Some(factor) = self.hue_factor {
            parts.push(Box::new(RandomHue { factor, value_range, seed, data_format }));
        }
        parts
    }
}

impl Named for RandomColorJitter {
    const NAME: &'static str = "RandomColorJitter";
    const SUMMARY: &'static str = "changes the colors of images at random";
}

impl Layer for RandomColorJitter {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        self.parts().iter().fold(inputs.to_vec(), |images, part| part.call(scope, &images))
    }
}

impl Sampled for RandomColorJitter {
    fn samples() -> Vec<LayerSample> {
        let layer =
            RandomColorJitter::new().value_range([0.0, 1.0]).brightness_factor(0.1).contrast_factor(0.2);
        let layer = layer.saturation_factor([0.4, 0.6]);
        vec![LayerSample { range: (0.3, 0.7), ..LayerSample::new(layer, [&[2, 2, 2, 3]]) }]
    }
}
