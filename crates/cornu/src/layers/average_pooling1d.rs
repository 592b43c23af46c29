//! The layer that keeps the mean of windows over steps.

use super::pool::Mean;
use super::{DataFormat, LayerSample, Padding, Pooling, Sampled};
use crate::registry::Named;

/// The mean of windows over steps:
/// `[batch, steps, channels] -> [batch, steps, channels]`; see [`Pooling`] for the fields and what
/// fails. Agrees with Keras's `AveragePooling1D`.
///
/// ```
/// use cornu::layers::AveragePooling1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 4])).add(AveragePooling1D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4)]]);
/// ```
pub type AveragePooling1D = Pooling<Mean, 1>;

/// Another name that Keras has for [`AveragePooling1D`].
pub type AvgPool1D = AveragePooling1D;

impl Named for AveragePooling1D {
    const NAME: &'static str = "AveragePooling1D";
    const ALIASES: &'static [&'static str] = &["AvgPool1D"];
    const SUMMARY: &'static str = "keeps the mean of windows over steps";
}

impl Sampled for AveragePooling1D {
    fn samples() -> Vec<LayerSample> {
        let same = AveragePooling1D::new(3).strides(2).padding(Padding::Same);
        let first = AveragePooling1D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 7, 3]]), LayerSample::new(first, [&[2, 3, 7]])]
    }
}
