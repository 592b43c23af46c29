//! The layer that sharpens or smooths images at random.

use super::factor::drawn;
use super::images::{BYTES, augmented, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use cornu_graph::ops::Window;
use serde::{Deserialize, Serialize};

/// `x + (1 - 2 f) (smooth - x)`, where `smooth` is each pixel with its neighbors at 1/13 each and itself at
/// 5/13, and `f` is drawn between the two numbers of `factor`, or from 0 to one number: 0 is smooth, a half
/// changes nothing, 1 is sharp. What leaves `value_range` is brought back to its ends.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[0, 1]`. Agrees with Keras's `RandomSharpness`.
///
/// ```
/// use cornu::layers::RandomSharpness;
/// let layer = RandomSharpness::new(0.5);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomSharpness {
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

impl RandomSharpness {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomSharpness {
        RandomSharpness {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomSharpness {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomSharpness {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomSharpness {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomSharpness {
    const NAME: &'static str = "RandomSharpness";
    const SUMMARY: &'static str = "sharpens or smooths images at random";
}

impl Layer for RandomSharpness {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self
            .factor
            .within("a factor", 0.0, 1.0)
            .and_then(|range| Ok((range, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (range, [low, high])| {
            let sharpness = drawn(scope, range, [x.extent(0), 1, 1, 1], self.seed) * 2.0;
            let window = Window::new(&[1, 3, 3, 1]).padding(&[(0, 0), (1, 1), (1, 1), (0, 0)]);
            let smooth = (x.window_sum(window) + x * 4.0) * (1.0 / 13.0);
            (x + (1.0 - sharpness) * (smooth - x)).clip(low, high)
        })
    }
}

impl Sampled for RandomSharpness {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomSharpness::new(0.5).value_range([-2.0, 2.0]), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomSharpness::new([0.6, 0.9]).value_range([-2.0, 2.0]), [&[3, 4, 5, 3]]),
        ]
    }
}
