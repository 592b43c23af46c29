//! The layer that cuts off the edges of volumes.

use super::{Cropping, DataFormat, LayerSample, Sampled};
use crate::registry::Named;

/// Cuts off the edges of volumes: `[batch, depth, rows, columns, channels] -> [batch, depth, rows, columns, channels]`; see
/// [`Cropping`] for the fields and what fails. Agrees with Keras's `Cropping3D`.
///
/// ```
/// use cornu::layers::Cropping3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([7, 7, 7, 4])).add(Cropping3D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(3), Some(3), Some(3), Some(4)]]);
/// ```
pub type Cropping3D = Cropping<3>;

impl Named for Cropping3D {
    const NAME: &'static str = "Cropping3D";
    const SUMMARY: &'static str = "cuts off the edges of volumes";
}

impl Sampled for Cropping3D {
    fn samples() -> Vec<LayerSample> {
        let first = Cropping3D::new(1).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(Cropping3D::new([(1, 0), (0, 2), (1, 1)]), [&[2, 3, 4, 4, 2]]),
            LayerSample::new(first, [&[2, 3, 3, 4, 3]]),
        ]
    }
}
