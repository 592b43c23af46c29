//! The layer that keeps the greatest element of all steps.

use super::pool::Greatest;
use super::{DataFormat, GlobalPooling, LayerSample, Sampled};
use crate::registry::Named;

/// The greatest element over all steps: `[batch, steps, channels] -> [batch, channels]`.
/// See [`GlobalPooling`] for the fields and what fails. Agrees with Keras's `GlobalMaxPooling1D`.
///
/// ```
/// use cornu::layers::GlobalMaxPooling1D;
/// use cornu::{Input, Sequential};
/// let layer = GlobalMaxPooling1D::new().keepdims(true);
/// let model = Sequential::new().add(Input::new([9, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(1), Some(4)]]);
/// ```
pub type GlobalMaxPooling1D = GlobalPooling<Greatest, 1>;

/// Another name that Keras has for [`GlobalMaxPooling1D`].
pub type GlobalMaxPool1D = GlobalMaxPooling1D;

impl Named for GlobalMaxPooling1D {
    const NAME: &'static str = "GlobalMaxPooling1D";
    const ALIASES: &'static [&'static str] = &["GlobalMaxPool1D"];
    const SUMMARY: &'static str = "keeps the greatest element over all steps";
}

impl Sampled for GlobalMaxPooling1D {
    fn samples() -> Vec<LayerSample> {
        let first = GlobalMaxPooling1D::new().data_format(DataFormat::ChannelsFirst).keepdims(true);
        vec![LayerSample::new(GlobalMaxPooling1D::new(), [&[2, 7, 3]]), LayerSample::new(first, [&[2, 3, 7]])]
    }
}
