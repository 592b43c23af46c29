//! The convolution of each channel of images by itself, followed by a mixture of channels.

use super::{Activated, DataFormat, LayerSample, Padding, Sampled, SeparableConvolution};
use crate::registry::Named;

/// Slides kernels over each channel of images by itself and mixes what they make:
/// `[batch, rows, columns, channels] -> [batch, rows, columns, filters]`; see [`SeparableConvolution`] for the
/// formula, the fields and what fails. Agrees with Keras's `SeparableConv2D`.
///
/// ```
/// use cornu::layers::SeparableConv2D;
/// use cornu::{Input, Sequential};
/// let layer = SeparableConv2D::new(8, 3);
/// let model = Sequential::new().add(Input::new([6, 6, 4])).add(layer).build().unwrap();
/// assert_eq!(model.count_params(), 9 * 4 + 4 * 8 + 8);
/// ```
pub type SeparableConv2D = SeparableConvolution<2>;

/// Another name that Keras has for [`SeparableConv2D`].
pub type SeparableConvolution2D = SeparableConv2D;

impl Named for SeparableConv2D {
    const NAME: &'static str = "SeparableConv2D";
    const ALIASES: &'static [&'static str] = &["SeparableConvolution2D"];
    const SUMMARY: &'static str = "slides kernels over each channel of images, then mixes them";
}

impl Sampled for SeparableConv2D {
    fn samples() -> Vec<LayerSample> {
        let same = SeparableConv2D::new(2, [3, 2]).strides(2).padding(Padding::Same).tanh();
        let first = SeparableConv2D::new(4, 2).depth_multiplier(2).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(same, [&[2, 5, 4, 3]]),
            LayerSample::new(first.dilation_rate(2), [&[2, 3, 4, 5]]),
        ]
    }
}
