//! The transposed convolution over images.

use super::{Activated, DataFormat, LayerSample, Padding, Sampled, TransposedConvolution};
use crate::registry::Named;

/// Puts kernels at each position of images, which makes them larger:
/// `[batch, rows, columns, channels] -> [batch, rows, columns, filters]`; see [`TransposedConvolution`] for the
/// formula, the fields and what fails. Agrees with Keras's `Conv2DTranspose`.
///
/// ```
/// use cornu::layers::{Conv2DTranspose, Padding};
/// use cornu::{Input, Sequential};
/// let layer = Conv2DTranspose::new(8, 3).strides(2).padding(Padding::Same);
/// let model = Sequential::new().add(Input::new([5, 5, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(10), Some(10), Some(8)]]);
/// ```
pub type Conv2DTranspose = TransposedConvolution<2>;

/// Another name that Keras has for [`Conv2DTranspose`].
pub type Convolution2DTranspose = Conv2DTranspose;

impl Named for Conv2DTranspose {
    const NAME: &'static str = "Conv2DTranspose";
    const ALIASES: &'static [&'static str] = &["Convolution2DTranspose"];
    const SUMMARY: &'static str = "puts kernels at each position of images";
}

impl Sampled for Conv2DTranspose {
    fn samples() -> Vec<LayerSample> {
        let strided = Conv2DTranspose::new(3, [3, 2]).strides([2, 1]).tanh();
        let first = Conv2DTranspose::new(2, [3, 2]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(strided, [&[2, 3, 2, 2]]),
            LayerSample::new(first.padding(Padding::Same).dilation_rate([1, 2]), [&[2, 2, 4, 3]]),
        ]
    }
}
