//! The layer that looks at images from aside at random.

use super::factor::{chosen, drawn, whole};
use super::images::augmented;
use super::sampling::{Sampling, pixels};
use super::{DataFormat, Factor, FillMode, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Moves the corners of each image, with probability drawn between the two numbers of `factor` or from 0 to
/// one number, and the rest with them, as if it were looked at from aside: coordinates of corners are
/// multiplied by numbers drawn from `1 - scale / 2` to `1 + scale / 2`. Outside is `fill_value`.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Fails if the factor or scale does not lie in `[0, 1]`. Agrees with Keras's `RandomPerspective`.
///
/// ```
/// use cornu::layers::RandomPerspective;
/// let layer = RandomPerspective::new().scale(0.5);
/// assert_eq!(layer.fill_value, 0.0);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomPerspective {
    /// How probable; up to 1 by default.
    #[serde(default = "whole")]
    pub factor: Factor,
    /// How far corners move; 1 by default.
    #[serde(default = "one")]
    pub scale: f64,
    /// The value outside the image; 0 by default.
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

impl RandomPerspective {
    /// A layer with the defaults.
    pub fn new() -> RandomPerspective {
        RandomPerspective {
            factor: whole(),
            scale: 1.0,
            fill_value: 0.0,
            interpolation: Interpolation::Bilinear,
            seed: None,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with another factor.
    pub fn factor(mut self, factor: impl Into<Factor>) -> RandomPerspective {
        self.factor = factor.into();
        self
    }

    /// The same with corners that move so far.
    pub fn scale(mut self, scale: f64) -> RandomPerspective {
        self.scale = scale;
        self
    }

    /// The same with another value outside the image.
    pub fn fill_value(mut self, fill_value: f64) -> RandomPerspective {
        self.fill_value = fill_value;
        self
    }

    /// The same with another way to look between pixels.
    pub fn interpolation(mut self, interpolation: Interpolation) -> RandomPerspective {
        self.interpolation = interpolation;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomPerspective {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> RandomPerspective {
        self.data_format = data_format;
        self
    }
}

impl Default for RandomPerspective {
    fn default() -> RandomPerspective {
        RandomPerspective::new()
    }
}

impl Named for RandomPerspective {
    const NAME: &'static str = "RandomPerspective";
    const SUMMARY: &'static str = "looks at images from aside at random";
}

impl Layer for RandomPerspective {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let chance = self.factor.within("a factor", 0.0, 1.0);
        let scale = Factor::Number(self.scale).within("a scale", 0.0, 1.0);
        let config = chance.and_then(|chance| Ok((chance, scale?[1])));
        augmented(scope, inputs, self.data_format, config, |scope, x, (chance, scale)| {
            let (n, right, bottom) = (x.extent(0), x.extent(2) as f64 - 1.0, x.extent(1) as f64 - 1.0);
            if right < 1.0 || bottom < 1.0 {
                return scope
                    .fail(format!("expects images of at least 2 rows and columns, got {}", x.shape()));
            }
            let mut moved =
                |place: f64| drawn(scope, [-scale / 2.0, scale / 2.0], [n, 1, 1], self.seed) * place + place;
            // Where the corners go: the first stays, as its coordinates are 0.
            let (x10, y01, x11, y11) = (moved(right), moved(bottom), moved(right), moved(bottom));
            let zero = x10.full_like(0.0);
            let map = Perspective::onto([x10, zero.clone()], [zero, y01], [x11, y11]);
            let (row, column) = pixels(x);
            let (across, down) = map.back(&column, &row);
            let sampling = Sampling {
                interpolation: self.interpolation,
                fill_mode: FillMode::Constant,
                fill_value: self.fill_value,
            };
            let seen = sampling.at(x, &(down * bottom), &(across * right));
            let chosen = chosen(scope, chance, n, self.seed);
            chosen.select(&seen, x)
        })
    }
}

/// How the unit square is seen from aside, with its first corner at the origin:
/// `x = (a u + b v) / (g u + h v + 1)`, `y = (d u + e v) / (g u + h v + 1)`.
struct Perspective {
    a: Tensor,
    b: Tensor,
    d: Tensor,
    e: Tensor,
    g: Tensor,
    h: Tensor,
}

impl Perspective {
    /// The one that brings the square's other corners, `(1, 0)`, `(0, 1)` and `(1, 1)`, to these places.
    /// Heckbert: Fundamentals of texture mapping and image warping (1989).
    fn onto([x10, y10]: [Tensor; 2], [x01, y01]: [Tensor; 2], [x11, y11]: [Tensor; 2]) -> Perspective {
        let (sx, sy) = (&x11 - &x10 - &x01, &y11 - &y10 - &y01);
        let (x1, y1, x2, y2) = (&x10 - &x11, &y10 - &y11, &x01 - &x11, &y01 - &y11);
        let area = &x1 * &y2 - &x2 * &y1;
        let g = (&sx * &y2 - &x2 * &sy) / &area;
        let h = (&x1 * &sy - &sx * &y1) / &area;
        Perspective {
            a: &x10 + &g * &x10,
            b: &x01 + &h * &x01,
            d: &y10 + &g * &y10,
            e: &y01 + &h * &y01,
            g,
            h,
        }
    }

    /// The places in the square that are seen at `x` and `y`.
    fn back(&self, x: &Tensor, y: &Tensor) -> (Tensor, Tensor) {
        let Perspective { a, b, d, e, g, h } = self;
        let depth = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
        ((e * x - b * y) / &depth, (a * y - d * x) / &depth)
    }
}

impl Sampled for RandomPerspective {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(RandomPerspective::new().scale(0.4), [&[2, 3, 3, 2]])]
    }
}

fn one() -> f64 {
    1.0
}
