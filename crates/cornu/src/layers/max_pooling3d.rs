//! The layer that keeps the greatest element of windows over volumes.

use super::pool::Greatest;
use super::{DataFormat, LayerSample, Padding, Pooling, Sampled};
use crate::registry::Named;

/// The greatest element of windows over volumes:
/// `[batch, depth, rows, columns, channels] -> [batch, depth, rows, columns, channels]`; see [`Pooling`] for the fields and what
/// fails. Agrees with Keras's `MaxPooling3D`.
///
/// ```
/// use cornu::layers::MaxPooling3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 9, 4])).add(MaxPooling3D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4), Some(4), Some(4)]]);
/// ```
pub type MaxPooling3D = Pooling<Greatest, 3>;

/// Another name that Keras has for [`MaxPooling3D`].
pub type MaxPool3D = MaxPooling3D;

impl Named for MaxPooling3D {
    const NAME: &'static str = "MaxPooling3D";
    const ALIASES: &'static [&'static str] = &["MaxPool3D"];
    const SUMMARY: &'static str = "keeps the greatest element of windows over volumes";
}

impl Sampled for MaxPooling3D {
    fn samples() -> Vec<LayerSample> {
        let same = MaxPooling3D::new([2, 2, 3]).strides([1, 2, 1]).padding(Padding::Same);
        let first = MaxPooling3D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 3, 4, 5, 2]]), LayerSample::new(first, [&[2, 2, 3, 4, 5]])]
    }
}
