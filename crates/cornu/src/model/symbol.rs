//! Symbols: what the functional way of building models connects layers with.

use crate::layers::AnyLayer;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// The output of a layer in a model that is being connected; Keras's `KerasTensor`.
///
/// ```
/// use cornu::prelude::*;
/// let x = Input::new([4]).symbol();
/// let h = Dense::new(4).relu().on(&x);
/// let y = Add::new().on([&x, &h]);
/// let model = Model::new([&x], [&y]).unwrap();
/// assert_eq!(model.count_params(), 20);
/// ```
#[derive(Clone)]
pub struct Symbol {
    pub(crate) origin: Arc<Origin>,
    pub(crate) output: usize,
}

/// One call of a layer.
pub(crate) struct Origin {
    pub(crate) layer: AnyLayer,
    pub(crate) inputs: Vec<Symbol>,
    pub(crate) is_input: bool,
    pub(crate) location: &'static Location<'static>,
}

impl Symbol {
    #[track_caller]
    pub(crate) fn of_input(layer: AnyLayer) -> Symbol {
        let location = Location::caller();
        Symbol { origin: Arc::new(Origin { layer, inputs: Vec::new(), is_input: true, location }), output: 0 }
    }

    /// The same call, made on another line of the user's source.
    pub(crate) fn located(self, location: &'static Location<'static>) -> Symbol {
        match Arc::try_unwrap(self.origin) {
            Ok(origin) => Symbol { origin: Arc::new(Origin { location, ..origin }), output: self.output },
            Err(origin) => Symbol { origin, output: self.output },
        }
    }

    /// Output `output` of the same call, of a layer that has several.
    pub fn output(&self, output: usize) -> Symbol {
        Symbol { origin: self.origin.clone(), output }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.origin.layer.name.as_deref().unwrap_or(self.origin.layer.layer.class_name()))
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbol({self})")
    }
}

/// One symbol or several.
pub trait Symbols {
    /// The symbols, in order.
    fn symbols(self) -> Vec<Symbol>;
}

impl Symbols for &Symbol {
    fn symbols(self) -> Vec<Symbol> {
        vec![self.clone()]
    }
}

impl<const N: usize> Symbols for [&Symbol; N] {
    fn symbols(self) -> Vec<Symbol> {
        self.into_iter().cloned().collect()
    }
}

impl Symbols for &[Symbol] {
    fn symbols(self) -> Vec<Symbol> {
        self.to_vec()
    }
}

impl Symbols for Vec<Symbol> {
    fn symbols(self) -> Vec<Symbol> {
        self
    }
}

/// Connects layers to symbols. A layer used once is simply put `on` its input; to share one, turn it
/// into an [`AnyLayer`] first and put that on several: all calls use the same weights.
pub trait Connect: Into<AnyLayer> {
    /// Calls the layer on these inputs and gives its (first) output.
    #[track_caller]
    fn on(self, inputs: impl Symbols) -> Symbol {
        let origin = Origin {
            layer: self.into(),
            inputs: inputs.symbols(),
            is_input: false,
            location: Location::caller(),
        };
        Symbol { origin: Arc::new(origin), output: 0 }
    }
}

impl<T: Into<AnyLayer>> Connect for T {}

impl From<&AnyLayer> for AnyLayer {
    fn from(layer: &AnyLayer) -> AnyLayer {
        layer.clone()
    }
}
