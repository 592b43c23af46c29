//! The layer that keeps the mean of parts of steps, as many as are asked for.

use super::pool::Mean;
use super::{AdaptivePooling, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// The mean of as many parts of steps as `output_size` says:
/// `[batch, steps, channels] -> [batch, output_size.., channels]`; see [`AdaptivePooling`] for the
/// parts, the fields and what fails. Agrees with Keras's `AdaptiveAveragePooling1D`.
///
/// ```
/// use cornu::layers::AdaptiveAveragePooling1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 4])).add(AdaptiveAveragePooling1D::new(5)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(4)]]);
/// ```
pub type AdaptiveAveragePooling1D = AdaptivePooling<Mean, 1>;

impl Named for AdaptiveAveragePooling1D {
    const NAME: &'static str = "AdaptiveAveragePooling1D";
    const SUMMARY: &'static str = "keeps the mean of so many parts of steps";
}

impl Sampled for AdaptiveAveragePooling1D {
    fn samples() -> Vec<LayerSample> {
        let first = AdaptiveAveragePooling1D::new(3).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(AdaptiveAveragePooling1D::new(2), [&[2, 7, 3]]),
            LayerSample::new(first, [&[2, 3, 7]]),
        ]
    }
}
