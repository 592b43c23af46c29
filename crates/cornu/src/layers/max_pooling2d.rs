//! The layer that keeps the greatest element of windows over images.

use super::pool::Greatest;
use super::{DataFormat, LayerSample, Padding, Pooling, Sampled};
use crate::registry::Named;

/// The greatest element of windows over images:
/// `[batch, rows, columns, channels] -> [batch, rows, columns, channels]`; see [`Pooling`] for the fields and what
/// fails. Agrees with Keras's `MaxPooling2D`.
///
/// ```
/// use cornu::layers::MaxPooling2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([9, 9, 4])).add(MaxPooling2D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4), Some(4)]]);
/// ```
pub type MaxPooling2D = Pooling<Greatest, 2>;

/// Another name that Keras has for [`MaxPooling2D`].
pub type MaxPool2D = MaxPooling2D;

impl Named for MaxPooling2D {
    const NAME: &'static str = "MaxPooling2D";
    const ALIASES: &'static [&'static str] = &["MaxPool2D"];
    const SUMMARY: &'static str = "keeps the greatest element of windows over images";
}

impl Sampled for MaxPooling2D {
    fn samples() -> Vec<LayerSample> {
        let same = MaxPooling2D::new([2, 3]).strides([3, 1]).padding(Padding::Same);
        let first = MaxPooling2D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![LayerSample::new(same, [&[2, 4, 5, 2]]), LayerSample::new(first, [&[2, 2, 5, 6]])]
    }
}
