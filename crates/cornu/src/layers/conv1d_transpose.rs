//! The transposed convolution over steps.

use super::{Activated, DataFormat, LayerSample, Padding, Sampled, TransposedConvolution};
use crate::registry::Named;

/// Puts kernels at each position of steps, which makes them larger:
/// `[batch, steps, channels] -> [batch, steps, filters]`; see [`TransposedConvolution`] for the
/// formula, the fields and what fails. Agrees with Keras's `Conv1DTranspose`.
///
/// ```
/// use cornu::layers::{Conv1DTranspose, Padding};
/// use cornu::{Input, Sequential};
/// let layer = Conv1DTranspose::new(8, 3).strides(2).padding(Padding::Same);
/// let model = Sequential::new().add(Input::new([5, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(10), Some(8)]]);
/// ```
pub type Conv1DTranspose = TransposedConvolution<1>;

/// Another name that Keras has for [`Conv1DTranspose`].
pub type Convolution1DTranspose = Conv1DTranspose;

impl Named for Conv1DTranspose {
    const NAME: &'static str = "Conv1DTranspose";
    const ALIASES: &'static [&'static str] = &["Convolution1DTranspose"];
    const SUMMARY: &'static str = "puts kernels at each position of steps";
}

impl Sampled for Conv1DTranspose {
    fn samples() -> Vec<LayerSample> {
        let strided = Conv1DTranspose::new(3, 3).strides(2).tanh();
        let first = Conv1DTranspose::new(2, 3).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(strided, [&[2, 3, 2]]),
            LayerSample::new(first.padding(Padding::Same).dilation_rate(2), [&[2, 2, 4]]),
        ]
    }
}
