//! The layer that keeps the greatest element of parts of images, as many as are asked for.

use super::pool::Greatest;
use super::{AdaptivePooling, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// The greatest element of as many parts of images as `output_size` says:
/// `[batch, rows, columns, channels] -> [batch, output_size.., channels]`; see [`AdaptivePooling`] for the
/// parts, the fields and what fails. Agrees with Keras's `AdaptiveMaxPooling2D`.
///
/// ```
/// use cornu::layers::AdaptiveMaxPooling2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 4])).add(AdaptiveMaxPooling2D::new(5)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(5), Some(4)]]);
/// ```
pub type AdaptiveMaxPooling2D = AdaptivePooling<Greatest, 2>;

impl Named for AdaptiveMaxPooling2D {
    const NAME: &'static str = "AdaptiveMaxPooling2D";
    const SUMMARY: &'static str = "keeps the greatest element of so many parts of images";
}

impl Sampled for AdaptiveMaxPooling2D {
    fn samples() -> Vec<LayerSample> {
        let first = AdaptiveMaxPooling2D::new([3, 4]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(AdaptiveMaxPooling2D::new(2), [&[2, 5, 6, 2]]),
            LayerSample::new(first, [&[2, 2, 5, 6]]),
        ]
    }
}
