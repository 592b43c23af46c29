//! The trait that every layer implements.

use super::{Cell, Recurrent};
use crate::dtype_policy::DTypePolicy;
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

    /// How Keras calls the layer on several inputs.
    fn takes(&self) -> Takes {
        Takes::One
    }

    /// The names of what the layer may be called with besides its inputs: `initial_state`. All layers
    /// may be given a `mask`, and whether they are `training`.
    fn call_arguments(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a mask of the input holds for the output as well. A layer whose output has another
    /// mask says so in its call ([`Scope::set_mask`]).
    fn supports_masking(&self) -> bool {
        false
    }

    /// The layer as the cell of a recurrence, if it is one.
    fn cell(&self) -> Option<&dyn Cell> {
        None
    }

    /// The layer as a recurrence over the steps of its input, if it is one.
    fn recurrent(&self) -> Option<&dyn Recurrent> {
        None
    }

    /// What Keras calls the class in Python, after which it names layers and groups in files; the class
    /// name for all but those that Keras has renamed.
    fn python_class(&self) -> &'static str {
        self.class_name()
    }

    /// How Keras's files hold it.
    fn kept(&self) -> Kept {
        Kept::Layer
    }

    /// Whether inputs that are floats are cast to the dtype that the layer computes in.
    fn casts_inputs(&self) -> bool {
        true
    }
}

/// How Keras's files hold a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// With its dtypes, and whether it is trained.
    Layer,
    /// With its dtype's name alone: the class in Keras takes no more.
    Brief,
}

/// How Keras calls a layer on several inputs, which is how files hold its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A single one alone, several as a list.
    One,
    /// As a list, even if there is only one.
    List,
    /// Each as an argument of its own.
    Each,
    /// The first alone, the others as a list: a cell its input and its states.
    FirstAndList,
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
    /// In which dtypes it computes and keeps its weights; those of what is around it by default.
    pub dtype: Option<DTypePolicy>,
    /// Whether what it computes is computed again for the gradient, and not kept until then.
    pub recompute: bool,
}

impl<L: Layer + 'static> From<L> for AnyLayer {
    fn from(layer: L) -> AnyLayer {
        AnyLayer {
            layer: Any::new(std::sync::Arc::new(layer)),
            name: None,
            trainable: true,
            dtype: None,
            recompute: false,
        }
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

    /// The same, computing what is inside it again for the gradient: less memory, more time. Worth it for
    /// what holds much, such as a block that is a model of its own. Agrees with Keras's `RematScope`.
    pub fn recompute(mut self) -> AnyLayer {
        self.recompute = true;
        self
    }

    /// The same, computing in these dtypes: `DType::F64`, or `"mixed_bfloat16".parse()?`.
    pub fn dtype(mut self, policy: impl Into<DTypePolicy>) -> AnyLayer {
        self.dtype = Some(policy.into());
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

    /// This layer, computing what is inside it again for the gradient.
    fn recompute(self) -> AnyLayer {
        AnyLayer::from(self).recompute()
    }

    /// This layer, computing in these dtypes.
    fn dtype(self, policy: impl Into<DTypePolicy>) -> AnyLayer {
        AnyLayer::from(self).dtype(policy)
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
