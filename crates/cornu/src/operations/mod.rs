//! Operations as nodes of a network: Keras's `x * 2 + y` and `keras.ops`. To add one: a function and
//! its row in the list of its theme.
//!
//! In a functional model, tensors can be computed with between layers. [`functions`] has the functions
//! of `keras.ops` that are used most; symbols also have the operators `+ - * /`. Files of Keras may
//! hold any operation of [`OPERATIONS`].
//!
//! ```
//! use cornu::prelude::*;
//! use cornu::ops;
//! let x = Input::new([4]).symbol();
//! let h = Dense::new(4).on(&x);
//! let y = ops::maximum(&x * 2.0 + &h, 0.0);
//! let model = Model::new([&x], [&y]).unwrap();
//! assert_eq!(model.output_shapes(), [[None, Some(4)]]);
//! ```

mod activations;
mod arithmetic;
mod array;
mod attention;
mod bits;
mod call;
mod comparing;
mod converting;
mod creating;
mod crossentropies;
mod cumulating;
mod definition;
mod elementwise;
mod fourier;
pub mod functions;
mod get_item;
mod images;
mod indexing;
mod joining;
mod nan;
mod normalizing;
mod operators;
mod padding;
mod products;
mod quantiles;
mod rearranging;
mod reductions;
mod result_type;
mod segments;
mod shapes;
mod sorting;
mod triangles;
mod windows;

pub use definition::Definition;
pub use operators::IntoArgument;

use crate::arguments::{Arguments, Masked};
use crate::layers::Layer;
use crate::registry::Item;
use crate::scope::Scope;
use cornu_graph::{Builder, Tensor};
use serde_json::{Map, Value};

/// All operations, theme by theme.
pub static OPERATIONS: &[&[Definition]] = &[
    arithmetic::OPERATIONS,
    elementwise::OPERATIONS,
    nan::OPERATIONS,
    bits::OPERATIONS,
    comparing::OPERATIONS,
    reductions::OPERATIONS,
    quantiles::OPERATIONS,
    cumulating::OPERATIONS,
    shapes::OPERATIONS,
    rearranging::OPERATIONS,
    padding::OPERATIONS,
    joining::OPERATIONS,
    get_item::OPERATIONS,
    indexing::OPERATIONS,
    segments::OPERATIONS,
    triangles::OPERATIONS,
    creating::OPERATIONS,
    converting::OPERATIONS,
    sorting::OPERATIONS,
    products::OPERATIONS,
    fourier::OPERATIONS,
    activations::OPERATIONS,
    normalizing::OPERATIONS,
    crossentropies::OPERATIONS,
    attention::OPERATIONS,
    windows::OPERATIONS,
    images::OPERATIONS,
];

/// All operations' definitions, one after the other.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    OPERATIONS.iter().copied().flatten()
}

/// An operation with its settings, as a node of a network: Keras's `Operation`.
///
/// It has no weights and no dtype of its own: operands are brought to a common dtype by Keras's rules
/// of promotion, in which a plain number takes the dtype of the tensor beside it.
#[derive(Clone, Debug)]
pub struct Operation {
    definition: &'static Definition,
    config: Map<String, Value>,
}

impl Operation {
    /// The operation of that class in that module of Keras, with these settings.
    ///
    /// # Errors
    /// If there is none, or it has no such settings.
    pub fn new(module: &str, class: &str, config: Map<String, Value>) -> Result<Operation, String> {
        let place = module.rsplit('.').next().unwrap_or(module);
        let found = definitions().find(|known| known.name == class && known.module == place);
        let Some(definition) = found else {
            return Err(format!("there is no operation `{class}` in {module}"));
        };
        if let Some(field) = config.keys().find(|field| !definition.has_field(field)) {
            return Err(format!("the operation `{class}` has no setting `{field}`"));
        }
        Ok(Operation { definition, config })
    }

    /// What stands for an operation that does not exist: connecting fails with the message.
    fn wrong(message: String) -> Operation {
        let config = Map::from_iter([("message".to_string(), Value::String(message))]);
        Operation { definition: &definition::WRONG, config }
    }

    /// What it is.
    pub fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// Describes its work on tensors of a graph under construction.
    ///
    /// ```
    /// use cornu::{arguments::Arguments, graph::Builder, operations::Operation};
    /// let b = Builder::new();
    /// let sum = Operation::new("numpy", "Sum", serde_json::Map::new()).unwrap();
    /// let y = &sum.describe(&b, &Arguments::of(b.input("x", [3]).into()))[0];
    /// assert_eq!(y.rank(), 0);
    /// ```
    pub fn describe(&self, builder: &Builder, arguments: &Arguments<Masked>) -> Vec<Tensor> {
        self.definition.run(builder, &self.config, arguments)
    }

    /// Keras's module that it is in: `keras.src.ops.numpy`.
    pub fn module(&self) -> String {
        format!("keras.src.ops.{}", self.definition.module)
    }

    /// Whether a module of Keras is one of operations rather than layers, which have names in common.
    pub(crate) fn is_module(module: &str) -> bool {
        module.starts_with("keras.src.ops.")
    }
}

impl Item for Operation {
    fn class_name(&self) -> &'static str {
        self.definition.name
    }

    fn config(&self) -> Value {
        Value::Object(self.config.clone())
    }
}

impl Layer for Operation {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        self.definition.run(scope.builder(), &self.config, &scope.arguments())
    }

    fn casts_inputs(&self) -> bool {
        false
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        self.definition.parameters
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_is_there_once() {
        let mut all: Vec<_> = super::definitions().map(|known| (known.module, known.name)).collect();
        all.sort_unstable();
        if let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) {
            panic!("{pair:?}");
        }
    }
}
