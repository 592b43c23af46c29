//! The layer that keeps the greatest element of all depth, rows and columns.

use super::pool::Greatest;
use super::{DataFormat, GlobalPooling, LayerSample, Sampled};
use crate::registry::Named;

/// The greatest element over all depth, rows and columns: `[batch, depth, rows, columns, channels] -> [batch, channels]`.
/// See [`GlobalPooling`] for the fields and what fails. Agrees with Keras's `GlobalMaxPooling3D`.
///
/// ```
/// use cornu::layers::GlobalMaxPooling3D;
/// use cornu::{Input, Sequential};
/// let layer = GlobalMaxPooling3D::new().keepdims(true);
/// let model = Sequential::new().add(Input::new([9, 9, 9, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(1), Some(1), Some(1), Some(4)]]);
/// ```
pub type GlobalMaxPooling3D = GlobalPooling<Greatest, 3>;

/// Another name that Keras has for [`GlobalMaxPooling3D`].
pub type GlobalMaxPool3D = GlobalMaxPooling3D;

impl Named for GlobalMaxPooling3D {
    const NAME: &'static str = "GlobalMaxPooling3D";
    const ALIASES: &'static [&'static str] = &["GlobalMaxPool3D"];
    const SUMMARY: &'static str = "keeps the greatest element over all depth, rows and columns";
}

impl Sampled for GlobalMaxPooling3D {
    fn samples() -> Vec<LayerSample> {
        let first = GlobalMaxPooling3D::new().data_format(DataFormat::ChannelsFirst).keepdims(true);
        vec![
            LayerSample::new(GlobalMaxPooling3D::new(), [&[2, 3, 4, 5, 2]]),
            LayerSample::new(first, [&[2, 2, 3, 4, 5]]),
        ]
    }
}
