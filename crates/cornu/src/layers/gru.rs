//! The gated recurrent unit.

use super::{CellOptions, GRUCell, LayerSample, RecurrentLayer, RecurrentOptions, Sampled};
use crate::activations::Activation;
use crate::registry::Named;

/// The gated recurrent unit: `[batch, steps, n] -> [batch, units]`, or `[batch, steps, units]` with
/// `return_sequences`.
///
/// The step is [`GRUCell`]'s, where formula, weights and fields are told; how it goes over the steps,
/// from which states, and what masks do is told in [`RNN`](super::RNN). Agrees with Keras's `GRU`.
///
/// ```
/// use cornu::layers::{GRU, RecurrentOptions};
/// let layer = GRU::new(32).reset_after(false).return_sequences(true);
/// assert_eq!(layer.cell.units, 32);
/// ```
pub type GRU = RecurrentLayer<GRUCell>;

impl GRU {
    /// A layer of so many units, which gives its last output.
    pub fn new(units: usize) -> GRU {
        RecurrentLayer::of(GRUCell::new(units))
    }

    /// The same with gates made otherwise.
    pub fn recurrent_activation(mut self, activation: Activation) -> GRU {
        self.cell.recurrent_activation = activation;
        self
    }

    /// The same, resetting the state after the product or before.
    pub fn reset_after(mut self, reset_after: bool) -> GRU {
        self.cell.reset_after = reset_after;
        self
    }
}

impl Named for GRU {
    const NAME: &'static str = "GRU";
    const SUMMARY: &'static str = "recurrent: gated recurrent unit";
}

impl Sampled for GRU {
    fn samples() -> Vec<LayerSample> {
        let sample = |layer: GRU| LayerSample::new(layer, [&[2, 3, 4]]);
        vec![
            sample(GRU::new(3)),
            sample(GRU::new(3).reset_after(false).return_sequences(true)),
            sample(GRU::new(3).return_state(true).recurrent_dropout(0.3)),
        ]
    }
}
