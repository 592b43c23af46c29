//! The layer that replaces rectangles of images by those of others.

use super::distributions::{beta, permutation};
use super::factor::{drawn, whole};
use super::images::augmented;
use super::rectangle::rectangle;
use super::{DataFormat, Factor, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Replaces a rectangle of each image by that of another image of the batch. One number is drawn between the
/// two numbers of `factor`, or from 0 to one number; the share that is left of each image is drawn from the
/// beta distribution of it twice, and the rectangle lies anywhere inside.
///
/// Draws anew for each image while training, and otherwise changes nothing; `[batch, rows, columns,
/// channels]` or, as `data_format` says, with the channels first.
/// Labels are not mixed. Fails if the factor does not lie in `[0, 1]`. Yun and others: CutMix (2019). Agrees
/// with Keras's `CutMix`.
///
/// ```
/// use cornu::layers::CutMix;
/// let layer = CutMix::new().factor([0.5, 1.0]);
/// assert_eq!(layer.seed, None);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutMix {
    /// What the beta distribution is of; up to 1 by default.
    #[serde(default = "whole")]
    pub factor: Factor,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl CutMix {
    /// A layer with the defaults.
    pub fn new() -> CutMix {
        CutMix { factor: whole(), seed: None, data_format: DataFormat::ChannelsLast }
    }

    /// The same with another factor.
    pub fn factor(mut self, factor: impl Into<Factor>) -> CutMix {
        self.factor = factor.into();
        self
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> CutMix {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, data_format: DataFormat) -> CutMix {
        self.data_format = data_format;
        self
    }
}

impl Default for CutMix {
    fn default() -> CutMix {
        CutMix::new()
    }
}

impl Named for CutMix {
    const NAME: &'static str = "CutMix";
    const SUMMARY: &'static str = "replaces rectangles of images by those of others";
}

impl Layer for CutMix {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let config = self.factor.within("a factor", 0.0, 1.0);
        augmented(scope, inputs, self.data_format, config, |scope, x, range| {
            let n = x.extent(0);
            let alpha = drawn(scope, range, Shape::scalar(), self.seed) + 1e-6;
            let left = beta(scope, &alpha.broadcast_to([n, 1, 1, 1]), self.seed);
            let side = (1.0 - left).maximum(0.0).sqrt();
            let inside = rectangle(scope, x, &side, &side, self.seed);
            let other = x.gather(&permutation(scope, n, self.seed), 0);
            inside.select(&other, x)
        })
    }
}

impl Sampled for CutMix {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(CutMix::new(), [&[4, 3, 4, 2]])]
    }
}
