//! The layer that puts zeros around images.

use super::{DataFormat, LayerSample, Sampled, ZeroPadding};
use crate::registry::Named;

/// Puts zeros around images: `[batch, rows, columns, channels] -> [batch, rows, columns, channels]`; see
/// [`ZeroPadding`] for the fields and what fails. Agrees with Keras's `ZeroPadding2D`.
///
/// ```
/// use cornu::layers::ZeroPadding2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([5, 5, 4])).add(ZeroPadding2D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(9), Some(9), Some(4)]]);
/// ```
pub type ZeroPadding2D = ZeroPadding<2>;

impl Named for ZeroPadding2D {
    const NAME: &'static str = "ZeroPadding2D";
    const SUMMARY: &'static str = "puts zeros around images";
}

impl Sampled for ZeroPadding2D {
    fn samples() -> Vec<LayerSample> {
        let first = ZeroPadding2D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(ZeroPadding2D::new([(1, 0), (2, 1)]), [&[2, 2, 3, 2]]),
            LayerSample::new(first, [&[2, 3, 2, 3]]),
        ]
    }
}
