//! The layer that stretches or shrinks images at random.

use super::affine::Affine;
use super::factor::drawn;
use super::images::augmented;
use super::sampling::Sampling;
use super::{DataFormat, Factor, FillMode, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Stretches each image about its middle: its rows by `1 / (1 + f)`, `f` drawn between the two numbers of
/// `height_factor`, or up to one number both ways, and its columns likewise by `width_factor`, or by the
/// same where that is missing. Negative numbers make what is seen larger.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if a factor does not lie in `(-1, 1]`. Agrees with Keras's `RandomZoom`.
///
/// ```
/// use cornu::layers::{Factor, RandomZoom};
/// let layer = RandomZoom::new([-0.3, 0.1]);
/// assert_eq!(layer.height_factor, Factor::Between([-0.3, 0.1]));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomZoom {
    /// How much of the rows is left out.
    pub height_factor: Factor,
    /// How much of the columns is left out; as of the rows by default.
    #[serde(default)]
    pub width_factor: Option<Factor>,
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

impl RandomZoom {
    /// A layer with this height_factor.
    pub fn new(height_factor: impl Into<Factor>) -> RandomZoom {
        RandomZoom {
            height_factor: height_factor.into(),
            width_factor: None,
            fill_mode: FillMode::Reflect,
            fill_value: 0.0,
            interpolation: Interpolation::Bilinear,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor for the columns.
    pub fn width_factor(mut self, width_factor: impl Into<Factor>) -> RandomZoom {
        self.width_factor = Some(width_factor.into());
        self
    }

    /// The same with something else outside the image.
    pub fn fill_mode(mut self, fill_mode: FillMode) -> RandomZoom {
        self.fill_mode = fill_mode;
        self
    }

    /// The same with another value outside the image.
    pub fn fill_value(mut self, fill_value: f64) -> RandomZoom {
        self.fill_value = fill_value;
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandomZoom {
        self.interpolation = interpolation;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomZoom {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomZoom {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomZoom {
    const NAME: &'static str = "RandomZoom";
    const SUMMARY: &'static str = "stretches or shrinks images at random";
}

impl Layer for RandomZoom {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let height = above_minus_one(self.height_factor, "a height_factor");
        let width = self.width_factor.map(|factor| above_minus_one(factor, "a width_factor")).transpose();
        let config = height.and_then(|height| Ok((height, width?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (height, width)| {
            let n = x.extent(0);
            let rows = drawn(scope, height, [n, 1, 1], self.seed) + 1.0;
            let columns = match width {
                Some(width) => drawn(scope, width, [n, 1, 1], self.seed) + 1.0,
                None => rows.clone(),
            };
            let middle = |axis: isize| (x.extent(axis) as f64 - 1.0) / 2.0;
            let mut map = Affine::identity(x);
            map.a[2] = middle(2) * (1.0 - &columns);
            map.b[2] = middle(1) * (1.0 - &rows);
            (map.a[0], map.b[1]) = (columns, rows);
            let sampling = Sampling {
                interpolation: self.interpolation,
                fill_mode: self.fill_mode,
                fill_value: self.fill_value,
            };
            map.apply(x, sampling)
        })
    }
}

/// The range of a factor that is above -1.
fn above_minus_one(factor: Factor, name: &str) -> Result<[f64; 2], String> {
    match factor.within(name, -1.0, 1.0)? {
        [low, high] if low > -1.0 => Ok([low, high]),
        [low, _] => Err(format!("expects {name} above -1, got {low}")),
    }
}

impl Sampled for RandomZoom {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomZoom::new(0.4), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomZoom::new(0.4).width_factor([0.1, 0.3]), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomZoom::new(0.4).fill_mode(FillMode::Nearest), [&[3, 4, 5, 3]]),
        ]
    }
}
