//! Builders of graphs that run within another: what they take from it, they take as inputs.

use super::Builder;
use crate::graph::{Graph, Id, Type};
use crate::ops::{Input, Op};
use crate::tensor::Tensor;
use std::rc::Rc;

impl Builder {
    /// A builder for a graph that runs within this one's: its operations may take this one's tensors.
    pub(crate) fn within(&self) -> Builder {
        let inner = Builder::new();
        {
            let (mut state, outer) = (inner.0.borrow_mut(), self.0.borrow());
            (state.label, state.place) = (outer.label.clone(), outer.place);
            state.outer = Some(self.clone());
        }
        inner
    }

    /// Stands for what could not be made.
    pub(crate) fn missing(&self) -> Tensor {
        self.tensor(Id::INVALID)
    }

    /// The builder that this one is within, if it is within one.
    pub(super) fn outer(&self) -> Option<Builder> {
        self.0.borrow().outer.clone()
    }

    /// Whether this builder's graph runs within the graph of `other`, however deep.
    pub(super) fn is_within(&self, other: &Builder) -> bool {
        match self.outer() {
            Some(outer) => Rc::ptr_eq(&outer.0, &other.0) || outer.is_within(other),
            None => false,
        }
    }

    /// The innermost of the builders that this one and the tensors belong to.
    pub(crate) fn home<'a>(&'a self, tensors: &[&'a Tensor]) -> &'a Builder {
        let builders = tensors.iter().map(|tensor| &tensor.builder);
        builders.fold(self, |home, builder| if builder.is_within(home) { builder } else { home })
    }

    /// `tensor` as a value of this graph: itself, or what stands for it where it belongs to a graph
    /// around this one; `None` where it belongs to neither.
    pub(crate) fn own(&self, tensor: &Tensor) -> Option<Tensor> {
        if Rc::ptr_eq(&tensor.builder.0, &self.0) {
            return Some(tensor.clone());
        }
        let tensor = self.outer()?.own(tensor)?;
        if !tensor.is_valid() {
            return Some(self.tensor(Id::INVALID));
        }
        // A number is written down again, so that rewrites know it.
        match tensor.op()? {
            Op::Constant(constant) if constant.item().is_some() => return Some(self.push(constant, &[])),
            Op::Broadcast(broadcast) if tensor.operands()[0].rank() == 0 => {
                let operand = self.own(&tensor.operands()[0])?;
                return Some(self.push(broadcast, &[&operand]));
            }
            _ => {}
        }
        let known = self.0.borrow().captures.iter().find(|(outer, _)| *outer == tensor.id).map(|pair| pair.1);
        if let Some(id) = known {
            return Some(self.tensor(id));
        }
        let name = format!("constant{}", self.0.borrow().captures.len());
        let input = self.input_of(&name, tensor.ty());
        self.0.borrow_mut().captures.push((tensor.id, input.id));
        Some(input)
    }

    /// The tensors of the outer graph that this one's inputs stand for, in the order of the inputs.
    pub(crate) fn captured(&self) -> Vec<Tensor> {
        let Some(outer) = self.outer() else { return Vec::new() };
        self.0.borrow().captures.iter().map(|(id, _)| outer.tensor(*id)).collect()
    }

    /// Lets everybody who reads one of `pairs` read its second tensor instead, which was made
    /// earlier and is of the same type.
    pub(crate) fn replace_uses(&self, pairs: &[(Tensor, Tensor)]) {
        let mut state = self.0.borrow_mut();
        // Nodes are known by their operands, which change.
        state.known.clear();
        for input in state.nodes.iter_mut().flat_map(|node| &mut node.inputs) {
            if let Some((_, to)) = pairs.iter().find(|(from, _)| from.id == *input) {
                *input = to.id;
            }
        }
    }
}

impl Graph {
    /// The same graph without the inputs from `first` on that nothing reads; and for each input
    /// whether it is still there.
    pub(crate) fn without_idle_inputs(&self, first: usize) -> (Graph, Vec<bool>) {
        let mut graph = self.without_dead_nodes();
        let mut used: Vec<bool> = (0..graph.inputs.len()).map(|i| i < first).collect();
        for node in &graph.nodes {
            if let Op::Input(input) = &node.op {
                used[input.index] = true;
            }
        }
        for node in &mut graph.nodes {
            if let Op::Input(Input { index, .. }) = &mut node.op {
                *index = used[..*index].iter().filter(|used| **used).count();
            }
        }
        let mut kept = used.iter();
        graph.inputs.retain(|_| kept.next().copied().unwrap_or(true));
        (graph, used)
    }
}

/// The type of one step's part of a sequence, whose first axis goes.
pub(crate) fn step_type(sequence: &Type) -> Type {
    Type::new(&sequence.shape[1.min(sequence.shape.rank())..], sequence.dtype)
}
