//! The plain recurrent layer.

use super::{CellOptions, LayerSample, RecurrentLayer, RecurrentOptions, Sampled, SimpleRNNCell};
use crate::registry::Named;
use crate::regularizers::L2;

/// `h = activation(x kernel + h recurrent_kernel + bias)` step by step:
/// `[batch, steps, n] -> [batch, units]`, or `[batch, steps, units]` with `return_sequences`.
///
/// The step is [`SimpleRNNCell`]'s, where weights and fields are told; how it goes over the steps, from
/// which states, and what masks do is told in [`RNN`](super::RNN). Agrees with Keras's `SimpleRNN`.
///
/// ```
/// use cornu::layers::{CellOptions, RecurrentOptions, SimpleRNN};
/// let layer = SimpleRNN::new(8).use_bias(false).return_sequences(true);
/// assert_eq!(layer.cell.units, 8);
/// ```
pub type SimpleRNN = RecurrentLayer<SimpleRNNCell>;

impl SimpleRNN {
    /// A tanh layer of so many units, which gives its last output.
    pub fn new(units: usize) -> SimpleRNN {
        RecurrentLayer::of(SimpleRNNCell::new(units))
    }
}

impl Named for SimpleRNN {
    const NAME: &'static str = "SimpleRNN";
    const SUMMARY: &'static str = "recurrent: h = activation(x kernel + h recurrent_kernel + bias)";
}

impl Sampled for SimpleRNN {
    fn samples() -> Vec<LayerSample> {
        let sample = |layer: SimpleRNN| LayerSample::new(layer, [&[2, 3, 4]]);
        vec![
            sample(SimpleRNN::new(3)),
            sample(
                SimpleRNN::new(3).return_sequences(true).activity_regularizer(L2 { l2: 0.1 }).dropout(0.2),
            ),
        ]
    }
}
