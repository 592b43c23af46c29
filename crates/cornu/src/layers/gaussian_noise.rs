//! The layer that adds noise while training.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// While training, adds normal noise of mean 0 and deviation `stddev`; otherwise changes nothing.
/// `[batch, ..] -> [batch, ..]`
///
/// Fails if `stddev` is not in `[0, 1]`. Agrees with Keras's `GaussianNoise`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianNoise {
    /// The noise's standard deviation, in `[0, 1]`.
    pub stddev: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
}

impl GaussianNoise {
    /// A layer that adds noise of this standard deviation.
    pub fn new(stddev: f64) -> GaussianNoise {
        GaussianNoise { stddev, seed: None }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> GaussianNoise {
        self.seed = Some(seed);
        self
    }
}

impl Named for GaussianNoise {
    const NAME: &'static str = "GaussianNoise";
    const SUMMARY: &'static str = "adds normal noise while training";
}

impl Layer for GaussianNoise {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            if !(0.0..=1.0).contains(&self.stddev) {
                return scope.fail(format!("expects a stddev between 0 and 1, got {}", self.stddev));
            }
            if !scope.training() || self.stddev == 0.0 {
                return x.clone();
            }
            x + scope.normal(x.shape(), self.seed).cast(x.dtype()) * self.stddev
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for GaussianNoise {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(GaussianNoise::new(0.2).seed(5), [&[5, 4]])]
    }
}
