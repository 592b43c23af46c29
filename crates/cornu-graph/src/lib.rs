//! The language of Cornu: what to compute, as graphs of a small closed set of operations.
//!
//! A [`Builder`] makes [`Tensor`]s, symbols of known shape on which the operations are methods; what
//! leads to the results that matter is a [`Graph`]. Transformations make graphs of graphs: [`grad`]
//! differentiates, [`batch`](batch()) turns one example into many, [`simplify`](simplify()) removes
//! work. The reference evaluator, [`evaluate`], is the meaning of all this; the crate `cornu-cpu`
//! runs the same graphs fast.
//!
//! A line fitted to points by gradient descent. One step of it, forward, backward and update, is one
//! graph:
//!
//! ```
//! use cornu_graph::{Array, Builder, evaluate, grad, simplify};
//!
//! // y = 2 x1 - x2 + 0.5 at four points.
//! let points = Array::new([4, 2], vec![0f32, 0., 1., 0., 0., 1., 1., 1.]).unwrap();
//! let values = Array::new([4, 1], vec![0.5f32, 2.5, -0.5, 1.5]).unwrap();
//!
//! let b = Builder::new();
//! let (x, target) = (b.input("x", [4, 2]), b.input("target", [4, 1]));
//! let (kernel, bias) = (b.parameter("kernel", [2, 1]), b.parameter("bias", [1]));
//! let prediction = x.matmul(&kernel) + &bias;
//! let loss = (prediction - &target).square().mean_all();
//! let gradient = grad(&loss, &[&kernel, &bias]);
//! let updates = [(&kernel, &(&kernel - &gradient[0] * 0.5)), (&bias, &(&bias - &gradient[1] * 0.5))];
//! let step = simplify(&b.build(&[("loss", &loss)], &updates).unwrap());
//!
//! let mut parameters = vec![
//!     Array::new([2, 1], vec![0f32; 2]).unwrap(),
//!     Array::new([1], vec![0f32]).unwrap(),
//! ];
//! let mut loss = f64::INFINITY;
//! for _ in 0..100 {
//!     let run = evaluate(&step, &[points.clone(), values.clone()], &parameters).unwrap();
//!     parameters = run.parameters;
//!     loss = run.outputs[0].item().unwrap();
//! }
//! assert!(loss < 1e-6);
//! let kernel = parameters[0].to_f64();
//! assert!((kernel[0] - 2.0).abs() < 1e-3 && (kernel[1] + 1.0).abs() < 1e-3);
//! assert!((parameters[1].to_f64()[0] - 0.5).abs() < 1e-3);
//! ```
//!
//! Mistakes do not stop the building. They are gathered, each with the line it was made on, and told
//! together when the graph is built.
#![forbid(unsafe_code)]

mod array;
mod batch;
mod buffer;
mod builder;
mod dtype;
mod error;
pub mod functions;
mod grad;
mod graph;
pub mod ops;
mod order;
pub mod philox;
mod reference;
mod shape;
mod simplify;
mod tensor;
mod text;
mod verify;

pub use array::{Array, Data, Element};
pub use batch::batch;
#[doc(hidden)]
pub use batch::batch_with_rule;
pub use buffer::Buffer;
pub use builder::{Builder, Squash};
pub use dtype::DType;
pub use error::{Error, Errors};
pub use functions::{sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits};
#[doc(hidden)]
pub use grad::grad_with_rule;
pub use grad::{grad, grad_with};
pub use graph::{Declaration, Graph, Id, Node, Operands, Type};
pub use ops::{Op, concat};
#[doc(hidden)]
pub use reference::evaluate_with_rule;
pub use reference::{Evaluation, check_types, evaluate, evaluate_f64};
pub use shape::Shape;
pub use simplify::simplify;
pub use tensor::{Operand, Tensor};
pub use verify::verify;
