//! The layer that puts zeros around steps.

use super::{DataFormat, LayerSample, Sampled, ZeroPadding};
use crate::registry::Named;

/// Puts zeros around steps: `[batch, steps, channels] -> [batch, steps, channels]`; see
/// [`ZeroPadding`] for the fields and what fails. Agrees with Keras's `ZeroPadding1D`.
///
/// ```
/// use cornu::layers::ZeroPadding1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([5, 4])).add(ZeroPadding1D::new(2)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(9), Some(4)]]);
/// ```
pub type ZeroPadding1D = ZeroPadding<1>;

impl Named for ZeroPadding1D {
    const NAME: &'static str = "ZeroPadding1D";
    const SUMMARY: &'static str = "puts zeros around steps";
}

impl Sampled for ZeroPadding1D {
    fn samples() -> Vec<LayerSample> {
        let first = ZeroPadding1D::new(2).data_format(DataFormat::ChannelsFirst);
        vec![
            LayerSample::new(ZeroPadding1D::new((1, 2)), [&[2, 2, 2]]),
            LayerSample::new(first, [&[2, 3, 2]]),
        ]
    }
}
