//! Graphs: what to compute, as a list of nodes in the order of their dependence.

use crate::ops::Op;
use crate::{DType, Shape};
use smallvec::SmallVec;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Shape and dtype of a node's result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    /// The extent along each axis.
    pub shape: Shape,
    /// The kind of number.
    pub dtype: DType,
}

impl Type {
    /// A type of the given shape and dtype.
    pub fn new(shape: impl Into<Shape>, dtype: DType) -> Type {
        Type { shape: shape.into(), dtype }
    }

    /// Bytes that the result takes in memory.
    pub fn byte_size(&self) -> usize {
        self.shape.size() * self.dtype.size()
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.dtype, self.shape)
    }
}

/// A node's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub(crate) u32);

impl Id {
    /// Stands for a node that a mistake kept from being made.
    pub(crate) const INVALID: Id = Id(u32::MAX);

    /// The index of the node in [`Graph::nodes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// The operands of a node; few of them lie in the node itself.
pub type Operands = SmallVec<[Id; 4]>;

/// One operation on earlier nodes.
#[derive(Clone, Debug)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// From what; all have smaller ids than the node itself.
    pub inputs: Operands,
    /// Shape and dtype of the result.
    pub ty: Type,
    /// The line of the user's source that asked for it.
    pub location: Option<&'static Location<'static>>,
    /// The layer, or other part of a model, that asked for it.
    pub label: Option<Arc<str>>,
}

/// Something a graph is given: an input at each run, or a parameter that persists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Declaration {
    /// What it is called.
    pub name: String,
    /// Its shape and dtype.
    pub ty: Type,
}

/// A finished graph: what to compute from inputs and parameters, which results to hand out, and
/// which parameters take new values.
///
/// A [`Builder`](crate::Builder) makes it; [`simplify`](crate::simplify) rewrites it;
/// [`evaluate`](crate::evaluate) says what it means; `cornu-cpu` compiles it. It prints as text
/// and [`Graph::parse`] reads that text.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) inputs: Vec<Declaration>,
    pub(crate) parameters: Vec<Declaration>,
    pub(crate) outputs: Vec<(String, Id)>,
    pub(crate) updates: Vec<(usize, Id)>,
}

impl Graph {
    /// The nodes; a node's inputs come before it.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node that `id` names.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index()]
    }

    /// The inputs in the order in which they are fed.
    pub fn inputs(&self) -> &[Declaration] {
        &self.inputs
    }

    /// The parameters in the order in which their state is kept.
    pub fn parameters(&self) -> &[Declaration] {
        &self.parameters
    }

    /// The named results.
    pub fn outputs(&self) -> &[(String, Id)] {
        &self.outputs
    }

    /// Which parameter takes which node's value when a run ends.
    pub fn updates(&self) -> &[(usize, Id)] {
        &self.updates
    }

    /// The ids of all nodes, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id> + use<> {
        (0..self.nodes.len() as u32).map(Id)
    }

    /// The nodes whose values leave the graph: outputs, then new values of parameters.
    pub fn roots(&self) -> impl Iterator<Item = Id> + '_ {
        self.outputs.iter().map(|(_, id)| *id).chain(self.updates.iter().map(|(_, id)| *id))
    }
}
