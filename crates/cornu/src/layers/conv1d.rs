//! The convolution over steps.

use super::{Activated, Convolution, DataFormat, LayerSample, Padding, Sampled};
use crate::registry::Named;

/// Slides kernels over steps: `[batch, steps, channels] -> [batch, steps, filters]`; see
/// [`Convolution`] for the formula, the fields and what fails.
///
/// With [`Padding::Causal`] a step's result sees no later steps. Agrees with Keras's `Conv1D`
/// without LoRA.
///
/// ```
/// use cornu::layers::{Conv1D, Padding};
/// use cornu::{Input, Sequential};
/// let layer = Conv1D::new(8, 3).padding(Padding::Causal).dilation_rate(2);
/// let model = Sequential::new().add(Input::new([10, 4])).add(layer).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(10), Some(8)]]);
/// ```
pub type Conv1D = Convolution<1>;

/// Another name that Keras has for [`Conv1D`].
pub type Convolution1D = Conv1D;

impl Named for Conv1D {
    const NAME: &'static str = "Conv1D";
    const ALIASES: &'static [&'static str] = &["Convolution1D"];
    const SUMMARY: &'static str = "slides kernels over steps";
}

impl Sampled for Conv1D {
    fn samples() -> Vec<LayerSample> {
        let causal = Conv1D::new(2, 3).padding(Padding::Causal);
        let first = Conv1D::new(4, 2).data_format(DataFormat::ChannelsFirst).groups(2);
        vec![
            LayerSample::new(Conv1D::new(3, 2).tanh(), [&[2, 5, 4]]),
            LayerSample::new(causal.dilation_rate(2), [&[2, 5, 3]]),
            LayerSample::new(first.padding(Padding::Same).use_bias(false), [&[2, 4, 5]]),
        ]
    }
}
