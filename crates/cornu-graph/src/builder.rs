//! Builds graphs: equal work is done once, mistakes are gathered and told together.

mod within;

pub(crate) use within::step_type;

use crate::graph::{Declaration, Graph, Id, Node, Operands, Type};
use crate::ops::{Constant, Input, Iota, Op, Parameter, Uniform};
use crate::tensor::Tensor;
use crate::{Array, DType, Error, Errors, Shape};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;

/// Builds a [`Graph`] through [`Tensor`]s.
///
/// Building never fails: operations on tensors return tensors, and what does not fit is recorded
/// with the caller's own line until [`build`](Builder::build) returns it. Equal operations on
/// equal operands become one node. Clones share the same graph.
///
/// ```
/// use cornu_graph::{Builder, evaluate, Array};
/// let b = Builder::new();
/// let x = b.input("x", [2]);
/// let graph = b.build(&[("y", &(&x * 2.0 + 1.0))], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![1f32, 2.0])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f64(), [3.0, 5.0]);
/// ```
#[derive(Clone, Default)]
pub struct Builder(pub(crate) Rc<RefCell<State>>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) nodes: Vec<Node>,
    /// The nodes by what they do to what, each with the hash of that: the nodes themselves say the rest.
    known: HashTable<(u64, Id)>,
    inputs: Vec<Declaration>,
    parameters: Vec<Declaration>,
    errors: Vec<Error>,
    label: Option<Arc<str>>,
    place: Option<Option<&'static Location<'static>>>,
    streams: u64,
    logits: HashMap<Id, (Squash, Id)>,
    /// For each node, the segment that it was made in.
    pub(crate) segments: Vec<Option<u32>>,
    segment: Option<u32>,
    n_segments: u32,
    /// The builder of the graph that this one's runs within, if it does.
    outer: Option<Builder>,
    /// Values of the outer graph, and the inputs that stand for them here.
    captures: Vec<(Id, Id)>,
}

/// How logits were turned into probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Squash {
    /// `1 / (1 + exp(-x))`, element by element.
    Sigmoid,
    /// `exp(x) / sum(exp(x))` along the last axis.
    Softmax,
}

impl Builder {
    /// An empty graph.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Declares an `f32` input, fed at each run.
    #[track_caller]
    pub fn input(&self, name: &str, shape: impl Into<Shape>) -> Tensor {
        self.input_of(name, Type::new(shape, DType::F32))
    }

    /// Declares an input of any type, fed at each run.
    #[track_caller]
    pub fn input_of(&self, name: &str, ty: Type) -> Tensor {
        let index = {
            let mut state = self.0.borrow_mut();
            state.inputs.push(Declaration { name: name.into(), ty: ty.clone() });
            state.inputs.len() - 1
        };
        self.push(Op::Input(Input { index, ty }), &[])
    }

    /// Declares an `f32` parameter: a value that persists between runs and that updates may change.
    #[track_caller]
    pub fn parameter(&self, name: &str, shape: impl Into<Shape>) -> Tensor {
        self.parameter_of(name, Type::new(shape, DType::F32))
    }

    /// Declares a parameter of any type.
    #[track_caller]
    pub fn parameter_of(&self, name: &str, ty: Type) -> Tensor {
        let index = {
            let mut state = self.0.borrow_mut();
            state.parameters.push(Declaration { name: name.into(), ty: ty.clone() });
            state.parameters.len() - 1
        };
        self.push(Op::Parameter(Parameter { index, ty }), &[])
    }

    /// A fixed array.
    #[track_caller]
    pub fn constant(&self, array: &Array) -> Tensor {
        self.push(Op::Constant(Constant::new(array)), &[])
    }

    /// One number.
    #[track_caller]
    pub fn scalar(&self, value: f64, dtype: DType) -> Tensor {
        self.push(Constant::scalar(value, dtype), &[])
    }

    /// The same number everywhere.
    #[track_caller]
    pub fn full(&self, shape: impl Into<Shape>, value: f64, dtype: DType) -> Tensor {
        self.scalar(value, dtype).broadcast_to(shape)
    }

    /// Zeros.
    #[track_caller]
    pub fn zeros(&self, shape: impl Into<Shape>, dtype: DType) -> Tensor {
        self.full(shape, 0.0, dtype)
    }

    /// Each element's index along `axis`.
    #[track_caller]
    pub fn iota(&self, shape: impl Into<Shape>, axis: usize, dtype: DType) -> Tensor {
        self.push(Op::Iota(Iota { ty: Type::new(shape, dtype), axis }), &[])
    }

    /// Uniform random numbers in `[0, 1)` from the stream numbered `stream`, for this `seed` and
    /// `step` (both `i64` scalars). The same three give the same numbers, always and everywhere.
    #[track_caller]
    pub fn uniform(&self, shape: impl Into<Shape>, stream: u64, seed: &Tensor, step: &Tensor) -> Tensor {
        self.push(Op::Uniform(Uniform { shape: shape.into(), stream }), &[seed, step])
    }

    /// A stream number that no other use of randomness in this graph has.
    pub fn next_stream(&self) -> u64 {
        if let Some(outer) = self.outer() {
            return outer.next_stream();
        }
        let mut state = self.0.borrow_mut();
        state.streams += 1;
        state.streams - 1
    }

    /// Names the part of the model that the nodes made from now on belong to; returns the name
    /// that was in force before.
    pub fn set_label(&self, label: Option<Arc<str>>) -> Option<Arc<str>> {
        std::mem::replace(&mut self.0.borrow_mut().label, label)
    }

    /// While a transformation works on a node, what it makes belongs to that node's line (or to
    /// none), not to the line of the rule that makes it; `None` ends that.
    pub(crate) fn set_place(&self, place: Option<Option<&'static Location<'static>>>) {
        self.0.borrow_mut().place = place;
    }

    /// Where a node made or a mistake found now belongs, if the code that asks for it is at `location`.
    pub(crate) fn place(&self, location: &'static Location<'static>) -> Option<&'static Location<'static>> {
        self.0.borrow().place.unwrap_or(Some(location))
    }

    /// Records that `probabilities` were made from `logits`, so that a loss may use the logits
    /// and stay stable.
    pub fn note_logits(&self, probabilities: &Tensor, squash: Squash, logits: &Tensor) {
        if probabilities.is_valid() && logits.is_valid() {
            self.0.borrow_mut().logits.insert(probabilities.id, (squash, logits.id));
        }
    }

    /// The logits that `probabilities` were made from by `squash`, if that is known.
    pub fn logits(&self, probabilities: &Tensor, squash: Squash) -> Option<Tensor> {
        let found = self.0.borrow().logits.get(&probabilities.id).copied();
        found.filter(|(kind, _)| *kind == squash).map(|(_, id)| self.tensor(id))
    }

    /// Records a mistake, as the operations themselves do; returns a tensor that stands for the
    /// result that could not be made.
    #[track_caller]
    pub fn fail(&self, message: impl Into<String>) -> Tensor {
        self.fail_at(message.into(), Location::caller())
    }

    /// Records a mistake.
    pub fn record(&self, error: Error) {
        self.0.borrow_mut().errors.push(error);
    }

    /// Changes the mistakes recorded after the first `known` ones: who knows more of where they
    /// were made adds it.
    pub fn amend_errors(&self, known: usize, amend: impl FnMut(&mut Error)) {
        self.0.borrow_mut().errors.iter_mut().skip(known).for_each(amend);
    }

    /// What is built within `work` is a segment: it is not kept for the gradient, which
    /// [`grad`](crate::grad) computes again from what enters the segment. That takes less memory and
    /// more time. A segment within a segment is part of it.
    ///
    /// Chen and others: Training Deep Nets with Sublinear Memory Cost (2016).
    ///
    /// ```
    /// use cornu_graph::{Array, Builder, evaluate, grad};
    /// let b = Builder::new();
    /// let x = b.input("x", []);
    /// let y = b.segment(|| x.exp().sin());
    /// let dx = &grad(&y, &[&x])[0];
    /// let graph = b.build(&[("dx", dx)], &[]).unwrap();
    /// let dx = evaluate(&graph, &[Array::scalar(0f32)], &[]).unwrap().outputs[0].item().unwrap();
    /// assert!((dx - 1f64.cos()).abs() < 1e-6);
    /// assert!(graph.to_string().contains("after"));
    /// ```
    pub fn segment<R>(&self, work: impl FnOnce() -> R) -> R {
        if self.in_segment() {
            return work();
        }
        self.set_segment(Some(self.new_segment()));
        let result = work();
        self.set_segment(None);
        result
    }

    /// Whether what is built now belongs to a segment.
    pub fn in_segment(&self) -> bool {
        self.0.borrow().segment.is_some()
    }

    /// The number of a segment that has nothing in it yet, for [`Builder::set_segment`].
    pub fn new_segment(&self) -> u32 {
        let mut state = self.0.borrow_mut();
        state.n_segments += 1;
        state.n_segments
    }

    /// What is built from here on belongs to this segment, or to none; gives the one before. For work
    /// that [`Builder::segment`] cannot hold, such as some rounds of a loop.
    pub fn set_segment(&self, segment: Option<u32>) -> Option<u32> {
        std::mem::replace(&mut self.0.borrow_mut().segment, segment)
    }

    /// How many mistakes have been recorded so far.
    pub fn error_count(&self) -> usize {
        self.0.borrow().errors.len()
    }

    /// The mistakes recorded so far.
    pub fn errors(&self) -> Vec<Error> {
        self.0.borrow().errors.clone()
    }

    /// How many nodes there are.
    pub(crate) fn node_count(&self) -> usize {
        self.0.borrow().nodes.len()
    }

    /// Which nodes `roots` need.
    pub(crate) fn live(&self, roots: impl Iterator<Item = Id>) -> Vec<bool> {
        live(&self.0.borrow().nodes, roots)
    }

    pub(crate) fn tensor(&self, id: Id) -> Tensor {
        Tensor { builder: self.clone(), id }
    }

    /// Applies an operation; what the tensors' own methods call.
    #[track_caller]
    pub fn push(&self, op: impl Into<Op>, inputs: &[&Tensor]) -> Tensor {
        self.push_at(op.into(), inputs, Location::caller())
    }

    pub(crate) fn push_at(&self, op: Op, inputs: &[&Tensor], location: &'static Location<'static>) -> Tensor {
        if inputs.iter().any(|input| !input.is_valid()) {
            return self.tensor(Id::INVALID);
        }
        if inputs.iter().all(|input| Rc::ptr_eq(&input.builder.0, &self.0)) {
            return self.push_own(op, inputs.iter().map(|input| input.id).collect(), location);
        }
        let home = self.home(inputs);
        if !Rc::ptr_eq(&home.0, &self.0) {
            return home.push_at(op, inputs, location);
        }
        let owned: Vec<Option<Tensor>> = inputs.iter().map(|input| self.own(input)).collect();
        if let Some((foreign, _)) = inputs.iter().zip(&owned).find(|(_, own)| own.is_none()) {
            let message = format!("{} takes tensors of two graphs; one is {}", op.name(), foreign.ty());
            let help = "build all tensors of an operation with one Builder";
            self.record(Error { location: self.place(location), ..Error::new(message).help(help) });
            return self.tensor(Id::INVALID);
        }
        self.push_own(op, owned.iter().flatten().map(|input| input.id).collect(), location)
    }

    /// Applies an operation to values of this graph itself.
    fn push_own(&self, op: Op, inputs: Operands, location: &'static Location<'static>) -> Tensor {
        let hash = FixedState::default().hash_one((&op, &inputs[..]));
        let mut state = self.0.borrow_mut();
        let State { nodes, known, place, .. } = &*state;
        let equal = |&(other, id): &(u64, Id)| {
            let node = &nodes[id.index()];
            other == hash && node.inputs == inputs && node.op == op
        };
        if let Some(&(_, id)) = known.find(hash, equal) {
            drop(state);
            return self.tensor(id);
        }
        let location = place.unwrap_or(Some(location));
        let inferred = {
            let types: SmallVec<[&Type; 4]> = inputs.iter().map(|id| &nodes[id.index()].ty).collect();
            op.infer(&types).and_then(|ty| match ty.shape.checked_size() {
                Some(_) => Ok(ty),
                None => Err(format!("the result of shape {} would not fit in memory", ty.shape)),
            })
        };
        let id = match inferred {
            Ok(ty) => {
                let id = Id(state.nodes.len() as u32);
                state.known.insert_unique(hash, (hash, id), |(hash, _)| *hash);
                let (label, segment) = (state.label.clone(), state.segment);
                state.nodes.push(Node { op, inputs, ty, location, label });
                state.segments.push(segment);
                id
            }
            Err(message) => {
                let message = format!("{}: {message}", op.name());
                state.errors.push(Error { location, ..Error::new(message) });
                Id::INVALID
            }
        };
        drop(state);
        self.tensor(id)
    }

    /// Finishes the graph: `outputs` are handed out by name, and when a run ends each parameter in
    /// `updates` takes its new value. Nodes that none of these need are left out.
    ///
    /// # Errors
    /// All mistakes made while building, each with the line it was made on; updates of something
    /// that is no parameter, or with a value of another type; a parameter updated twice.
    pub fn build(
        &self,
        outputs: &[(&str, &Tensor)],
        updates: &[(&Tensor, &Tensor)],
    ) -> Result<Graph, Errors> {
        let updates = self.checked(outputs, updates)?;
        let state = self.0.borrow();
        let outputs = outputs.iter().map(|(name, tensor)| (name.to_string(), tensor.id)).collect();
        let (inputs, parameters) = (state.inputs.clone(), state.parameters.clone());
        Ok(Graph { nodes: Vec::new(), inputs, parameters, outputs, updates }.with_live_of(&state.nodes))
    }

    /// Finishes the graph as [`Builder::build`] does, and leaves nothing in this builder: its tensors
    /// are of no use any more. Gives the graph, and which of the nodes are in it.
    pub(crate) fn take(
        &self,
        outputs: &[(&str, &Tensor)],
        updates: &[(&Tensor, &Tensor)],
    ) -> Result<(Graph, Vec<bool>), Errors> {
        let updates = self.checked(outputs, updates)?;
        let state = std::mem::take(&mut *self.0.borrow_mut());
        let outputs = outputs.iter().map(|(name, tensor)| (name.to_string(), tensor.id)).collect();
        let State { nodes, inputs, parameters, .. } = state;
        let mut graph = Graph { nodes, inputs, parameters, outputs, updates };
        let live = live(&graph.nodes, graph.roots());
        if live.iter().any(|live| !live) {
            let mut each = live.iter();
            graph.nodes.retain(|_| each.next().copied().unwrap_or(true));
            graph.rename(&live);
        }
        Ok((graph, live))
    }

    /// Which parameter takes which value, by their numbers; all that is wrong with the graph.
    fn checked(
        &self,
        outputs: &[(&str, &Tensor)],
        updates: &[(&Tensor, &Tensor)],
    ) -> Result<Vec<(usize, Id)>, Errors> {
        let mut errors = self.errors();
        let state = self.0.borrow();
        let mut indexed = Vec::new();
        for (parameter, value) in updates {
            if !parameter.is_valid() || !value.is_valid() {
                continue;
            }
            let (target, new) = (&state.nodes[parameter.id.index()], &state.nodes[value.id.index()]);
            match &target.op {
                Op::Parameter(p) if target.ty == new.ty => {
                    if indexed.iter().any(|(index, _)| *index == p.index) {
                        let name = &state.parameters[p.index].name;
                        errors.push(Error::new(format!("parameter `{name}` is updated twice")));
                    }
                    indexed.push((p.index, value.id));
                }
                Op::Parameter(p) => errors.push(Error {
                    location: new.location,
                    ..Error::new(format!(
                        "parameter `{}` is {}, its update is {}",
                        state.parameters[p.index].name, target.ty, new.ty
                    ))
                }),
                other => errors.push(Error {
                    location: target.location,
                    ..Error::new(format!(
                        "only a parameter can be updated, not the result of {}",
                        other.name()
                    ))
                }),
            }
        }
        let invalid =
            outputs.iter().any(|(_, t)| !t.is_valid()) || updates.iter().any(|(_, t)| !t.is_valid());
        if errors.is_empty() && invalid {
            errors.push(Error::new("a result belongs to a graph with mistakes in it"));
        }
        match errors.is_empty() {
            true => Ok(indexed),
            false => Err(Errors(errors)),
        }
    }
}

/// Which of `nodes` the `roots` need.
fn live(nodes: &[Node], roots: impl Iterator<Item = Id>) -> Vec<bool> {
    let mut live = vec![false; nodes.len()];
    for root in roots.filter(|root| *root != Id::INVALID) {
        live[root.index()] = true;
    }
    for (index, node) in nodes.iter().enumerate().rev() {
        if live[index] {
            for input in &node.inputs {
                live[input.index()] = true;
            }
        }
    }
    live
}

/// What to make of a node and its operands, already copied; `None` copies the node too.
pub(crate) type Replace<'a> = dyn FnMut(&Builder, &Node, &[Tensor]) -> Option<Tensor> + 'a;

impl Graph {
    /// The same graph without nodes that no result needs.
    pub fn without_dead_nodes(&self) -> Graph {
        let graph = Graph {
            nodes: Vec::new(),
            inputs: self.inputs.clone(),
            parameters: self.parameters.clone(),
            outputs: self.outputs.clone(),
            updates: self.updates.clone(),
        };
        graph.with_live_of(&self.nodes)
    }

    /// This graph, which has no nodes yet, with those of `nodes` that its results need.
    fn with_live_of(mut self, nodes: &[Node]) -> Graph {
        let live = live(nodes, self.roots());
        self.nodes =
            nodes.iter().zip(&live).filter(|(_, live)| **live).map(|(node, _)| node.clone()).collect();
        self.rename(&live);
        self
    }

    /// Gives the nodes the ids that they have now that those which are not `live` are gone.
    fn rename(&mut self, live: &[bool]) {
        let mut next = 0;
        let new: Vec<Id> = (live.iter())
            .map(|live| {
                next += *live as u32;
                Id(next.saturating_sub(1))
            })
            .collect();
        let operands = self.nodes.iter_mut().flat_map(|node| &mut node.inputs);
        let outputs = self.outputs.iter_mut().map(|(_, id)| id);
        for id in operands.chain(outputs).chain(self.updates.iter_mut().map(|(_, id)| id)) {
            *id = new[id.index()];
        }
    }

    /// Copies this graph's nodes into `builder` with `inputs` and `parameters` standing for what
    /// the graph declares; `rule` may replace each node by work of its own. Returns the outputs
    /// and the new values of the updated parameters.
    pub fn inline(
        &self,
        builder: &Builder,
        inputs: &[Tensor],
        parameters: &[Tensor],
        rule: &mut Replace,
    ) -> (Vec<Tensor>, Vec<Tensor>) {
        let made = self.inlined(builder, inputs, parameters, rule);
        let outputs = self.outputs.iter().map(|(_, id)| made[id.index()].clone()).collect();
        let updates = self.updates.iter().map(|(_, id)| made[id.index()].clone()).collect();
        (outputs, updates)
    }

    /// What becomes of each node by [`Graph::inline`].
    pub(crate) fn inlined(
        &self,
        builder: &Builder,
        inputs: &[Tensor],
        parameters: &[Tensor],
        rule: &mut Replace,
    ) -> Vec<Tensor> {
        self.carry(builder, inputs, parameters, &mut |index, operands| {
            let node = &self.nodes[index];
            rule(builder, node, operands).unwrap_or_else(|| {
                let operands: SmallVec<[&Tensor; 4]> = operands.iter().collect();
                builder.push(node.op.clone(), &operands)
            })
        })
    }

    /// Has `make` say what becomes in `builder` of each node, from its index and its operands there, with
    /// `inputs` and `parameters` standing for what the graph declares. What it makes belongs to the line
    /// and the label of the node.
    pub(crate) fn carry(
        &self,
        builder: &Builder,
        inputs: &[Tensor],
        parameters: &[Tensor],
        make: &mut dyn FnMut(usize, &[Tensor]) -> Tensor,
    ) -> Vec<Tensor> {
        let mut made: Vec<Tensor> = Vec::with_capacity(self.nodes.len());
        let mut operands: Vec<Tensor> = Vec::new();
        let previous = builder.set_label(None);
        for (index, node) in self.nodes.iter().enumerate() {
            operands.clear();
            operands.extend(node.inputs.iter().map(|id| made[id.index()].clone()));
            builder.set_label(node.label.clone());
            builder.set_place(Some(node.location));
            let tensor = match &node.op {
                Op::Input(input) => inputs[input.index].clone(),
                Op::Parameter(parameter) => parameters[parameter.index].clone(),
                _ => make(index, &operands),
            };
            made.push(tensor);
        }
        builder.set_label(previous);
        builder.set_place(None);
        made
    }

    /// Declares this graph's inputs and parameters in `builder`.
    pub fn declare_in(&self, builder: &Builder) -> (Vec<Tensor>, Vec<Tensor>) {
        let inputs = self.inputs.iter().map(|d| builder.input_of(&d.name, d.ty.clone())).collect();
        let parameters =
            self.parameters.iter().map(|d| builder.parameter_of(&d.name, d.ty.clone())).collect();
        (inputs, parameters)
    }
}
