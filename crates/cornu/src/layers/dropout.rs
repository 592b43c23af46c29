//! The layer that drops values while training.

use super::inputs::one_float;
use super::noise::{drawn, dropped, misfit};
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// While training, sets each value to 0 with probability `rate` and divides the others by
/// `1 - rate`, which keeps their sum; otherwise changes nothing. `[batch, ..] -> [batch, ..]`
///
/// Fails if `rate` is not in `[0, 1)`. Srivastava and others: Dropout (2014). Agrees with Keras's
/// `Dropout`.
///
/// ```
/// use cornu::layers::Dropout;
/// let layer = Dropout::new(0.3).seed(7);
/// assert_eq!((layer.rate, layer.seed), (0.3, Some(7)));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// The share of values that are dropped, in `[0, 1)`.
    pub rate: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// The shape that is drawn for, one extent an axis of the input: along an extent of 1 all
    /// values share one draw; `None` is the input's own. The input's shape by default.
    #[serde(default)]
    pub noise_shape: Option<Vec<Option<usize>>>,
}

impl Dropout {
    /// A layer that drops a share `rate` of values.
    pub fn new(rate: f64) -> Dropout {
        Dropout { rate, seed: None, noise_shape: None }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> Dropout {
        self.seed = Some(seed);
        self
    }

    /// The same, drawing for this shape; see [`Dropout::noise_shape`](#structfield.noise_shape).
    pub fn noise_shape(mut self, shape: impl Into<Vec<Option<usize>>>) -> Dropout {
        self.noise_shape = Some(shape.into());
        self
    }
}

impl Named for Dropout {
    const NAME: &'static str = "Dropout";
    const SUMMARY: &'static str = "drops a share of values while training";
}

impl Layer for Dropout {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let shape = match (misfit(self.rate), drawn(&self.noise_shape, &x.shape())) {
                (Some(message), _) | (_, Err(message)) => return scope.fail(message),
                (None, Ok(shape)) => shape,
            };
            match scope.training() && self.rate > 0.0 {
                true => dropped(scope, x, self.rate, self.seed, shape),
                false => x.clone(),
            }
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for Dropout {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Dropout::new(0.3), [&[5, 4]]),
            LayerSample::new(Dropout::new(0.5).seed(3).noise_shape([None, Some(1), None]), [&[2, 3, 4]]),
            LayerSample::new(Dropout::new(0.0), [&[5, 4]]),
        ]
    }
}
