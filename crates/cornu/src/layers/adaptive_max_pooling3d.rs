//! The layer that keeps the greatest element of parts of volumes, as many as are asked for.

use super::pool::Greatest;
use super::{AdaptivePooling, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// The greatest element of as many parts of volumes as `output_size` says:
/// `[batch, depth, rows, columns, channels] -> [batch, output_size.., channels]`; see [`AdaptivePooling`] for the
/// parts, the fields and what fails. Agrees with Keras's `AdaptiveMaxPooling3D`.
///
/// ```
/// use cornu::layers::AdaptiveMaxPooling3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 9, 4])).add(AdaptiveMaxPooling3D::new(5)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(5), Some(5), Some(4)]]);
/// ```
pub type AdaptiveMaxPooling3D = AdaptivePooling<Greatest, 3>;

impl Named for AdaptiveMaxPooling3D {
    const NAME: &'static str = "AdaptiveMaxPooling3D";
    const SUMMARY: &'static str = "keeps the greatest element of so many parts of volumes";
}

impl Sampled for AdaptiveMaxPooling3D {
    fn samples() -> Vec<LayerSample> {
        let first = AdaptiveMaxPooling3D::new([2, 4, 3]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(AdaptiveMaxPooling3D::new(2), [&[2, 3, 4, 5, 2]]),
            LayerSample::new(first, [&[2, 2, 3, 4, 5]]),
        ]
    }
}
