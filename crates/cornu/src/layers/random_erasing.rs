//! The layer that erases rectangles of images at random.

use super::factor::{chosen, drawn, whole};
use super::images::{BYTES, augmented, value_range};
use super::rectangle::rectangle;
use super::{DataFormat, Factor, Layer, LayerSample, Numbers, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Fills a rectangle of each image with probability drawn between the two numbers of `factor`, or from 0 to
/// one number. Its sides are the square roots of two numbers drawn from `scale`, as shares of the image's, and
/// it lies anywhere inside. It is filled with `fill_value`, or else with normal noise times the upper end of
/// `value_range`, to whose ends what leaves it is brought back.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor or scale does not lie in `[0, 1]`. Agrees with Keras's `RandomErasing`.
///
/// ```
/// use cornu::layers::RandomErasing;
/// let layer = RandomErasing::new().scale([0.1, 0.2]).fill_value(0.0);
/// assert_eq!(layer.value_range, [0.0, 255.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomErasing {
    /// How probable; up to 1 by default.
    #[serde(default = "whole")]
    pub factor: Factor,
    /// How large a part is erased; from 0.02 to 0.33 by default.
    #[serde(default = "scale")]
    pub scale: Factor,
    /// What it is filled with: a number, or one for each of 3 channels; noise by default.
    #[serde(default)]
    pub fill_value: Option<Numbers>,
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

impl RandomErasing {
    /// A layer with the defaults.
    pub fn new() -> RandomErasing {
        RandomErasing {
            factor: whole(),
            scale: scale(),
            fill_value: None,
            value_range: BYTES,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor.
    pub fn factor(mut self, factor: impl Into<Factor>) -> RandomErasing {
        self.factor = factor.into();
        self
    }

    /// The same with another scale.
    pub fn scale(mut self, scale: impl Into<Factor>) -> RandomErasing {
        self.scale = scale.into();
        self
    }

    /// The same with this in the rectangle.
    pub fn fill_value(mut self, fill_value: impl Into<Numbers>) -> RandomErasing {
        self.fill_value = Some(fill_value.into());
        self
    }

    /// The same for images whose values lie between these numbers.
    pub fn value_range(mut self, value_range: [f64; 2]) -> RandomErasing {
        self.value_range = value_range;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomErasing {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomErasing {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomErasing {
    fn default() -> RandomErasing {
        RandomErasing::new()
    }
}

impl Named for RandomErasing {
    const NAME: &'static str = "RandomErasing";
    const SUMMARY: &'static str = "erases rectangles of images at random";
}

impl Layer for RandomErasing {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let chance = self.factor.within("a factor", 0.0, 1.0);
        let scale = self.scale.within("a scale", 0.0, 1.0);
        let config = chance.and_then(|chance| Ok((chance, scale?, value_range(self.value_range)?)));
        augmented(scope, inputs, self.data_format, config, |scope, x, (chance, scale, [low, high])| {
            let n = x.extent(0);
            let [rows, columns] = [0, 1].map(|_| drawn(scope, scale, [n, 1, 1, 1], self.seed).sqrt());
            let erased = rectangle(scope, x, &rows, &columns, self.seed);
            let fill = match &self.fill_value {
                None => scope.normal(x.shape(), self.seed).cast(x.dtype()) * high,
                Some(value) if value.shape().rank() < 2 => value.tensor(x, value.shape()),
                Some(value) => {
                    let got = value.shape();
                    return scope.fail(format!("expects a fill_value of a number or 3, got shape {got}"));
                }
            };
            if fill.shape().broadcast(&x.shape()).as_ref() != Some(&x.shape()) {
                return scope.fail("expects images of 3 channels for a fill_value of 3 numbers");
            }
            let chosen = chosen(scope, chance, n, self.seed);
            chosen.and(&erased).select(&fill.clip(low, high), x)
        })
    }
}

fn scale() -> Factor {
    Factor::Between([0.02, 0.33])
}

impl Sampled for RandomErasing {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomErasing::new(), [&[3, 4, 5, 3]]),
            LayerSample::new(
                RandomErasing::new().factor(0.5).fill_value(0.5).value_range([-1.0, 1.0]),
                [&[3, 4, 5, 3]],
            ),
        ]
    }
}
