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
use crate::graph::{Graph, Id, Node, Type};
use crate::ops::{self, Op};
use crate::{Builder, DType, Tensor};
use rules::RULES;
use smallvec::SmallVec;

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
    let mut current = Round { graph: graph.without_dead_nodes(), settled: Vec::new(), last: false };
    for _ in 0..ROUNDS {
        // A rule that made a mistake is a defect of this crate, and caught by its tests; the graph
        // before it is right all the same.
        let Some(next) = current.next() else { break };
        let done = next.last || same(&current.graph, &next.graph);
        current = next;
        if done {
            break;
        }
    }
    current.graph
}

/// How far below a node its rows look: its operands, theirs and so on.
const DEPTH: u8 = 4;

/// What has become of a graph after every node was offered to every row so many times.
struct Round {
    graph: Graph,
    /// For each node whether all rows declined it as it stands: they are asked again when something
    /// below it has changed. Empty where none was offered yet.
    settled: Vec<bool>,
    /// Whether nothing is left to offer.
    last: bool,
}

impl Round {
    /// The graph after every node that is not settled has been offered to every row once.
    fn next(&self) -> Option<Round> {
        let graph = &self.graph;
        let builder = Builder::new();
        let (inputs, parameters) = graph.declare_in(&builder);
        // For each node of the builder whether all rows declined it; what rows made was not offered yet.
        let mut settled = vec![true; builder.node_count()];
        // For each node of the graph how far below it the nearest change lies, if that is near.
        let mut distance = vec![DEPTH; graph.nodes.len()];
        let made = graph.carry(&builder, &inputs, &parameters, &mut |index, operands| {
            let node = &graph.nodes[index];
            let nearest = node.inputs.iter().map(|id| distance[id.index()]).min().unwrap_or(DEPTH);
            let declined = nearest >= DEPTH && self.settled.get(index).copied().unwrap_or(false);
            let replaced = if declined { None } else { offered(&builder, node, operands) };
            settled.resize(builder.node_count(), false);
            distance[index] = if replaced.is_some() { 0 } else { DEPTH.min(nearest + 1) };
            replaced.unwrap_or_else(|| {
                let operands: SmallVec<[&Tensor; 4]> = operands.iter().collect();
                let tensor = builder.push(node.op.clone(), &operands);
                match settled.get_mut(tensor.id.index()) {
                    // Equal to another: whoever reads both sees more now.
                    Some(settled) => (*settled, distance[index]) = (true, 0),
                    None => settled.resize(builder.node_count(), true),
                }
                tensor
            })
        });
        let last = settle(&builder, graph.roots().map(|id| made[id.index()].id), &mut settled);
        settled.resize(builder.node_count(), false);
        let (graph, live) = graph.with_results(&builder, &made, &parameters)?;
        let mut each = live.iter();
        settled.retain(|_| each.next().copied().unwrap_or(false));
        Some(Round { graph, settled, last })
    }
}

/// What the first row that has something to say of a node puts in its place.
fn offered(builder: &Builder, node: &Node, operands: &[Tensor]) -> Option<Tensor> {
    let at = At { builder, op: &node.op, x: operands, ty: &node.ty };
    let fits = |tensor: &Tensor| tensor.with_node(|made| made.ty == node.ty).unwrap_or(false);
    RULES.iter().find_map(|rule| rule(&at)).filter(fits)
}

/// Offers what rows made, as far as `roots` need it, and says whether they declined all of it: then
/// another round would change nothing.
fn settle(builder: &Builder, roots: impl Iterator<Item = Id>, settled: &mut [bool]) -> bool {
    let mut all = true;
    for (index, live) in builder.live(roots).into_iter().enumerate() {
        if live && !settled[index] {
            let tensor = builder.tensor(Id(index as u32));
            let Some(node) = tensor.with_node(Node::clone) else { continue };
            settled[index] = offered(builder, &node, &tensor.operands()).is_none();
            all &= settled[index];
        }
    }
    all
}

impl Graph {
    /// The graph rebuilt node by node: each is offered to `rule` with its operands, rebuilt already,
    /// which says what to compute instead, or `None`. Inputs, parameters, outputs and updates stay.
    ///
    /// `None` if what the rule gives does not fit together.
    pub fn rewritten(&self, rule: &mut Replace) -> Option<Graph> {
        let builder = Builder::new();
        let (inputs, parameters) = self.declare_in(&builder);
        let made = self.inlined(&builder, &inputs, &parameters, rule);
        self.with_results(&builder, &made, &parameters).map(|(graph, _)| graph)
    }

    /// The graph that `builder` holds, with this one's outputs and updates, where `made` is what has
    /// become of its nodes; and which of the builder's nodes are in it.
    fn with_results(
        &self,
        builder: &Builder,
        made: &[Tensor],
        parameters: &[Tensor],
    ) -> Option<(Graph, Vec<bool>)> {
        let outputs: Vec<(&str, &Tensor)> =
            self.outputs.iter().map(|(name, id)| (name.as_str(), &made[id.index()])).collect();
        let updates: Vec<(&Tensor, &Tensor)> =
            self.updates.iter().map(|(index, id)| (&parameters[*index], &made[id.index()])).collect();
        builder.take(&outputs, &updates).ok()
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
    match x.rank() {
        0 => Some(x.clone()),
        _ => under(x, |op| matches!(op, Op::Broadcast(_))).filter(|operand| operand.rank() == 0),
    }
}

/// The number that `x` holds everywhere, if it is known.
fn number(x: &Tensor) -> Option<f64> {
    scalar(x)?.with_node(|node| match &node.op {
        Op::Constant(constant) => constant.item(),
        _ => None,
    })?
}

/// The only operand of `x`, if its operation is one for which `wanted` holds.
fn under(x: &Tensor, wanted: impl FnOnce(&Op) -> bool) -> Option<Tensor> {
    x.is_made_by(wanted).then(|| x.operand(0)).flatten()
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
