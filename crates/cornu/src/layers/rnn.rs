//! The layer that runs a cell over the steps of a sequence.

use super::cell_config::NothingElse;
use super::{
    AnyLayer, GRUCell, LSTMCell, Layer, LayerSample, Recurrence, Recurrent, RecurrentOptions, Sampled,
    SimpleRNNCell, StackedRNNCells, recurrent,
};
use crate::model::snake_case;
use crate::registry::{Any, Named};
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Runs a cell over the steps of the input: `[batch, steps, ..] -> [batch, ..]`, the output of the last
/// step, or `[batch, steps, ..]` with `return_sequences`, those of all.
///
/// The states begin with zeros, or with what is given in the call as `initial_state`. Where the input
/// is masked, the states stay as they are and the output of the step before is repeated (or zero, with
/// `zero_output_for_mask`); as in Keras, a mask that came along with the input counts only where no
/// `initial_state` is given, one that is named `mask` in the call in any case. Fails on inputs without steps, or if the layer is no cell. Agrees with
/// Keras's `RNN`.
///
/// ```
/// use cornu::layers::{GRUCell, RNN, RecurrentOptions};
/// let layer = RNN::new(GRUCell::new(8)).return_sequences(true);
/// assert!(layer.recurrence.return_sequences);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RNN {
    /// The cell.
    #[serde(deserialize_with = "one_or_several")]
    pub cell: AnyLayer,
    /// What all recurrent layers have.
    #[serde(flatten)]
    pub recurrence: Recurrence,
    #[serde(flatten, skip_serializing)]
    _rest: NothingElse,
}

/// Reads a cell, or a list of them, which is a stack.
fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<AnyLayer, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Cells {
        Several(Vec<AnyLayer>),
        One(serde_json::Value),
    }
    match Cells::deserialize(deserializer)? {
        Cells::Several(cells) => Ok(StackedRNNCells { cells }.into()),
        Cells::One(cell) => serde_json::from_value(cell).map_err(serde::de::Error::custom),
    }
}

impl RNN {
    /// A layer that gives the cell's last output.
    pub fn new(cell: impl Into<AnyLayer>) -> RNN {
        RNN { cell: cell.into(), recurrence: Recurrence::default(), _rest: NothingElse }
    }
}

impl RecurrentOptions for RNN {
    fn recurrence_mut(&mut self) -> &mut Recurrence {
        &mut self.recurrence
    }
}

impl Recurrent for RNN {
    fn recurrence(&self) -> &Recurrence {
        &self.recurrence
    }

    fn with_recurrence(&self, recurrence: Recurrence) -> Any<dyn Layer> {
        Any::new(Arc::new(RNN { recurrence, ..self.clone() }))
    }
}

impl Named for RNN {
    const NAME: &'static str = "RNN";
    const SUMMARY: &'static str = "runs a cell over the steps of a sequence";
}

impl Layer for RNN {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let name = snake_case(self.cell.layer.class_name());
        recurrent::run(scope, inputs, &self.cell, &name, &self.recurrence)
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        &["initial_state"]
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn recurrent(&self) -> Option<&dyn Recurrent> {
        Some(self)
    }
}

impl Sampled for RNN {
    fn samples() -> Vec<LayerSample> {
        let stack = StackedRNNCells::new().add(LSTMCell::new(2)).add(GRUCell::new(3)).add(LSTMCell::new(2));
        let sample = |layer: RNN| LayerSample::new(layer, [&[2, 3, 4]]);
        vec![
            sample(RNN::new(SimpleRNNCell::new(3))),
            sample(RNN::new(GRUCell::new(3)).return_sequences(true).go_backwards(true)),
            sample(RNN::new(stack).return_sequences(true)),
        ]
    }
}
