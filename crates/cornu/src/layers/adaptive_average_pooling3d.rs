//! The layer that keeps the mean of parts of volumes, as many as are asked for.

use super::pool::Mean;
use super::{AdaptivePooling, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// The mean of as many parts of volumes as `output_size` says:
/// `[batch, depth, rows, columns, channels] -> [batch, output_size.., channels]`; see [`AdaptivePooling`] for the
/// parts, the fields and what fails. Agrees with Keras's `AdaptiveAveragePooling3D`.
///
/// ```
/// use cornu::layers::AdaptiveAveragePooling3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 9, 4])).add(AdaptiveAveragePooling3D::new(5)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(5), Some(5), Some(5), Some(4)]]);
/// ```
pub type AdaptiveAveragePooling3D = AdaptivePooling<Mean, 3>;

impl Named for AdaptiveAveragePooling3D {
    const NAME: &'static str = "AdaptiveAveragePooling3D";
    const SUMMARY: &'static str = "keeps the mean of so many parts of volumes";
}

impl Sampled for AdaptiveAveragePooling3D {
    fn samples() -> Vec<LayerSample> {
        let first = AdaptiveAveragePooling3D::new([2, 4, 3]).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(AdaptiveAveragePooling3D::new(2), [&[2, 3, 4, 5, 2]]),
            LayerSample::new(first, [&[2, 2, 3, 4, 5]]),
        ]
    }
}
