//! The closed set of operations. To add one: a file here, and its two lines below.

mod op;
pub use op::*;

mod add;
mod broadcast;
mod cast;
mod constant;
mod div;
mod dot;
mod exp;
mod input;
mod iota;
mod less;
mod mul;
mod neg;
mod parameter;
mod reshape;
mod select;
mod sub;
mod sum;
mod transpose;
mod uniform;

/// Turns the list of operations into the enum [`Op`], which forwards to each one's own file.
macro_rules! registry {
    ($($file:ident::$op:ident),* $(,)?) => {
        $(pub use $file::$op;)*

        /// An operation: one of the closed set that this module lists.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Op { $($op($op)),* }

        $(impl From<$op> for Op {
            fn from(op: $op) -> Op { Op::$op(op) }
        })*

        impl Op {
            /// The names of all operations.
            pub const NAMES: &'static [&'static str] = &[$(<$op as Operation>::NAME),*];

            /// The name in printed graphs.
            pub fn name(&self) -> &'static str {
                match self { $(Op::$op(_) => <$op as Operation>::NAME),* }
            }
            /// See [`Operation::infer`].
            pub fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
                match self { $(Op::$op(op) => op.infer(inputs)),* }
            }
            /// See [`Operation::grad`].
            pub fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
                match self { $(Op::$op(op) => op.grad(rule)),* }
            }
            /// See [`Operation::batch`].
            pub fn batch(&self, rule: &Batch) -> Tensor {
                match self { $(Op::$op(op) => op.batch(rule)),* }
            }
            /// See [`Operation::eval`].
            pub fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
                match self { $(Op::$op(op) => op.eval(inputs, output)),* }
            }
            /// See [`Operation::attributes`].
            pub fn attributes(&self) -> Attributes {
                match self { $(Op::$op(op) => op.attributes()),* }
            }
            /// The operation called `name` with these fields.
            pub fn from_attributes(name: &str, attributes: &Attributes) -> Result<Op, String> {
                match name {
                    $(<$op as Operation>::NAME => <$op as Operation>::from_attributes(attributes).map(Op::$op),)*
                    _ => Err(format!("there is no operation `{name}`")),
                }
            }
            /// Every operation's samples, with its name.
            pub fn samples() -> Vec<(&'static str, Sample)> {
                let mut all = Vec::new();
                $(all.extend(<$op as Operation>::samples().into_iter().map(|s| (<$op as Operation>::NAME, s)));)*
                all
            }
        }
    };
}

use crate::DType;
use crate::graph::Type;
use crate::tensor::Tensor;

registry! {
    // What a graph is given.
    input::Input,
    parameter::Parameter,
    constant::Constant,
    iota::Iota,
    uniform::Uniform,
    // Elementwise.
    neg::Neg,
    exp::Exp,
    add::Add,
    sub::Sub,
    mul::Mul,
    div::Div,
    less::Less,
    select::Select,
    cast::Cast,
    // Products and sums.
    dot::Dot,
    sum::Sum,
    // Rearrangements.
    broadcast::Broadcast,
    reshape::Reshape,
    transpose::Transpose,
}
