//! Symbols: what the functional way of building models connects layers with.

use super::Structure;
use crate::arguments::Arguments;
use crate::layers::{AnyLayer, Takes};
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
    pub(crate) arguments: Arguments<Symbol>,
    pub(crate) is_input: bool,
    pub(crate) location: &'static Location<'static>,
}

impl Symbol {
    #[track_caller]
    pub(crate) fn of_input(layer: AnyLayer) -> Symbol {
        let location = Location::caller();
        Symbol {
            origin: Arc::new(Origin { layer, arguments: Arguments::default(), is_input: true, location }),
            output: 0,
        }
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

    /// How they are held together.
    fn structure(&self) -> Structure {
        Structure::Plain
    }
}

/// Symbols by name: a model of named inputs or outputs. As in Keras, their order is that of the
/// names.
impl<const N: usize> Symbols for [(&str, &Symbol); N] {
    fn symbols(mut self) -> Vec<Symbol> {
        self.sort_by_key(|(name, _)| *name);
        self.into_iter().map(|(_, symbol)| symbol.clone()).collect()
    }

    fn structure(&self) -> Structure {
        let mut names: Vec<String> = self.iter().map(|(name, _)| name.to_string()).collect();
        names.sort();
        Structure::Dict(names)
    }
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

/// What a layer can be put on: symbols, or [`Arguments`] that also name some.
pub trait CallArguments {
    /// The arguments of a call of a layer that takes several inputs in that way.
    fn arguments(self, takes: Takes) -> Arguments<Symbol>;
}

impl<S: Symbols> CallArguments for S {
    fn arguments(self, takes: Takes) -> Arguments<Symbol> {
        let mut symbols = self.symbols();
        match (takes, symbols.len()) {
            (Takes::FirstAndList, 1..) => {
                let others = Arguments::list(symbols.split_off(1));
                Arguments {
                    positional: [Arguments::each(symbols).positional, others.positional].concat(),
                    named: vec![],
                }
            }
            (Takes::Each, _) | (Takes::One, 1) => Arguments::each(symbols),
            (Takes::List | Takes::One | Takes::FirstAndList, _) => Arguments::list(symbols),
        }
    }
}

impl CallArguments for Arguments<Symbol> {
    fn arguments(self, _: Takes) -> Arguments<Symbol> {
        self
    }
}

/// Connects layers to symbols. A layer used once is simply put `on` its input; to share one, turn it
/// into an [`AnyLayer`] first and put that on several: all calls use the same weights.
///
/// What a layer takes besides its inputs is named in [`Arguments`]:
///
/// ```
/// use cornu::arguments::Arguments;
/// use cornu::prelude::*;
/// let x = Input::new([4]).symbol();
/// let y = Dense::new(3).on(Arguments::of(x.clone()));
/// assert_eq!(Model::new([&x], [&y]).unwrap().count_params(), 15);
/// ```
pub trait Connect: Into<AnyLayer> {
    /// Calls the layer on these inputs and gives its (first) output.
    #[track_caller]
    fn on(self, inputs: impl CallArguments) -> Symbol {
        let layer = self.into();
        let arguments = inputs.arguments(layer.layer.takes());
        let origin = Origin { layer, arguments, is_input: false, location: Location::caller() };
        Symbol { origin: Arc::new(origin), output: 0 }
    }
}

impl<T: Into<AnyLayer>> Connect for T {}

impl From<&AnyLayer> for AnyLayer {
    fn from(layer: &AnyLayer) -> AnyLayer {
        layer.clone()
    }
}
