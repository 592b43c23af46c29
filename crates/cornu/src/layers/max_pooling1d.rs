//! The layer that keeps the greatest element of windows over steps.

use super::pool::Greatest;
use super::{DataFormat, LayerSample, Padding, Pooling, Sampled};
use crate::registry::Named;

/// The greatest element of windows over steps:
/// `[batch, steps, channels] -> [batch, steps, channels]`; see [`Pooling`] for the fields and what
/// fails. Agrees with Keras's `MaxPooling1D`.
///
/// ```
/// use cornu::layers::MaxPooling1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 4])).add(MaxPooling1D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4)]]);
/// ```
pub type MaxPooling1D = Pooling<Greatest, 1>;

/// Another name that Keras has for [`MaxPooling1D`].
pub type MaxPool1D = MaxPooling1D;

impl Named for MaxPooling1D {
    const NAME: &'static str = "MaxPooling1D";
    const ALIASES: &'static [&'static str] = &["MaxPool1D"];
    const SUMMARY: &'static str = "keeps the greatest element of windows over steps";
}

impl Sampled for MaxPooling1D {
    fn samples() -> Vec<LayerSample> {
        let same = MaxPooling1D::new(3).strides(2).padding(Padding::Same);
        let first = MaxPooling1D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 7, 3]]), LayerSample::new(first, [&[2, 3, 7]])]
    }
}
