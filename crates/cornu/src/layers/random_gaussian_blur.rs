//! The layer that blurs images at random.

use super::blur::blurred;
use super::factor::{chosen, drawn, whole};
use super::images::{BYTES, augmented, value_range};
use super::{DataFormat, Factor, Layer, LayerSample, PerAxis, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Smooths each image with probability drawn between the two numbers of `factor`, or from 0 to one number:
/// by normal densities over `kernel_size` columns and rows, whose deviations are drawn from `sigma` once for
/// all images. What leaves `value_range` is brought back to its ends.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor or sigma does not lie in `[0, 1]`, or a kernel has an even size. Agrees with Keras's
/// `RandomGaussianBlur`.
///
/// ```
/// use cornu::layers::RandomGaussianBlur;
/// let layer = RandomGaussianBlur::new().sigma([0.5, 1.0]);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomGaussianBlur {
    /// How probable; up to 1 by default.
    #[serde(default = "whole")]
    pub factor: Factor,
    /// Over how many columns and rows; 3 by default.
    #[serde(default = "three")]
    pub kernel_size: PerAxis<2>,
    /// The deviation, in pixels; up to 1 by default.
    #[serde(default = "whole")]
    pub sigma: Factor,
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

impl RandomGaussianBlur {
    /// A layer with the defaults.
    pub fn new() -> RandomGaussianBlur {
        RandomGaussianBlur {
            factor: whole(),
            kernel_size: three(),
            sigma: whole(),
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor.
    pub fn factor(mut self, factor: impl Into<Factor>) -> RandomGaussianBlur {
        self.factor = factor.into();
        self
    }

    /// The same with kernels of this size.
    pub fn kernel_size(mut self, kernel_size: PerAxis<2>) -> RandomGaussianBlur {
        self.kernel_size = kernel_size;
        self
    }

    /// The same with another sigma.
    pub fn sigma(mut self, sigma: impl Into<Factor>) -> RandomGaussianBlur {
        self.sigma = sigma.into();
        self
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomGaussianBlur {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomGaussianBlur {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomGaussianBlur {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomGaussianBlur {
    fn default() -> RandomGaussianBlur {
        RandomGaussianBlur::new()
    }
}

impl Named for RandomGaussianBlur {
    const NAME: &'static str = "RandomGaussianBlur";
    const SUMMARY: &'static str = "blurs images at random";
}

impl Layer for RandomGaussianBlur {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let chance = self.factor.within("a factor", 0.0, 1.0);
        let sigma = self.sigma.within("a sigma", 0.0, 1.0);
        let odd = match self.kernel_size.iter().all(|size| size % 2 == 1) {
            true => Ok(()),
            false => Err(format!("expects an odd kernel_size, got {:?}", &self.kernel_size[..])),
        };
        let config = odd.and(chance).and_then(|chance| Ok((chance, sigma?, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (chance, sigma, [low, high])| {
            let [across, down] = [0, 1].map(|_| drawn(scope, sigma, Shape::scalar(), self.seed) + 1e-6);
            let [columns, rows] = [self.kernel_size[0], self.kernel_size[1]];
            let smooth = blurred(&blurred(x, 1, rows, &down), 2, columns, &across);
            let chosen = chosen(scope, chance, x.extent(0), self.seed);
            chosen.select(&smooth, x).clip(low, high)
        })
    }
}

fn three() -> PerAxis<2> {
    PerAxis::from(3)
}

impl Sampled for RandomGaussianBlur {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomGaussianBlur::new().value_range([-3.0, 3.0]), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomGaussianBlur::new().kernel_size(PerAxis::from([5, 3])).value_range([-3.0, 3.0]),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
