//! The layer that keeps the greatest element of parts of steps, as many as are asked for.

use super::pool::Greatest;
use super::{AdaptivePooling, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// The greatest element of as many parts of steps as `output_size` says:
/// `[batch, steps, channels] -> [batch, output_size.., channels]`; see [`AdaptivePooling`] for the
/// parts, the fields and what fails. Agrees with Keras's `AdaptiveMaxPooling1D`.
///
/// ```
/// use cornu::layers::AdaptiveMaxPooling1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 4])).add(AdaptiveMaxPooling1D::new(5)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(4)]]);
/// ```
pub type AdaptiveMaxPooling1D = AdaptivePooling<Greatest, 1>;

impl Named for AdaptiveMaxPooling1D {
    const NAME: &'static str = "AdaptiveMaxPooling1D";
    const SUMMARY: &'static str = "keeps the greatest element of so many parts of steps";
}

impl Sampled for AdaptiveMaxPooling1D {
    fn samples() -> Vec<LayerSample> {
        let first = AdaptiveMaxPooling1D::new(3).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(AdaptiveMaxPooling1D::new(2), [&[2, 7, 3]]),
            LayerSample::new(first, [&[2, 3, 7]]),
        ]
    }
}
