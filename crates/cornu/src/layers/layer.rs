//! The trait that every layer implements.

use crate::registry::{Any, Item, Kind};
use crate::scope::Scope;
use cornu_graph::Tensor;

/// A layer: its fields, which are its config, and one call.
///
/// The call runs whenever a model is lowered to a graph. It declares each weight where it uses it
/// ([`Scope::weight`]), describes its work on tensors of known shape, and returns its outputs.
/// Shape inference, weight counts and summaries come from running it; nothing is written twice.
pub trait Layer: Item + std::any::Any {
    /// Describes the layer's work on its inputs (one tensor for most layers) and returns its
    /// outputs (one for most).
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor>;
}

/// Any layer with its name and whether it is trained: what [`Sequential::add`] takes.
///
/// [`Sequential::add`]: crate::Sequential::add
#[derive(Clone, Debug)]
pub struct AnyLayer {
    /// What it does.
    pub layer: Any<dyn Layer>,
    /// The name, where the user gave one; models name the others `dense`, `dense_1` ...
    pub name: Option<String>,
    /// Whether training changes its weights.
    pub trainable: bool,
}

impl<L: Layer + 'static> From<L> for AnyLayer {
    fn from(layer: L) -> AnyLayer {
        AnyLayer { layer: Any::new(std::sync::Arc::new(layer)), name: None, trainable: true }
    }
}

impl AnyLayer {
    /// The same with a name.
    pub fn named(mut self, name: impl Into<String>) -> AnyLayer {
        self.name = Some(name.into());
        self
    }

    /// The same, not changed by training.
    pub fn frozen(mut self) -> AnyLayer {
        self.trainable = false;
        self
    }
}

/// Options that every layer has.
pub trait LayerOptions: Layer + Sized + 'static {
    /// This layer with a name.
    fn named(self, name: impl Into<String>) -> AnyLayer {
        AnyLayer::from(self).named(name)
    }

    /// This layer, not changed by training.
    fn frozen(self) -> AnyLayer {
        AnyLayer::from(self).frozen()
    }
}

impl<L: Layer + 'static> LayerOptions for L {}

impl Kind for dyn Layer {
    const WORD: &'static str = "layer";
    const MODULE: &'static str = "keras.layers";
    fn registry() -> &'static [crate::registry::Entry<dyn Layer>] {
        super::LAYERS
    }
}
