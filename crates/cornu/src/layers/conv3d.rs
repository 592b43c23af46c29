//! The convolution over volumes.

use super::{Convolution, DataFormat, LayerSample, Padding, Sampled};
use crate::registry::Named;

/// Slides kernels over volumes, or images in time:
/// `[batch, depth, rows, columns, channels] -> [batch, depth, rows, columns, filters]`; see
/// [`Convolution`] for the formula, the fields and what fails.
///
/// Agrees with Keras's `Conv3D` without LoRA.
///
/// ```
/// use cornu::layers::Conv3D;
/// use cornu::{Input, Sequential};
/// let layer = Conv3D::new(4, [1, 3, 3]);
/// let model = Sequential::new().add(Input::new([5, 8, 8, 2])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(6), Some(6), Some(4)]]);
/// ```
pub type Conv3D = Convolution<3>;

/// Another name that Keras has for [`Conv3D`].
pub type Convolution3D = Conv3D;

impl Named for Conv3D {
    const NAME: &'static str = "Conv3D";
    const ALIASES: &'static [&'static str] = &["Convolution3D"];
    const SUMMARY: &'static str = "slides kernels over volumes";
}

impl Sampled for Conv3D {
    fn samples() -> Vec<LayerSample> {
        let first = Conv3D::new(2, 2).data_format(DataFormat::ChannelsFirst).padding(Padding::Same);
        vec![
            LayerSample::new(Conv3D::new(2, [2, 1, 3]), [&[2, 3, 2, 4, 2]]),
            LayerSample::new(first.strides([1, 2, 2]), [&[2, 3, 2, 3, 4]]),
        ]
    }
}
