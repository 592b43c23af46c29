//! The convolutional long short-term memory over sequences of volumes.

use super::{CellOptions, ConvLSTM, LayerSample, Sampled};
use crate::registry::Named;

/// The convolutional long short-term memory over volumes:
/// `[batch, steps, depth, rows, columns, channels] -> [batch, depth, rows, columns, filters]`, or all steps' outputs with
/// `return_sequences`.
///
/// The step is that of [`ConvLSTMCell`](super::ConvLSTMCell), where weights, fields and what fails are
/// told; how it goes over the steps, from which states, and what masks do is told in
/// [`RNN`](super::RNN). Shi and others: Convolutional LSTM network (2015). Agrees with Keras's
/// `ConvLSTM3D`.
///
/// ```
/// use cornu::layers::ConvLSTM3D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([10, 8, 8, 8, 3])).add(ConvLSTM3D::new(4, 3)).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(6), Some(6), Some(6), Some(4)]]);
/// ```
pub type ConvLSTM3D = ConvLSTM<3>;

impl Named for ConvLSTM3D {
    const NAME: &'static str = "ConvLSTM3D";
    const SUMMARY: &'static str = "recurrent: long short-term memory over volumes";
}

impl Sampled for ConvLSTM3D {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(ConvLSTM3D::new(2, [2, 1, 2]).dropout(0.2), [&[2, 2, 2, 3, 2, 2]])]
    }
}
