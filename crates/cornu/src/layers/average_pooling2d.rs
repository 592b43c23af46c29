//! The layer that keeps the mean of windows over images.

use super::pool::Mean;
use super::{DataFormat, LayerSample, Padding, Pooling, Sampled};
use crate::registry::Named;

/// The mean of windows over images:
/// `[batch, rows, columns, channels] -> [batch, rows, columns, channels]`; see [`Pooling`] for the fields and what
/// fails. Agrees with Keras's `AveragePooling2D`.
///
/// ```
/// use cornu::layers::AveragePooling2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 4])).add(AveragePooling2D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4), Some(4)]]);
/// ```
pub type AveragePooling2D = Pooling<Mean, 2>;

/// Another name that Keras has for [`AveragePooling2D`].
pub type AvgPool2D = AveragePooling2D;

impl Named for AveragePooling2D {
    const NAME: &'static str = "AveragePooling2D";
    const ALIASES: &'static [&'static str] = &["AvgPool2D"];
    const SUMMARY: &'static str = "keeps the mean of windows over images";
}

impl Sampled for AveragePooling2D {
    fn samples() -> Vec<LayerSample> {
        let same = AveragePooling2D::new([2, 3]).strides([3, 1]).padding(Padding::Same);
        let first = AveragePooling2D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 4, 5, 2]]), LayerSample::new(first, [&[2, 2, 5, 6]])]
    }
}
