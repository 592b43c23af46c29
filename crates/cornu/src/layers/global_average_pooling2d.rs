//! The layer that keeps the mean of all rows and columns.

use super::pool::Mean;
use super::{DataFormat, GlobalPooling, LayerSample, Sampled};
use crate::registry::Named;

/// The mean over all rows and columns: `[batch, rows, columns, channels] -> [batch, channels]`.
/// See [`GlobalPooling`] for the fields and what fails. Agrees with Keras's `GlobalAveragePooling2D`.
///
/// ```
/// use cornu::layers::GlobalAveragePooling2D;
/// use cornu::{Input, Sequential};
/// let layer = GlobalAveragePooling2D::new().keepdims(true);
/// let model = Sequential::new().add(Input::new([9, 9, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(1), Some(1), Some(4)]]);
/// ```
pub type GlobalAveragePooling2D = GlobalPooling<Mean, 2>;

/// Another name that Keras has for [`GlobalAveragePooling2D`].
pub type GlobalAvgPool2D = GlobalAveragePooling2D;

impl Named for GlobalAveragePooling2D {
    const NAME: &'static str = "GlobalAveragePooling2D";
    const ALIASES: &'static [&'static str] = &["GlobalAvgPool2D"];
    const SUMMARY: &'static str = "keeps the mean over all rows and columns";
}

impl Sampled for GlobalAveragePooling2D {
    fn samples() -> Vec<LayerSample> {
        let first = GlobalAveragePooling2D::new().data_format(DataFormat::ChannelsFirst).keepdims(true);
        vec![
            LayerSample::new(GlobalAveragePooling2D::new(), [&[2, 5, 6, 2]]),
            LayerSample::new(first, [&[2, 2, 5, 6]]),
        ]
    }
}
