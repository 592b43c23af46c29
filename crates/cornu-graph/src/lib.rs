//! The language of Cornu: what to compute, as graphs of a small closed set of operations.
#![forbid(unsafe_code)]

mod array;
mod builder;
mod dtype;
mod error;
mod grad;
mod graph;
pub mod ops;
pub mod philox;
mod reference;
mod shape;
mod tensor;

pub use array::{Array, Data, Element};
pub use builder::{Builder, Squash};
pub use dtype::DType;
pub use error::{Error, Errors};
pub use grad::{grad, grad_with};
pub use graph::{Declaration, Graph, Id, Node, Type};
pub use ops::Op;
pub use reference::{Evaluation, check, evaluate, evaluate_f64};
pub use shape::Shape;
pub use tensor::{Operand, Tensor};
