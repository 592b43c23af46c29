//! What `SimpleRNN`, `LSTM` and `GRU` are: a recurrence whose config is its own and its cell's.

use super::{
    AnyLayer, Cell, CellConfig, CellOptions, Layer, Recurrence, Recurrent, RecurrentOptions, recurrent,
};
use crate::model::snake_case;
use crate::registry::{Any, Item, Named, parse};
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A cell run over the steps of a sequence, as a layer of its own: [`LSTM`](super::LSTM) is that of
/// [`LSTMCell`](super::LSTMCell). It has the options of the cell ([`CellOptions`]) and those of all
/// recurrent layers ([`RecurrentOptions`]), does what [`RNN`](super::RNN) does, and its config holds the
/// fields of both.
#[derive(Clone, Debug, Default)]
pub struct RecurrentLayer<C> {
    /// The cell.
    pub cell: C,
    /// What all recurrent layers have.
    pub recurrence: Recurrence,
}

impl<C> RecurrentLayer<C> {
    pub(super) fn of(cell: C) -> RecurrentLayer<C> {
        RecurrentLayer { cell, recurrence: Recurrence::default() }
    }
}

impl<C: CellOptions> CellOptions for RecurrentLayer<C> {
    fn cell_config(&mut self) -> &mut CellConfig {
        self.cell.cell_config()
    }
}

impl<C> RecurrentOptions for RecurrentLayer<C> {
    fn recurrence_mut(&mut self) -> &mut Recurrence {
        &mut self.recurrence
    }
}

impl<C: Serialize> Serialize for RecurrentLayer<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut config = Map::new();
        for part in [serde_json::to_value(&self.recurrence), serde_json::to_value(&self.cell)] {
            if let Value::Object(fields) = part.map_err(S::Error::custom)? {
                config.extend(fields);
            }
        }
        config.serialize(serializer)
    }
}

impl<'de, C: DeserializeOwned> Deserialize<'de> for RecurrentLayer<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecurrentLayer<C>, D::Error> {
        let mut config = Map::deserialize(deserializer)?;
        // Keras does not write it: which kernels work on other machines.
        config.remove("use_cudnn");
        let own = Recurrence::FIELDS.iter().filter_map(|field| config.remove_entry(*field)).collect();
        let recurrence = parse(Value::Object(own)).map_err(D::Error::custom)?;
        let cell = parse(Value::Object(config)).map_err(D::Error::custom)?;
        Ok(RecurrentLayer { cell, recurrence })
    }
}

impl<C: Cell + Clone + 'static> Recurrent for RecurrentLayer<C>
where
    RecurrentLayer<C>: Layer,
{
    fn recurrence(&self) -> &Recurrence {
        &self.recurrence
    }

    fn with_recurrence(&self, recurrence: Recurrence) -> Any<dyn Layer> {
        Any::new(Arc::new(RecurrentLayer { recurrence, cell: self.cell.clone() }))
    }
}

impl<C: Cell + Clone + 'static> Layer for RecurrentLayer<C>
where
    RecurrentLayer<C>: Named + Item,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let name = snake_case(self.cell.class_name());
        recurrent::run(scope, inputs, &AnyLayer::from(self.cell.clone()), &name, &self.recurrence)
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
