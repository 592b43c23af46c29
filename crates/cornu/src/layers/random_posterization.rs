//! The layer that leaves images fewer shades at random.

use super::factor::drawn;
use super::images::{BYTES, augmented, ranged, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, Numbers, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// Keeps the highest bits of values brought to bytes: as many as a whole number drawn from the first of the
/// two numbers of `factor` up to the second, without it (their number where they are the same), or from 1 up
/// to one number.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[1, 8]`. Agrees with Keras's `RandomPosterization`.
///
/// ```
/// use cornu::layers::RandomPosterization;
/// let layer = RandomPosterization::new([3.0, 8.0]);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomPosterization {
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

impl RandomPosterization {
    /// A layer with this factor.
    pub fn new(factor: impl Into<Factor>) -> RandomPosterization {
        RandomPosterization {
            factor: factor.into(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomPosterization {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomPosterization {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomPosterization {
        self.data_format = data_format;
        self
    }
}

impl Named for RandomPosterization {
    const NAME: &'static str = "RandomPosterization";
    const SUMMARY: &'static str = "leaves images fewer shades at random";
}

impl Layer for RandomPosterization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self
            .factor
            .within("a factor", 1.0, 8.0)
            .and_then(|range| Ok((range, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (range, values)| {
            let shape = [x.extent(0), 1, 1, 1];
            let bits = drawn(scope, range, shape, self.seed).floor();
            let steps: Vec<f64> = (0..=8).map(|lost| f64::from(1 << lost)).collect();
            let steps = Numbers::from(steps).tensor(x, [9]);
            let step = steps.gather(&(8.0 - bits).cast(DType::I64), 0);
            let bytes = ranged(x, values, BYTES).clip(0.0, 255.0).floor();
            ranged(&((bytes / &step).floor() * step), BYTES, values)
        })
    }
}

impl Sampled for RandomPosterization {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomPosterization::new([2.0, 5.0]).value_range([-2.0, 2.0]), [&[2, 2, 2, 1]]),
            LayerSample::new(RandomPosterization::new(3.0).value_range([-2.0, 2.0]), [&[2, 2, 2, 1]]),
        ]
    }
}
