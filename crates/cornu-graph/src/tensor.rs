//! The handle that graphs are written with.

use crate::builder::Builder;
use crate::graph::{Id, Node, Type};
use crate::ops::{self, Op};
use crate::{DType, Shape};
use std::fmt;
use std::panic::Location;

/// A value in a graph under construction: a symbol with a known shape and dtype, not numbers.
///
/// Arithmetic on tensors (`&a + &b`, `a * 2.0`) adds nodes to their graph. Operands of
/// different shapes are broadcast to a common one by NumPy's rule.
#[derive(Clone)]
pub struct Tensor {
    pub(crate) builder: Builder,
    pub(crate) id: Id,
}

impl Tensor {
    /// The builder whose graph this belongs to.
    pub fn builder(&self) -> &Builder {
        &self.builder
    }

    /// Whether the value exists; it does not where a mistake kept it from being made.
    pub fn is_valid(&self) -> bool {
        self.id != Id::INVALID
    }

    /// Whether both are the same value of the same graph.
    pub fn is(&self, other: &Tensor) -> bool {
        self.id == other.id && std::rc::Rc::ptr_eq(&self.builder.0, &other.builder.0)
    }

    /// What `look` sees in the node that makes this value, if that exists. `look` must not build.
    pub(crate) fn with_node<R>(&self, look: impl FnOnce(&Node) -> R) -> Option<R> {
        self.builder.0.borrow().nodes.get(self.id.index()).map(look)
    }

    /// Shape and dtype; an `f32` scalar's where the value does not exist.
    pub fn ty(&self) -> Type {
        self.with_node(|node| node.ty.clone()).unwrap_or_else(|| Type::new(Shape::scalar(), DType::F32))
    }

    /// The extent along each axis.
    pub fn shape(&self) -> Shape {
        self.with_node(|node| node.ty.shape.clone()).unwrap_or_default()
    }

    /// The kind of number.
    pub fn dtype(&self) -> DType {
        self.with_node(|node| node.ty.dtype).unwrap_or(DType::F32)
    }

    /// Number of axes.
    pub fn rank(&self) -> usize {
        self.with_node(|node| node.ty.shape.rank()).unwrap_or(0)
    }

    /// The extent along `axis`, where -1 is the last; 1 where there is no such axis.
    pub fn extent(&self, axis: isize) -> usize {
        let extent = |node: &Node| node.ty.shape.axis(axis).map(|axis| node.ty.shape[axis]);
        self.with_node(extent).flatten().unwrap_or(1)
    }

    /// The operation that makes this value.
    pub fn op(&self) -> Option<Op> {
        self.with_node(|node| node.op.clone())
    }

    /// Whether the operation that makes this value is one for which `wanted` holds.
    pub(crate) fn is_made_by(&self, wanted: impl FnOnce(&Op) -> bool) -> bool {
        self.with_node(|node| wanted(&node.op)).unwrap_or(false)
    }

    /// The values that the operation takes.
    pub fn operands(&self) -> Vec<Tensor> {
        let tensors = |node: &Node| node.inputs.iter().map(|id| self.builder.tensor(*id)).collect();
        self.with_node(tensors).unwrap_or_default()
    }

    /// The `i`th value that the operation takes.
    pub(crate) fn operand(&self, i: usize) -> Option<Tensor> {
        self.with_node(|node| node.inputs.get(i).copied()).flatten().map(|id| self.builder.tensor(id))
    }

    /// Applies an operation of one operand.
    #[track_caller]
    pub(crate) fn unary(&self, op: impl Into<Op>) -> Tensor {
        self.builder.push_at(op.into(), &[self], Location::caller())
    }

    /// Applies an elementwise operation of two operands, broadcasting them to a common shape.
    #[track_caller]
    pub(crate) fn binary(&self, op: impl Into<Op>, other: &Tensor) -> Tensor {
        let location = Location::caller();
        let op = op.into();
        if self.is_valid() && other.is_valid() {
            let (a, b) = (self.shape(), other.shape());
            if a != b {
                let Some(shape) = a.broadcast(&b) else {
                    return self
                        .builder
                        .fail_at(format!("{}: shapes {a} and {b} do not broadcast", op.name()), location);
                };
                let (a, b) = (self.broadcast_at(&shape, location), other.broadcast_at(&shape, location));
                return self.builder.push_at(op, &[&a, &b], location);
            }
        }
        self.builder.push_at(op, &[self, other], location)
    }

    pub(crate) fn broadcast_at(&self, shape: &Shape, location: &'static Location<'static>) -> Tensor {
        if self.with_node(|node| node.ty.shape == *shape).unwrap_or(true) {
            return self.clone();
        }
        self.builder.push_at(ops::Broadcast { shape: shape.clone() }.into(), &[self], location)
    }

    /// A number of this tensor's graph and dtype.
    #[track_caller]
    pub fn number(&self, value: f64) -> Tensor {
        self.builder.scalar(value, self.dtype())
    }

    /// A tensor of this one's shape and dtype that holds `value` everywhere.
    #[track_caller]
    pub fn full_like(&self, value: f64) -> Tensor {
        self.builder.full(self.shape(), value, self.dtype())
    }
}

impl Builder {
    pub(crate) fn fail_at(&self, message: String, location: &'static Location<'static>) -> Tensor {
        self.record(crate::Error { location: self.place(location), ..crate::Error::new(message) });
        self.tensor(Id::INVALID)
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_valid() {
            true => write!(f, "{}: {}", self.id, self.ty()),
            false => f.write_str("invalid"),
        }
    }
}

/// What can stand beside a tensor in an operation: a tensor or a number.
pub trait Operand {
    /// As a tensor of `like`'s graph; numbers take its dtype.
    fn tensor(&self, like: &Tensor) -> Tensor;
}

impl Operand for Tensor {
    fn tensor(&self, _: &Tensor) -> Tensor {
        self.clone()
    }
}

impl Operand for &Tensor {
    fn tensor(&self, _: &Tensor) -> Tensor {
        (*self).clone()
    }
}

impl Operand for f64 {
    #[track_caller]
    fn tensor(&self, like: &Tensor) -> Tensor {
        like.number(*self)
    }
}

/// Writes an operator of the language for every mix of owned and borrowed tensors and numbers.
macro_rules! operator {
    ($trait:ident, $method:ident, $op:ident) => {
        impl<B: Operand> std::ops::$trait<B> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: B) -> Tensor {
                self.binary(ops::$op, &other.tensor(self))
            }
        }
        impl<B: Operand> std::ops::$trait<B> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: B) -> Tensor {
                self.binary(ops::$op, &other.tensor(&self))
            }
        }
        impl std::ops::$trait<&Tensor> for f64 {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: &Tensor) -> Tensor {
                other.number(self).binary(ops::$op, other)
            }
        }
        impl std::ops::$trait<Tensor> for f64 {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: Tensor) -> Tensor {
                other.number(self).binary(ops::$op, &other)
            }
        }
    };
}

operator!(Add, add, Add);
operator!(Sub, sub, Sub);
operator!(Mul, mul, Mul);
operator!(Div, div, Div);

impl std::ops::Neg for &Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        self.unary(ops::Neg)
    }
}

impl std::ops::Neg for Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        self.unary(ops::Neg)
    }
}
