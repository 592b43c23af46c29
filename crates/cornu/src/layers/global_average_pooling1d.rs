//! The layer that keeps the mean of all steps.

use super::pool::Mean;
use super::{DataFormat, GlobalPooling, LayerSample, Sampled};
use crate::registry::Named;

/// The mean over all steps: `[batch, steps, channels] -> [batch, channels]`. Steps that a mask leaves out do not count.
/// See [`GlobalPooling`] for the fields and what fails. Agrees with Keras's `GlobalAveragePooling1D`.
///
/// ```
/// use cornu::layers::GlobalAveragePooling1D;
/// use cornu::{Input, Sequential};
/// let layer = GlobalAveragePooling1D::new().keepdims(true);
/// let model = Sequential::new().add(Input::new([9, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(1), Some(4)]]);
/// ```
pub type GlobalAveragePooling1D = GlobalPooling<Mean, 1>;

/// Another name that Keras has for [`GlobalAveragePooling1D`].
pub type GlobalAvgPool1D = GlobalAveragePooling1D;

impl Named for GlobalAveragePooling1D {
    const NAME: &'static str = "GlobalAveragePooling1D";
    const ALIASES: &'static [&'static str] = &["GlobalAvgPool1D"];
    const SUMMARY: &'static str = "keeps the mean over all steps";
}

impl Sampled for GlobalAveragePooling1D {
    fn samples() -> Vec<LayerSample> {
        let first = GlobalAveragePooling1D::new().data_format(DataFormat::ChannelsFirst).keepdims(true);
        vec![
            LayerSample::new(GlobalAveragePooling1D::new(), [&[2, 7, 3]]),
            LayerSample::new(first, [&[2, 3, 7]]),
        ]
    }
}
