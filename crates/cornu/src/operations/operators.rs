//! Arithmetic on symbols: `&x * 2.0 + &y`.

use super::{Operation, array};
use crate::arguments::{Argument, Arguments};
use crate::layers::AnyLayer;
use crate::model::{Connect, Symbol};
use cornu_graph::Array;
use serde_json::{Map, Value, json};

/// What an operation can be called on: a symbol, a number, a truth value, or an array that stays as it is.
///
/// A number takes the dtype of what is beside it; one with a fraction makes floats of integers.
pub trait IntoArgument {
    /// The argument of the call.
    fn argument(self) -> Argument<Symbol>;
}

impl IntoArgument for &Symbol {
    fn argument(self) -> Argument<Symbol> {
        Argument::Tensor(self.clone())
    }
}

impl IntoArgument for Symbol {
    fn argument(self) -> Argument<Symbol> {
        Argument::Tensor(self)
    }
}

impl IntoArgument for f64 {
    fn argument(self) -> Argument<Symbol> {
        Argument::Value(json!(self))
    }
}

impl IntoArgument for i32 {
    fn argument(self) -> Argument<Symbol> {
        Argument::Value(json!(self))
    }
}

impl IntoArgument for bool {
    fn argument(self) -> Argument<Symbol> {
        Argument::Value(json!(self))
    }
}

impl IntoArgument for &Array {
    fn argument(self) -> Argument<Symbol> {
        Argument::Value(array::to_json(self))
    }
}

/// A node of the operation of that class in that module, with these settings.
#[track_caller]
pub(super) fn node(module: &str, class: &str, config: Value, arguments: Arguments<Symbol>) -> Symbol {
    let config = match config {
        Value::Object(config) => config,
        _ => Map::new(),
    };
    let operation = Operation::new(module, class, config).unwrap_or_else(Operation::wrong);
    AnyLayer::from(operation).on(arguments)
}

/// A node of an operation without settings.
#[track_caller]
pub(super) fn plain<const N: usize>(module: &str, class: &str, arguments: [Argument<Symbol>; N]) -> Symbol {
    node(module, class, Value::Null, Arguments { positional: arguments.into(), named: Vec::new() })
}

/// Writes an operator for every mix of owned and borrowed symbols and what can stand beside them.
macro_rules! operator {
    ($trait:ident, $method:ident, $class:literal) => {
        impl<B: IntoArgument> std::ops::$trait<B> for &Symbol {
            type Output = Symbol;
            #[track_caller]
            fn $method(self, other: B) -> Symbol {
                plain("numpy", $class, [self.argument(), other.argument()])
            }
        }
        impl<B: IntoArgument> std::ops::$trait<B> for Symbol {
            type Output = Symbol;
            #[track_caller]
            fn $method(self, other: B) -> Symbol {
                plain("numpy", $class, [self.argument(), other.argument()])
            }
        }
        impl std::ops::$trait<&Symbol> for f64 {
            type Output = Symbol;
            #[track_caller]
            fn $method(self, other: &Symbol) -> Symbol {
                plain("numpy", $class, [self.argument(), other.argument()])
            }
        }
        impl std::ops::$trait<Symbol> for f64 {
            type Output = Symbol;
            #[track_caller]
            fn $method(self, other: Symbol) -> Symbol {
                plain("numpy", $class, [self.argument(), other.argument()])
            }
        }
    };
}

operator!(Add, add, "Add");
operator!(Sub, sub, "Subtract");
operator!(Mul, mul, "Multiply");
operator!(Div, div, "TrueDivide");
operator!(Rem, rem, "Mod");

impl std::ops::Neg for &Symbol {
    type Output = Symbol;
    #[track_caller]
    fn neg(self) -> Symbol {
        plain("numpy", "Negative", [self.argument()])
    }
}

impl std::ops::Neg for Symbol {
    type Output = Symbol;
    #[track_caller]
    fn neg(self) -> Symbol {
        plain("numpy", "Negative", [self.argument()])
    }
}

impl Symbol {
    /// The product of matrices, the last two axes; see [`functions::matmul`](super::functions::matmul).
    #[track_caller]
    pub fn matmul(&self, other: impl IntoArgument) -> Symbol {
        super::functions::matmul(self, other)
    }

    /// This to the power of `exponent`, element by element.
    #[track_caller]
    pub fn pow(&self, exponent: impl IntoArgument) -> Symbol {
        super::functions::power(self, exponent)
    }
}
