//! The convolution over images.

use super::{Activated, Convolution, DataFormat, LayerSample, Padding, Sampled};
use crate::registry::Named;
use crate::regularizers::L2;

/// Slides kernels over images: `[batch, rows, columns, channels] -> [batch, rows, columns, filters]`;
/// see [`Convolution`] for the formula, the fields and what fails.
///
/// Agrees with Keras's `Conv2D` without LoRA.
///
/// ```
/// use cornu::layers::{Activated, Conv2D};
/// use cornu::{Input, Sequential};
/// let layer = Conv2D::new(16, 3).strides(2).relu();
/// let model = Sequential::new().add(Input::new([28, 28, 1])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(13), Some(13), Some(16)]]);
/// assert_eq!(model.count_params(), 3 * 3 * 16 + 16);
/// ```
pub type Conv2D = Convolution<2>;

/// Another name that Keras has for [`Conv2D`].
pub type Convolution2D = Conv2D;

impl Named for Conv2D {
    const NAME: &'static str = "Conv2D";
    const ALIASES: &'static [&'static str] = &["Convolution2D"];
    const SUMMARY: &'static str = "slides kernels over images";
}

impl Sampled for Conv2D {
    fn samples() -> Vec<LayerSample> {
        let strided = Conv2D::new(3, [3, 2]).strides([2, 1]).padding(Padding::Same);
        let first = Conv2D::new(4, 2).data_format(DataFormat::ChannelsFirst).groups(2);
        let penalized = Conv2D::new(2, 2).kernel_regularizer(L2 { l2: 0.1 });
        vec![
            LayerSample::new(Conv2D::new(3, [2, 3]).tanh(), [&[2, 4, 5, 2]]),
            LayerSample::new(strided, [&[2, 5, 4, 2]]),
            LayerSample::new(first.dilation_rate([1, 2]), [&[2, 2, 4, 5]]),
            LayerSample::new(penalized.activity_regularizer(L2 { l2: 0.1 }).softmax(), [&[2, 3, 3, 2]]),
        ]
    }
}
