//! The layer that makes images larger.

use super::along::repeated;
use super::inputs::{one, one_float};
use super::{DataFormat, Interpolation, Layer, LayerSample, PerAxis, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Makes images larger:
/// `[batch, rows, columns, channels] -> [batch, rows * size[0], columns * size[1], channels]`.
///
/// Fails on inputs of another number of axes, or if an extent of `size` is 0. Agrees with Keras's
/// `UpSampling2D`.
///
/// ```
/// use cornu::layers::{Interpolation, UpSampling2D};
/// use cornu::{Input, Sequential};
/// let layer = UpSampling2D::new([2, 3]).interpolation(Interpolation::Bilinear);
/// let model = Sequential::new().add(Input::new([5, 5, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(10), Some(15), Some(4)]]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpSampling2D {
    /// How many times the rows and columns the output has; 2 by default.
    pub size: PerAxis<2>,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
    /// How the elements between come about; by the nearest one by default.
    pub interpolation: Interpolation,
}

impl Default for UpSampling2D {
    fn default() -> UpSampling2D {
        UpSampling2D {
            size: 2.into(),
            data_format: DataFormat::ChannelsLast,
            interpolation: Interpolation::Nearest,
        }
    }
}

impl UpSampling2D {
    /// A layer that makes so many times the rows and columns by repeating them.
    pub fn new(size: impl Into<PerAxis<2>>) -> UpSampling2D {
        UpSampling2D { size: size.into(), ..UpSampling2D::default() }
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> UpSampling2D {
        self.data_format = data_format;
        self
    }

    /// The same with elements between that come about in this way.
    pub fn interpolation(mut self, interpolation: Interpolation) -> UpSampling2D {
        self.interpolation = interpolation;
        self
    }

    fn enlarged(&self, scope: &mut Scope, x: &Tensor) -> Tensor {
        let misfit = self.data_format.misfit(2, &x.shape()).or_else(|| self.size.misfit("size"));
        if let Some(message) = misfit {
            return scope.fail(message);
        }
        let axes = self.data_format.spatial(2);
        match self.interpolation {
            Interpolation::Nearest => repeated(x, axes.start, &*self.size),
            _ => axes
                .zip(self.size.iter())
                .fold(x.clone(), |x, (axis, &times)| self.interpolation.along(&x, axis, times)),
        }
    }
}

impl Named for UpSampling2D {
    const NAME: &'static str = "UpSampling2D";
    const SUMMARY: &'static str = "makes images larger";
}

impl Layer for UpSampling2D {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        match self.interpolation {
            Interpolation::Nearest => one(scope, inputs, |scope, x| self.enlarged(scope, x)),
            _ => one_float(scope, inputs, |scope, x| self.enlarged(scope, x)),
        }
    }
}

impl Sampled for UpSampling2D {
    fn samples() -> Vec<LayerSample> {
        let linear = UpSampling2D::new(2).interpolation(Interpolation::Bilinear);
        let first = UpSampling2D::new([2, 3]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(UpSampling2D::new([3, 1]), [&[2, 2, 3, 2]]),
            LayerSample::new(linear, [&[2, 2, 3, 2]]),
            LayerSample::new(first.interpolation(Interpolation::Bicubic), [&[2, 2, 3, 4]]),
        ]
    }
}
