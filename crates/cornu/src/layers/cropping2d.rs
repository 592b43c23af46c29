//! The layer that cuts off the edges of images.

use super::{Cropping, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// Cuts off the edges of images: `[batch, rows, columns, channels] -> [batch, rows, columns, channels]`; see
/// [`Cropping`] for the fields and what fails. Agrees with Keras's `Cropping2D`.
///
/// ```
/// use cornu::layers::Cropping2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([7, 7, 4])).add(Cropping2D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(3), Some(3), Some(4)]]);
/// ```
pub type Cropping2D = Cropping<2>;

impl Named for Cropping2D {
    const NAME: &'static str = "Cropping2D";
    const SUMMARY: &'static str = "cuts off the edges of images";
}

impl Sampled for Cropping2D {
    fn samples() -> Vec<LayerSample> {
        let first = Cropping2D::new(1).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(Cropping2D::new([(1, 0), (2, 1)]), [&[2, 3, 4, 2]]),
            LayerSample::new(first, [&[2, 3, 3, 4]]),
        ]
    }
}
