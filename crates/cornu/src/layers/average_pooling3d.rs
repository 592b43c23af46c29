//! The layer that keeps the mean of windows over volumes.

use super::pool::Mean;
use super::{DataFormat, LayerSample, Padding, Pooling, Sampled};
use crate::registry::Named;

/// The mean of windows over volumes:
/// `[batch, depth, rows, columns, channels] -> [batch, depth, rows, columns, channels]`; see [`Pooling`] for the fields and what
/// fails. Agrees with Keras's `AveragePooling3D`.
///
/// ```
/// use cornu::layers::AveragePooling3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 9, 4])).add(AveragePooling3D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4), Some(4), Some(4)]]);
/// ```
pub type AveragePooling3D = Pooling<Mean, 3>;

/// Another name that Keras has for [`AveragePooling3D`].
pub type AvgPool3D = AveragePooling3D;

impl Named for AveragePooling3D {
    const NAME: &'static str = "AveragePooling3D";
    const ALIASES: &'static [&'static str] = &["AvgPool3D"];
    const SUMMARY: &'static str = "keeps the mean of windows over volumes";
}

impl Sampled for AveragePooling3D {
    fn samples() -> Vec<LayerSample> {
        let same = AveragePooling3D::new([2, 2, 3]).strides([1, 2, 1]).padding(Padding::Same);
        let first = AveragePooling3D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 3, 4, 5, 2]]), LayerSample::new(first, [&[2, 2, 3, 4, 5]])]
    }
}
