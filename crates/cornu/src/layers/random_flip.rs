//! The layer that mirrors images at random.

use super::factor::drawn;
use super::images::augmented;
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Mirrors each image with probability one half: left to right, top to bottom, or both.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Agrees with Keras's `RandomFlip`, which for `horizontal_and_vertical` does both or neither.
///
/// ```
/// use cornu::layers::{FlipMode, RandomFlip};
/// let layer = RandomFlip::new(FlipMode::Horizontal).seed(7);
/// assert_eq!(layer.seed, Some(7));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomFlip {
    /// Along which axes; both by default.
    #[serde(default)]
    pub mode: FlipMode,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl RandomFlip {
    /// A layer with this mode.
    pub fn new(mode: FlipMode) -> RandomFlip {
        RandomFlip { mode, seed: None, data_format: DataFormat::ChannelsLast }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomFlip {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomFlip {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomFlip {
    const NAME: &'static str = "RandomFlip";
    const SUMMARY: &'static str = "mirrors images at random";
}

impl Layer for RandomFlip {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        augmented(scope, inputs, self.data_format, Ok(()), |scope, x, ()| {
            let axes: &[isize] = match self.mode {
                FlipMode::Horizontal => &[2],
                FlipMode::Vertical => &[1],
                FlipMode::HorizontalAndVertical => &[1, 2],
            };
            let flips = drawn(scope, [0.0, 1.0], [x.extent(0), 1, 1, 1], self.seed).less_equal(0.5);
            flips.select(&x.reverse(axes), x)
        })
    }
}

/// Along which axes images are mirrored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlipMode {
    /// Left to right.
    Horizontal,
    /// Top to bottom.
    Vertical,
    /// Both at once.
    #[default]
    HorizontalAndVertical,
}

impl Sampled for RandomFlip {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomFlip::new(FlipMode::Horizontal), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomFlip::new(FlipMode::Vertical).seed(3), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomFlip::new(FlipMode::HorizontalAndVertical), [&[3, 4, 5, 3]]),
        ]
    }
}
