//! Rewrites that give the same values for less work.
//!
//! A graph is rebuilt through a [`Builder`], which makes equal work one node; on the way each node
//! is offered to the rows of a table, in which a row either says what to compute instead or
//! declines. This repeats until nothing changes. No row makes a graph slower: what it puts in place
//! of a node costs no more than the node. To add one: a row in the table of `simplify/rules.rs`,
//! with the algebra above it.

mod indexed;
mod joined;
mod rules;

use crate::builder::Replace;
use crate::graph::{Graph, Type};
use crate::ops::{self, Op};
use crate::{Builder, DType, Tensor};
use rules::RULES;

/// How often a graph is rebuilt at most. Each round ends with fewer nodes or cheaper ones, so that
/// long chains alone would take more.
const ROUNDS: usize = 16;

/// The graph that computes the same for less work: identities removed, constants folded, equal
/// work done once, work that no result needs left out. Inputs and parameters stay as they are
/// declared.
///
/// Floats may differ in their last digits, where constants are multiplied with each other first.
///
/// ```
/// use cornu_graph::{Builder, simplify};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &(-(-(&x * 1.0)) + 0.0))], &[]).unwrap();
/// let text = "\
/// input \"x\" : f32[3]
/// %0 = input {index=0} : f32[3]
/// output \"y\" = %0
/// ";
/// assert_eq!(simplify(&graph).to_string(), text);
/// ```
pub fn simplify(graph: &Graph) -> Graph {
    let mut current = graph.without_dead_nodes();
    for _ in 0..ROUNDS {
        // A rule that made a mistake is a defect of this crate, and caught by its tests; the graph
        // before it is right all the same.
        let Some(next) = round(&current) else { return current };
        if same(&current, &next) {
            return next;
        }
        current = next;
    }
    current
}

/// The graph after every node has been offered to every row once.
fn round(graph: &Graph) -> Option<Graph> {
    graph.rewritten(&mut |builder, node, operands| {
        let at = At { builder, op: &node.op, x: operands, ty: &node.ty };
        RULES.iter().find_map(|rule| rule(&at)).filter(|tensor| tensor.is_valid() && tensor.ty() == node.ty)
    })
}

impl Graph {
    /// The graph rebuilt node by node: each is offered to `rule` with its operands, rebuilt already,
    /// which says what to compute instead, or `None`. Inputs, parameters, outputs and updates stay.
    ///
    /// `None` if what the rule gives does not fit together.
    pub fn rewritten(&self, rule: &mut Replace) -> Option<Graph> {
        let builder = Builder::new();
        let (inputs, parameters) = self.declare_in(&builder);
        let (outputs, values) = self.inline(&builder, &inputs, &parameters, rule);
        let outputs: Vec<(&str, &Tensor)> =
            self.outputs.iter().zip(&outputs).map(|((name, _), tensor)| (name.as_str(), tensor)).collect();
        let updates: Vec<(&Tensor, &Tensor)> = self
            .updates
            .iter()
            .zip(&values)
            .map(|((index, _), value)| (&parameters[*index], value))
            .collect();
        builder.build(&outputs, &updates).ok()
    }
}

fn same(a: &Graph, b: &Graph) -> bool {
    a.nodes.len() == b.nodes.len()
        && a.nodes.iter().zip(&b.nodes).all(|(a, b)| a.op == b.op && a.inputs == b.inputs)
        && a.outputs == b.outputs
        && a.updates == b.updates
}

/// A node that is offered to the rows: its operands have been rewritten already.
pub(crate) struct At<'a> {
    builder: &'a Builder,
    op: &'a Op,
    x: &'a [Tensor],
    ty: &'a Type,
}

impl At<'_> {
    /// The number that operand `i` holds everywhere, if it is known.
    fn number(&self, i: usize) -> Option<f64> {
        number(&self.x[i])
    }

    /// The same number in every element of the result.
    fn full(&self, value: f64) -> Tensor {
        self.builder.full(&self.ty.shape, value, self.ty.dtype)
    }

    /// The node's own operation on other operands.
    fn apply(&self, operands: &[&Tensor]) -> Tensor {
        self.builder.push(self.op.clone(), operands)
    }
}

/// The scalar that `x` is, or repeats.
fn scalar(x: &Tensor) -> Option<Tensor> {
    match x.op()? {
        _ if x.rank() == 0 => Some(x.clone()),
        Op::Broadcast(_) => x.operands().into_iter().next().filter(|operand| operand.rank() == 0),
        _ => None,
    }
}

/// The number that `x` holds everywhere, if it is known.
fn number(x: &Tensor) -> Option<f64> {
    match scalar(x)?.op()? {
        Op::Constant(constant) => constant.item(),
        _ => None,
    }
}

/// The only operand of `x`, if its operation is one for which `wanted` holds.
fn under(x: &Tensor, wanted: impl Fn(&Op) -> bool) -> Option<Tensor> {
    x.op().filter(wanted).and_then(|_| x.operands().into_iter().next())
}

/// Whether a cast from `from` to `to` keeps every number as it is.
fn lossless(from: DType, to: DType) -> bool {
    use DType::*;
    match from {
        _ if from == to => true,
        Bool => true,
        U8 => matches!(to, I64 | I32 | F64 | F32 | F16 | BF16),
        I8 => matches!(to, I64 | I32 | F64 | F32 | F16 | BF16),
        I32 => matches!(to, I64 | F64),
        F16 | BF16 => matches!(to, F32 | F64),
        F32 => to == F64,
        I64 | F64 => false,
    }
}

/// The axes of a reduction whose result over a single element is that element.
fn reduced(op: &Op) -> Option<&[usize]> {
    match op {
        Op::Sum(ops::Sum { axes }) | Op::Prod(ops::Prod { axes }) => Some(axes),
        Op::ReduceMax(ops::ReduceMax { axes }) | Op::ReduceMin(ops::ReduceMin { axes }) => Some(axes),
        _ => None,
    }
}
