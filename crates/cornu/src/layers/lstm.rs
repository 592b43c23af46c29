//! The long short-term memory.

use super::{Activated, CellOptions, LSTMCell, LayerSample, RecurrentLayer, RecurrentOptions, Sampled};
use crate::activations::Activation;
use crate::registry::Named;

/// The long short-term memory: `[batch, steps, n] -> [batch, units]`, or `[batch, steps, units]` with
/// `return_sequences`.
///
/// The step is [`LSTMCell`]'s, where formula, weights and fields are told; how it goes over the steps,
/// from which states, and what masks do is told in [`RNN`](super::RNN). With `return_state` it gives
/// `y`, `h` and `c`. Agrees with Keras's `LSTM`.
///
/// ```
/// use cornu::layers::{CellOptions, LSTM, RecurrentOptions};
/// let layer = LSTM::new(32).dropout(0.1).return_sequences(true);
/// assert_eq!(layer.cell.units, 32);
/// ```
pub type LSTM = RecurrentLayer<LSTMCell>;

impl LSTM {
    /// A layer of so many units, which gives its last output.
    pub fn new(units: usize) -> LSTM {
        RecurrentLayer::of(LSTMCell::new(units))
    }

    /// The same with gates made otherwise.
    pub fn recurrent_activation(mut self, activation: Activation) -> LSTM {
        self.cell.recurrent_activation = activation;
        self
    }

    /// The same, keeping its state at first or not.
    pub fn unit_forget_bias(mut self, unit_forget_bias: bool) -> LSTM {
        self.cell.unit_forget_bias = unit_forget_bias;
        self
    }
}

impl Named for LSTM {
    const NAME: &'static str = "LSTM";
    const SUMMARY: &'static str = "recurrent: long short-term memory";
}

impl Sampled for LSTM {
    fn samples() -> Vec<LayerSample> {
        let sample = |layer: LSTM| LayerSample::new(layer, [&[2, 3, 4]]);
        vec![
            sample(LSTM::new(3)),
            sample(LSTM::new(3).return_sequences(true).go_backwards(true).use_bias(false)),
            sample(LSTM::new(3).return_state(true).softplus().dropout(0.2).recurrent_dropout(0.3)),
        ]
    }
}
