//! The transposed convolution over volumes.

use super::{Activated, DataFormat, LayerSample, Padding, Sampled, TransposedConvolution};
use crate::registry::Named;

/// Puts kernels at each position of volumes, which makes them larger:
/// `[batch, depth, rows, columns, channels] -> [batch, depth, rows, columns, filters]`; see [`TransposedConvolution`] for the
/// formula, the fields and what fails. Agrees with Keras's `Conv3DTranspose`.
///
/// ```
/// use cornu::layers::{Conv3DTranspose, Padding};
/// use cornu::{Input, Sequential};
/// let layer = Conv3DTranspose::new(8, 3).strides(2).padding(Padding::Same);
/// let model = Sequential::new().add(Input::new([5, 5, 5, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(10), Some(10), Some(10), Some(8)]]);
/// ```
pub type Conv3DTranspose = TransposedConvolution<3>;

/// Another name that Keras has for [`Conv3DTranspose`].
pub type Convolution3DTranspose = Conv3DTranspose;

impl Named for Conv3DTranspose {
    const NAME: &'static str = "Conv3DTranspose";
    const ALIASES: &'static [&'static str] = &["Convolution3DTranspose"];
    const SUMMARY: &'static str = "puts kernels at each position of volumes";
}

impl Sampled for Conv3DTranspose {
    fn samples() -> Vec<LayerSample> {
        let strided = Conv3DTranspose::new(3, [2, 3, 2]).strides([1, 2, 2]).tanh();
        let first = Conv3DTranspose::new(2, [2, 3, 2]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(strided, [&[2, 3, 2, 2, 2]]),
            LayerSample::new(first.padding(Padding::Same).dilation_rate([2, 1, 1]), [&[2, 2, 4, 3, 2]]),
        ]
    }
}
