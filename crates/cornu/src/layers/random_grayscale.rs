//! The layer that turns images gray at random.

use super::colors::gray;
use super::factor::drawn;
use super::images::{augmented, rgb};
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Turns each image gray with probability `factor`: all three channels become its brightness,
/// `0.2989 r + 0.587 g + 0.114 b`.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor does not lie in `[0, 1]`, or images have other than 1 or 3 channels. Agrees with
/// Keras's `RandomGrayscale`.
///
/// ```
/// use cornu::layers::RandomGrayscale;
/// assert_eq!(RandomGrayscale::new().factor, 0.5);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomGrayscale {
    /// How probable; a half by default.
    #[serde(default = "half")]
    pub factor: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(
        default,
        deserialize_with = "crate::initializers::seed",
        skip_serializing_if = "Option::is_none"
    )]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl RandomGrayscale {
    /// A layer with the defaults.
    pub fn new() -> RandomGrayscale {
        RandomGrayscale { factor: half(), seed: None, data_format: DataFormat::ChannelsLast }
    }

    /// The same with another probability.
    pub fn factor(mut self, factor: f64) -> RandomGrayscale {
        self.factor = factor;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomGrayscale {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomGrayscale {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomGrayscale {
    fn default() -> RandomGrayscale {
        RandomGrayscale::new()
    }
}

impl Named for RandomGrayscale {
    const NAME: &'static str = "RandomGrayscale";
    const SUMMARY: &'static str = "turns images gray at random";
}

impl Layer for RandomGrayscale {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = Factor::Number(self.factor).within("a factor", 0.0, 1.0);
        augmented(scope, inputs, self.data_format, config, |scope, x, [_, probability]| {
            if x.extent(-1) != 1
                && let Err(message) = rgb(x)
            {
                return scope.fail(message);
            }
            let chosen = drawn(scope, [0.0, 1.0], [x.extent(0), 1, 1, 1], self.seed).less(probability);
            chosen.select(&gray(x), x)
        })
    }
}

fn half() -> f64 {
    0.5
}

impl Sampled for RandomGrayscale {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomGrayscale::new(), [&[3, 4, 5, 3]]),
            LayerSample::new(RandomGrayscale::new().factor(1.0), [&[3, 4, 5, 3]]),
        ]
    }
}
