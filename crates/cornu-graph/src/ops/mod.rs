//! The closed set of operations. To add one: a file here, and its two lines below.

mod op;
pub use op::*;

mod abs;
mod add;
mod after;
mod argmax;
mod argmin;
mod argsort;
mod atan2;
mod broadcast;
mod cast;
mod concat;
mod constant;
mod conv;
mod cos;
mod cumsum;
mod div;
mod dot;
mod dynamic_slice;
mod dynamic_update_slice;
mod equal;
mod erf;
mod exp;
mod expm1;
mod floor;
mod gather;
mod input;
mod iota;
mod less;
mod less_equal;
mod log;
mod log1p;
mod maximum;
mod minimum;
mod mul;
mod neg;
mod pad;
mod parameter;
mod pow;
mod prod;
mod reduce_max;
mod reduce_min;
mod reshape;
mod reverse;
mod scan;
mod scatter_add;
mod select;
mod sigmoid;
mod sign;
mod sin;
mod slice;
mod sqrt;
mod stop_gradient;
mod sub;
mod sum;
mod tanh;
mod transpose;
mod uniform;
mod window;
mod window_max;
mod window_scatter;
mod window_select;
mod window_sum;

pub use concat::concat;
pub use scan::{Body, ScanOptions, Scanned};
pub use window::Window;

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
            /// See [`Operation::OPERANDS`].
            pub fn operands(&self) -> RangeInclusive<usize> {
                match self { $(Op::$op(_) => <$op as Operation>::OPERANDS),* }
            }
            /// See [`Operation::infer`]; any number of operands may be given, and a wrong one is an error.
            pub fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
                let wanted = self.operands();
                if !wanted.contains(&inputs.len()) {
                    let at_least = if wanted.end() > wanted.start() { "at least " } else { "" };
                    return Err(format!("it takes {at_least}{} operands, got {}", wanted.start(), inputs.len()));
                }
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
use std::ops::RangeInclusive;

registry! {
    // What a graph is given.
    input::Input,
    parameter::Parameter,
    constant::Constant,
    iota::Iota,
    uniform::Uniform,
    // Elementwise.
    neg::Neg,
    abs::Abs,
    sign::Sign,
    exp::Exp,
    expm1::Expm1,
    log::Log,
    log1p::Log1p,
    sqrt::Sqrt,
    tanh::Tanh,
    sigmoid::Sigmoid,
    erf::Erf,
    sin::Sin,
    cos::Cos,
    floor::Floor,
    stop_gradient::StopGradient,
    after::After,
    add::Add,
    sub::Sub,
    mul::Mul,
    div::Div,
    pow::Pow,
    atan2::Atan2,
    maximum::Maximum,
    minimum::Minimum,
    equal::Equal,
    less::Less,
    less_equal::LessEqual,
    select::Select,
    cast::Cast,
    // Products, sums and other reductions.
    dot::Dot,
    sum::Sum,
    prod::Prod,
    reduce_max::ReduceMax,
    reduce_min::ReduceMin,
    argmax::ArgMax,
    argmin::ArgMin,
    argsort::ArgSort,
    cumsum::CumSum,
    // Over windows.
    conv::Conv,
    window_sum::WindowSum,
    window_max::WindowMax,
    window_select::WindowSelect,
    window_scatter::WindowScatter,
    // Rearrangements.
    broadcast::Broadcast,
    reshape::Reshape,
    transpose::Transpose,
    slice::Slice,
    pad::Pad,
    concat::Concat,
    reverse::Reverse,
    // Indexed.
    gather::Gather,
    scatter_add::ScatterAdd,
    dynamic_slice::DynamicSlice,
    dynamic_update_slice::DynamicUpdateSlice,
    // Steps in time.
    scan::Scan,
}

impl Op {
    /// Whether each element of the result is a transcendental function of the operands', which takes
    /// many times as long as their sum.
    pub fn is_transcendental(&self) -> bool {
        matches!(
            self,
            Op::Exp(_)
                | Op::Expm1(_)
                | Op::Log(_)
                | Op::Log1p(_)
                | Op::Pow(_)
                | Op::Tanh(_)
                | Op::Sigmoid(_)
                | Op::Erf(_)
                | Op::Sin(_)
                | Op::Cos(_)
        )
    }

    /// Whether each element of the result comes from the elements of the operands at the same place.
    pub fn is_elementwise(&self) -> bool {
        matches!(
            self,
            Op::Neg(_)
                | Op::Abs(_)
                | Op::Sign(_)
                | Op::Exp(_)
                | Op::Expm1(_)
                | Op::Log(_)
                | Op::Log1p(_)
                | Op::Sqrt(_)
                | Op::Tanh(_)
                | Op::Sigmoid(_)
                | Op::Erf(_)
                | Op::Sin(_)
                | Op::Cos(_)
                | Op::Floor(_)
                | Op::Add(_)
                | Op::Sub(_)
                | Op::Mul(_)
                | Op::Div(_)
                | Op::Pow(_)
                | Op::Maximum(_)
                | Op::Minimum(_)
                | Op::Equal(_)
                | Op::Less(_)
                | Op::LessEqual(_)
                | Op::Select(_)
                | Op::Cast(_)
        )
    }
}
