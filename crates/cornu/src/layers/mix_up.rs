//! The layer that mixes images with others of the batch.

use super::distributions::{beta, permutation};
use super::images::augmented;
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `w x + (1 - w) x'`, where `x'` is another image of the batch, or the same, and `w` is drawn for each image
/// from the beta distribution of `alpha` and `alpha`.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Labels are not mixed. Fails if `alpha` is not positive. Zhang and others: mixup, beyond empirical risk
/// minimization (2018). Agrees with Keras's `MixUp`.
///
/// ```
/// use cornu::layers::MixUp;
/// assert_eq!(MixUp::new().alpha, 0.2);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixUp {
    /// How much: near 0 hardly; 0.2 by default.
    #[serde(default = "fifth")]
    pub alpha: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl MixUp {
    /// A layer with the defaults.
    pub fn new() -> MixUp {
        MixUp { alpha: fifth(), seed: None, data_format: DataFormat::ChannelsLast }
    }

    /// The same, mixing as much as this says.
    pub fn alpha(mut self, alpha: f64) -> MixUp {
        self.alpha = alpha;
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> MixUp {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> MixUp {
        self.data_format = data_format;
        self
    }
}

impl Default for MixUp {
    fn default() -> MixUp {
        MixUp::new()
    }
}

impl Named for MixUp {
    const NAME: &'static str = "MixUp";
    const SUMMARY: &'static str = "mixes images with others of the batch";
}

impl Layer for MixUp {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = match self.alpha > 0.0 {
            true => Ok(()),
            false => Err(format!("expects an alpha above 0, got {}", self.alpha)),
        };
        augmented(scope, inputs, self.data_format, config, |scope, x, ()| {
            let n = x.extent(0);
            let alpha = x.number(self.alpha).broadcast_to([n, 1, 1, 1]);
            let weight = beta(scope, &alpha, self.seed);
            let other = x.gather(&permutation(scope, n, self.seed), 0);
            &weight * x + (1.0 - &weight) * other
        })
    }
}

fn fifth() -> f64 {
    0.2
}

impl Sampled for MixUp {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(MixUp::new().alpha(0.4), [&[4, 2, 3, 2]])]
    }
}
