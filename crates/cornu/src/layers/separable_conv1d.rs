//! The convolution of each channel of steps by itself, followed by a mixture of channels.

use super::{Activated, DataFormat, LayerSample, Padding, Sampled, SeparableConvolution};
use crate::registry::Named;

/// Slides kernels over each channel of steps by itself and mixes what they make:
/// `[batch, steps, channels] -> [batch, steps, filters]`; see [`SeparableConvolution`] for the
/// formula, the fields and what fails. Agrees with Keras's `SeparableConv1D`.
///
/// ```
/// use cornu::layers::SeparableConv1D;
/// use cornu::{Input, Sequential};
/// let layer = SeparableConv1D::new(8, 3);
/// let model = Sequential::new().add(Input::new([6, 4])).add(layer).build().unwrap();
/// assert_eq!(model.count_params(), 3 * 4 + 4 * 8 + 8);
/// ```
pub type SeparableConv1D = SeparableConvolution<1>;

/// Another name that Keras has for [`SeparableConv1D`].
pub type SeparableConvolution1D = SeparableConv1D;

impl Named for SeparableConv1D {
    const NAME: &'static str = "SeparableConv1D";
    const ALIASES: &'static [&'static str] = &["SeparableConvolution1D"];
    const SUMMARY: &'static str = "slides kernels over each channel of steps, then mixes them";
}

impl Sampled for SeparableConv1D {
    fn samples() -> Vec<LayerSample> {
        let same = SeparableConv1D::new(2, 3).strides(2).padding(Padding::Same).tanh();
        let first = SeparableConv1D::new(4, 2).depth_multiplier(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 5, 3]]), LayerSample::new(first.dilation_rate(2), [&[2, 3, 4]])]
    }
}
