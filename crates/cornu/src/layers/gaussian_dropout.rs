//! The layer that multiplies by noise while training.

use super::inputs::one_float;
use super::noise::misfit;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// While training, multiplies each value by a normal number of mean 1 and deviation
/// `sqrt(rate / (1 - rate))`; otherwise changes nothing. `[batch, ..] -> [batch, ..]`
///
/// The deviation is that of dropout with the same rate. Fails if `rate` is not in `[0, 1)`. Agrees
/// with Keras's `GaussianDropout`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianDropout {
    /// The share of values that dropout of the same effect drops, in `[0, 1)`.
    pub rate: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

impl GaussianDropout {
    /// A layer of this rate.
    pub fn new(rate: f64) -> GaussianDropout {
        GaussianDropout { rate, seed: None }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> GaussianDropout {
        self.seed = Some(seed);
        self
    }
}

impl Named for GaussianDropout {
    const NAME: &'static str = "GaussianDropout";
    const SUMMARY: &'static str = "multiplies by normal noise while training";
}

impl Layer for GaussianDropout {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| match misfit(self.rate) {
            Some(message) => scope.fail(message),
            None if !scope.training() || self.rate == 0.0 => x.clone(),
            None => {
                let noise = scope.normal(x.shape(), self.seed).cast(x.dtype());
                x * (noise * (self.rate / (1.0 - self.rate)).sqrt() + 1.0)
            }
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for GaussianDropout {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(GaussianDropout::new(0.3).seed(5), [&[2, 3]])]
    }
}
