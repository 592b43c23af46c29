//! The convolutional long short-term memory over sequences of images.

use super::{Activated, CellOptions, ConvLSTM, DataFormat, LayerSample, Padding, RecurrentOptions, Sampled};
use crate::registry::Named;

/// The convolutional long short-term memory over images:
/// `[batch, steps, rows, columns, channels] -> [batch, rows, columns, filters]`, or all steps' outputs with
/// `return_sequences`.
///
/// The step is that of [`ConvLSTMCell`](super::ConvLSTMCell), where weights, fields and what fails are
/// told; how it goes over the steps, from which states, and what masks do is told in
/// [`RNN`](super::RNN). Shi and others: Convolutional LSTM network (2015). Agrees with Keras's
/// `ConvLSTM2D`.
///
/// ```
/// use cornu::layers::ConvLSTM2D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([10, 16, 16, 3])).add(ConvLSTM2D::new(4, 3)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(14), Some(14), Some(4)]]);
/// ```
pub type ConvLSTM2D = ConvLSTM<2>;

impl Named for ConvLSTM2D {
    const NAME: &'static str = "ConvLSTM2D";
    const SUMMARY: &'static str = "recurrent: long short-term memory over images";
}

impl Sampled for ConvLSTM2D {
    fn samples() -> Vec<LayerSample> {
        let sample = |layer: ConvLSTM2D| LayerSample::new(layer, [&[2, 2, 4, 3, 2]]);
        let first = ConvLSTM2D::new(2, [1, 2]).data_format(DataFormat::ChannelsFirst).use_bias(false);
        vec![
            sample(ConvLSTM2D::new(2, [3, 2]).return_sequences(true).unit_forget_bias(false)),
            sample(first.padding(Padding::Same).go_backwards(true).softplus()),
        ]
    }
}
