//! The layer that puts zeros around volumes.

use super::{DataFormat, LayerSample, Sampled, ZeroPadding};
use crate::registry::Named;

/// Puts zeros around volumes: `[batch, depth, rows, columns, channels] -> [batch, depth, rows, columns, channels]`; see
/// [`ZeroPadding`] for the fields and what fails. Agrees with Keras's `ZeroPadding3D`.
///
/// ```
/// use cornu::layers::ZeroPadding3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([5, 5, 5, 4])).add(ZeroPadding3D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(9), Some(9), Some(9), Some(4)]]);
/// ```
pub type ZeroPadding3D = ZeroPadding<3>;

impl Named for ZeroPadding3D {
    const NAME: &'static str = "ZeroPadding3D";
    const SUMMARY: &'static str = "puts zeros around volumes";
}

impl Sampled for ZeroPadding3D {
    fn samples() -> Vec<LayerSample> {
        let first = ZeroPadding3D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(ZeroPadding3D::new([(1, 0), (0, 2), (1, 1)]), [&[2, 2, 3, 2, 2]]),
            LayerSample::new(first, [&[2, 3, 2, 3, 2]]),
        ]
    }
}
