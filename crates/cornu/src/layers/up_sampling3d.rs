//! The layer that repeats elements of volumes.

use super::along::repeated;
use super::inputs::one;
use super::{DataFormat, Layer, LayerSample, PerAxis, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Repeats each element of volumes along each spatial axis, as often as `size` says:
/// `[batch, depth, rows, columns, channels] -> [batch, depth * size[0], .., channels]`.
///
/// Fails on inputs of another number of axes, or if an extent of `size` is 0. Agrees with Keras's
/// `UpSampling3D`.
///
/// ```
/// use cornu::layers::UpSampling3D;
/// use cornu::{Input, Sequential};
/// let layer = UpSampling3D::new([1, 2, 2]);
/// let model = Sequential::new().add(Input::new([3, 3, 3, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(3), Some(6), Some(6), Some(4)]]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpSampling3D {
    /// How often each element is there along each spatial axis; 2 by default.
    pub size: PerAxis<3>,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
}

impl Default for UpSampling3D {
    fn default() -> UpSampling3D {
        UpSampling3D { size: 2.into(), data_format: DataFormat::ChannelsLast }
    }
}

impl UpSampling3D {
    /// A layer that gives each element so many times along each spatial axis.
    pub fn new(size: impl Into<PerAxis<3>>) -> UpSampling3D {
        UpSampling3D { size: size.into(), ..UpSampling3D::default() }
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> UpSampling3D {
        self.data_format = data_format;
        self
    }
}

impl Named for UpSampling3D {
    const NAME: &'static str = "UpSampling3D";
    const SUMMARY: &'static str = "repeats elements of volumes";
}

impl Layer for UpSampling3D {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let misfit = self.data_format.misfit(3, &x.shape()).or_else(|| self.size.misfit("size"));
            match misfit {
                Some(message) => scope.fail(message),
                None => repeated(x, self.data_format.spatial(3).start, &*self.size),
            }
        })
    }
}

impl Sampled for UpSampling3D {
    fn samples() -> Vec<LayerSample> {
        let first = UpSampling3D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(UpSampling3D::new([2, 1, 3]), [&[2, 2, 3, 2, 2]]),
            LayerSample::new(first, [&[2, 2, 1, 3, 2]]),
        ]
    }
}
