//! The convolution of each channel of images by itself.

use super::{Activated, DataFormat, DepthwiseConvolution, LayerSample, Padding, Sampled};
use crate::registry::Named;

/// Slides kernels over each channel of images by itself:
/// `[batch, rows, columns, channels] -> [batch, rows, columns, channels * depth_multiplier]`; see
/// [`DepthwiseConvolution`] for the formula, the fields and what fails. Agrees with Keras's `DepthwiseConv2D`.
///
/// ```
/// use cornu::layers::DepthwiseConv2D;
/// use cornu::{Input, Sequential};
/// let layer = DepthwiseConv2D::new(3).depth_multiplier(2);
/// let model = Sequential::new().add(Input::new([6, 6, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4), Some(8)]]);
/// ```
pub type DepthwiseConv2D = DepthwiseConvolution<2>;

impl Named for DepthwiseConv2D {
    const NAME: &'static str = "DepthwiseConv2D";
    const SUMMARY: &'static str = "slides kernels over each channel of images by itself";
}

impl Sampled for DepthwiseConv2D {
    fn samples() -> Vec<LayerSample> {
        let same = DepthwiseConv2D::new([3, 2]).strides(2).padding(Padding::Same).tanh();
        let first = DepthwiseConv2D::new(2).depth_multiplier(2).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(same, [&[2, 5, 4, 3]]),
            LayerSample::new(first.dilation_rate(2), [&[2, 3, 4, 5]]),
        ]
    }
}
