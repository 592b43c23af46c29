//! The layer that drops values of self-normalizing networks while training.

use super::inputs::one_float;
use super::noise::{drawn, misfit};
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// While training, sets each value with probability `rate` to the least that `selu` gives, then scales
/// and moves all so that mean 0 and variance 1 stay; otherwise changes nothing.
/// `[batch, ..] -> [batch, ..]`
///
/// With `p = -1.7581` (selu's limit at minus infinity), `y = a (x or p) + b`, where
/// `a = 1 / sqrt((1 - rate) (1 + rate p^2))` and `b = -a p rate`. Fails if `rate` is not in `[0, 1)`.
/// Klambauer and others: Self-normalizing neural networks (2017). Agrees with Keras's `AlphaDropout`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlphaDropout {
    /// The share of values that are dropped, in `[0, 1)`.
    pub rate: f64,
    /// The shape that is drawn for, one extent an axis of the input: along an extent of 1 all values
    /// share one draw; `None` is the input's own. The input's shape by default.
    #[serde(default)]
    pub noise_shape: Option<Vec<Option<usize>>>,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

impl AlphaDropout {
    /// A layer that drops a share `rate` of values.
    pub fn new(rate: f64) -> AlphaDropout {
        AlphaDropout { rate, noise_shape: None, seed: None }
    }

    /// The same, drawing for this shape; see [`AlphaDropout::noise_shape`](#structfield.noise_shape).
    pub fn noise_shape(mut self, shape: impl Into<Vec<Option<usize>>>) -> AlphaDropout {
        self.noise_shape = Some(shape.into());
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> AlphaDropout {
        self.seed = Some(seed);
        self
    }
}

impl Named for AlphaDropout {
    const NAME: &'static str = "AlphaDropout";
    const SUMMARY: &'static str = "drops a share of values while training, for selu";
}

/// `selu`'s limit at minus infinity.
const LEAST: f64 = -1.673_263_242_354_377_2 * 1.050_700_987_355_480_5;

impl Layer for AlphaDropout {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let rate = self.rate;
            let shape = match (misfit(rate), drawn(&self.noise_shape, &x.shape())) {
                (Some(message), _) | (_, Err(message)) => return scope.fail(message),
                (None, Ok(shape)) => shape,
            };
            if !scope.training() || rate == 0.0 {
                return x.clone();
            }
            let kept = scope.uniform(shape, self.seed).greater_equal(rate);
            let factor = ((1.0 - rate) * (1.0 + rate * LEAST * LEAST)).powf(-0.5);
            kept.select(x, LEAST) * factor - factor * LEAST * rate
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for AlphaDropout {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(AlphaDropout::new(0.3).seed(5), [&[2, 3]]),
            LayerSample::new(AlphaDropout::new(0.3).seed(5).noise_shape([None, Some(1)]), [&[2, 3]]),
        ]
    }
}
