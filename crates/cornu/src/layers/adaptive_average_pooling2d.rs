//! The layer that keeps the mean of parts of images, as many as are asked for.

use super::pool::Mean;
use super::{AdaptivePooling, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// The mean of as many parts of images as `output_size` says:
/// `[batch, rows, columns, channels] -> [batch, output_size.., channels]`; see [`AdaptivePooling`] for the
/// parts, the fields and what fails. Agrees with Keras's `AdaptiveAveragePooling2D`.
///
/// ```
/// use cornu::layers::AdaptiveAveragePooling2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 4])).add(AdaptiveAveragePooling2D::new(5)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(5), Some(4)]]);
/// ```
pub type AdaptiveAveragePooling2D = AdaptivePooling<Mean, 2>;

impl Named for AdaptiveAveragePooling2D {
    const NAME: &'static str = "AdaptiveAveragePooling2D";
    const SUMMARY: &'static str = "keeps the mean of so many parts of images";
}

impl Sampled for AdaptiveAveragePooling2D {
    fn samples() -> Vec<LayerSample> {
        let first = AdaptiveAveragePooling2D::new([3, 4]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(AdaptiveAveragePooling2D::new(2), [&[2, 5, 6, 2]]),
            LayerSample::new(first, [&[2, 2, 5, 6]]),
        ]
    }
}
