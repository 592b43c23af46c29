//! The convolutional long short-term memory over sequences of lines.

use super::{ConvLSTM, LayerSample, Padding, RecurrentOptions, Sampled};
use crate::registry::Named;

/// The convolutional long short-term memory over lines:
/// `[batch, steps, length, channels] -> [batch, length, filters]`, or all steps' outputs with
/// `return_sequences`.
///
/// The step is that of [`ConvLSTMCell`](super::ConvLSTMCell), where weights, fields and what fails are
/// told; how it goes over the steps, from which states, and what masks do is told in
/// [`RNN`](super::RNN). Shi and others: Convolutional LSTM network (2015). Agrees with Keras's
/// `ConvLSTM1D`.
///
/// ```
/// use cornu::layers::ConvLSTM1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([10, 16, 3])).add(ConvLSTM1D::new(4, 3)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(14), Some(4)]]);
/// ```
pub type ConvLSTM1D = ConvLSTM<1>;

impl Named for ConvLSTM1D {
    const NAME: &'static str = "ConvLSTM1D";
    const SUMMARY: &'static str = "recurrent: long short-term memory over lines";
}

impl Sampled for ConvLSTM1D {
    fn samples() -> Vec<LayerSample> {
        let sample = |layer: ConvLSTM1D| LayerSample::new(layer, [&[2, 3, 5, 2]]);
        vec![
            sample(ConvLSTM1D::new(3, 2)),
            sample(ConvLSTM1D::new(3, 3).padding(Padding::Same).strides(2).return_sequences(true)),
        ]
    }
}
