//! The layer that keeps the greatest element of all rows and columns.

use super::pool::Greatest;
use super::{DataFormat, GlobalPooling, LayerSample, Sampled};
use crate::registry::Named;

/// The greatest element over all rows and columns: `[batch, rows, columns, channels] -> [batch, channels]`.
/// See [`GlobalPooling`] for the fields and what fails. Agrees with Keras's `GlobalMaxPooling2D`.
///
/// ```
/// use cornu::layers::GlobalMaxPooling2D;
/// use cornu::{Input, Sequential};
/// let layer = GlobalMaxPooling2D::new().keepdims(true);
/// let model = Sequential::new().add(Input::new([9, 9, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(1), Some(1), Some(4)]]);
/// ```
pub type GlobalMaxPooling2D = GlobalPooling<Greatest, 2>;

/// Another name that Keras has for [`GlobalMaxPooling2D`].
pub type GlobalMaxPool2D = GlobalMaxPooling2D;

impl Named for GlobalMaxPooling2D {
    const NAME: &'static str = "GlobalMaxPooling2D";
    const ALIASES: &'static [&'static str] = &["GlobalMaxPool2D"];
    const SUMMARY: &'static str = "keeps the greatest element over all rows and columns";
}

impl Sampled for GlobalMaxPooling2D {
    fn samples() -> Vec<LayerSample> {
        let first = GlobalMaxPooling2D::new().data_format(DataFormat::ChannelsFirst).keepdims(true);
        vec![
            LayerSample::new(GlobalMaxPooling2D::new(), [&[2, 5, 6, 2]]),
            LayerSample::new(first, [&[2, 2, 5, 6]]),
        ]
    }
}
