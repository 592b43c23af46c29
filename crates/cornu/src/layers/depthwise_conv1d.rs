//! The convolution of each channel of steps by itself.

use super::{Activated, DataFormat, DepthwiseConvolution, LayerSample, Padding, Sampled};
use crate::registry::Named;

/// Slides kernels over each channel of steps by itself:
/// `[batch, steps, channels] -> [batch, steps, channels * depth_multiplier]`; see
/// [`DepthwiseConvolution`] for the formula, the fields and what fails. Agrees with Keras's `DepthwiseConv1D`.
///
/// ```
/// use cornu::layers::DepthwiseConv1D;
/// use cornu::{Input, Sequential};
/// let layer = DepthwiseConv1D::new(3).depth_multiplier(2);
/// let model = Sequential::new().add(Input::new([6, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(8)]]);
/// ```
pub type DepthwiseConv1D = DepthwiseConvolution<1>;

impl Named for DepthwiseConv1D {
    const NAME: &'static str = "DepthwiseConv1D";
    const SUMMARY: &'static str = "slides kernels over each channel of steps by itself";
}

impl Sampled for DepthwiseConv1D {
    fn samples() -> Vec<LayerSample> {
        let same = DepthwiseConv1D::new(3).strides(2).padding(Padding::Same).tanh();
        let first = DepthwiseConv1D::new(2).depth_multiplier(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 5, 3]]), LayerSample::new(first.dilation_rate(2), [&[2, 3, 4]])]
    }
}
