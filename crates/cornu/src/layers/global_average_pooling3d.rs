//! The layer that keeps the mean of all depth, rows and columns.

use super::pool::Mean;
use super::{DataFormat, GlobalPooling, LayerSample, Sampled};
use crate::registry::Named;

/// The mean over all depth, rows and columns: `[batch, depth, rows, columns, channels] -> [batch, channels]`.
/// See [`GlobalPooling`] for the fields and what fails. Agrees with Keras's `GlobalAveragePooling3D`.
///
/// ```
/// use cornu::layers::GlobalAveragePooling3D;
/// use cornu::{Input, Sequential};
/// let layer = GlobalAveragePooling3D::new().keepdims(true);
/// let model = Sequential::new().add(Input::new([9, 9, 9, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(1), Some(1), Some(1), Some(4)]]);
/// ```
pub type GlobalAveragePooling3D = GlobalPooling<Mean, 3>;

/// Another name that Keras has for [`GlobalAveragePooling3D`].
pub type GlobalAvgPool3D = GlobalAveragePooling3D;

impl Named for GlobalAveragePooling3D {
    const NAME: &'static str = "GlobalAveragePooling3D";
    const ALIASES: &'static [&'static str] = &["GlobalAvgPool3D"];
    const SUMMARY: &'static str = "keeps the mean over all depth, rows and columns";
}

impl Sampled for GlobalAveragePooling3D {
    fn samples() -> Vec<LayerSample> {
        let first = GlobalAveragePooling3D::new().data_format(DataFormat::ChannelsFirst).keepdims(true);
        vec![
            LayerSample::new(GlobalAveragePooling3D::new(), [&[2, 3, 4, 5, 2]]),
            LayerSample::new(first, [&[2, 2, 3, 4, 5]]),
        ]
    }
}
