//! Which nodes share one loop, and in which order the loops and kernels run.
//!
//! Rearrangements become views; elementwise work joins the loop of its operands where the shapes
//! agree and no path through other work leads back; reductions end the loops that feed them.

mod recompute;

use crate::kernels::fused::Lanes;
use crate::layout::View;
use cornu_graph::ops::{Op, Scan};
use cornu_graph::{DType, Graph, Shape};

/// What becomes of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Memory that a run is given: inputs, parameters, constants.
    Given,
    /// Another way to look at an earlier item's memory.
    View,
    /// One element from one element of each operand.
    Elementwise(Lanes),
    /// Elements brought together along axes.
    Reduction(Lanes),
    /// The elements of a view, in row-major order.
    Copy(Lanes),
    /// Work with a kernel of its own.
    Kernel,
}

/// A node, or a copy that a kernel or an output needs.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// What it reads: items with memory (or in the same loop), and how it looks at them.
    pub(crate) operands: Vec<(usize, View)>,
    /// What is walked over.
    pub(crate) walk: Vec<usize>,
    /// Shape of the result in memory.
    pub(crate) shape: Shape,
    pub(crate) dtype: DType,
    /// The node; for a copy, the node that is copied.
    pub(crate) node: usize,
}

/// A graph's items, each node's view of them, and the groups that run as one step, in order.
#[derive(Debug)]
pub(crate) struct Fusion {
    pub(crate) items: Vec<Item>,
    /// For each node, the item whose memory it is seen in, and how.
    pub(crate) seen: Vec<(usize, View)>,
    /// For each output, the item that holds it, in row-major order.
    pub(crate) outputs: Vec<usize>,
    /// For each update, the item that holds the new value, in row-major order.
    pub(crate) updates: Vec<usize>,
    /// Items of each step, in order of their numbers.
    pub(crate) groups: Vec<Vec<usize>>,
    /// The group of each item.
    pub(crate) group_of: Vec<usize>,
    /// Updates whose new value may be written straight over the parameter.
    pub(crate) in_place: Vec<bool>,
    /// For each node, whether it is a scan whose results lie one after the other, each with all its
    /// steps, not side by side in a row for each step.
    pub(crate) apart: Vec<bool>,
}

/// The group of items that no step computes.
pub(crate) const NONE: usize = usize::MAX;

/// Items in one loop at most; a longer chain is cut.
const MAX_ITEMS: usize = 128;

/// The number type that work on a dtype runs in.
pub(crate) fn lanes(dtype: DType) -> Lanes {
    match dtype {
        DType::F64 | DType::I64 | DType::I32 => Lanes::F64,
        _ => Lanes::F32,
    }
}

impl Fusion {
    /// Plans the steps of `graph`; with `apart`, no two outputs share their memory.
    pub(crate) fn new(graph: &Graph, apart: bool) -> Fusion {
        let mut fusion = Fusion {
            items: Vec::new(),
            seen: Vec::new(),
            outputs: Vec::new(),
            updates: Vec::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            in_place: vec![true; graph.updates().len()],
            apart: scans_apart(graph),
        };
        fusion.look(graph, apart);
        fusion.group(graph);
        fusion.recompute(graph);
        fusion.order(graph);
        fusion
    }

    /// Classifies the nodes and resolves views.
    fn look(&mut self, graph: &Graph, apart: bool) {
        let n = graph.nodes().len();
        let mut copies: Vec<Item> = Vec::new();
        for (index, node) in graph.nodes().iter().enumerate() {
            let operands: Vec<(usize, View)> =
                node.inputs.iter().map(|id| self.seen[id.index()].clone()).collect();
            let own_lanes = lanes(node.ty.dtype);
            let operand_lanes = node.inputs.first().map_or(own_lanes, |id| lanes(graph.node(*id).ty.dtype));
            let operand_shape = node.inputs.first().map(|id| graph.node(*id).ty.shape.to_vec());
            let view = match &node.op {
                Op::Iota(iota) => {
                    let mut strides = vec![0; node.ty.shape.rank()];
                    strides[iota.axis] = 1;
                    Some((index, View { shape: node.ty.shape.to_vec(), strides, offset: 0 }))
                }
                _ => operands.first().and_then(|(item, view)| {
                    let view = match &graph.node(node.inputs[0]).op {
                        Op::Scan(scan) if self.apart[*item] => part_of_scan(scan, &node.op)?,
                        _ => view.through(node)?,
                    };
                    Some((*item, view))
                }),
            };
            let kind = match &node.op {
                Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Iota(_) => Kind::Given,
                _ if view.is_some() => Kind::View,
                Op::Reshape(_) => Kind::Copy(own_lanes),
                Op::Sum(_) | Op::Prod(_) | Op::ReduceMax(_) | Op::ReduceMin(_) => Kind::Reduction(own_lanes),
                Op::Equal(_) | Op::Less(_) | Op::LessEqual(_) => Kind::Elementwise(operand_lanes),
                op if op.is_elementwise() || matches!(op, Op::Uniform(_)) => Kind::Elementwise(own_lanes),
                _ => Kind::Kernel,
            };
            let shape = match &node.op {
                // One line of numbers, seen from everywhere along the other axes.
                Op::Iota(iota) => Shape::from([node.ty.shape[iota.axis]]),
                _ => node.ty.shape.clone(),
            };
            let mut item = Item {
                kind,
                operands,
                walk: node.ty.shape.to_vec(),
                shape,
                dtype: node.ty.dtype,
                node: index,
            };
            match kind {
                Kind::Reduction(_) | Kind::Copy(_) => item.walk = operand_shape.unwrap_or_default(),
                Kind::Kernel => {
                    for i in 0..item.operands.len() {
                        let of = &item.operands[i].0;
                        let order = crate::kernels::operand_order(&node.op, node.ty.dtype, i, &item.operands);
                        if let Some(view) = order {
                            let shape = Shape::from(&view.shape[..]);
                            let operands = vec![(*of, view)];
                            let known = copies.iter().position(|copy| copy.operands == operands);
                            let copy = known.unwrap_or_else(|| {
                                let dtype =
                                    self.items.get(*of).map_or(node.ty.dtype, |item: &Item| item.dtype);
                                copies.push(Item {
                                    kind: Kind::Copy(lanes(dtype)),
                                    walk: shape.to_vec(),
                                    operands,
                                    shape: shape.clone(),
                                    dtype,
                                    node: node.inputs[i].index(),
                                });
                                copies.len() - 1
                            });
                            // Copies are numbered after all nodes.
                            item.operands[i] = (n + copy, View::contiguous(&shape));
                        }
                    }
                }
                _ => {}
            }
            if kind == Kind::View {
                item.operands.clear();
            }
            let seen = view.unwrap_or_else(|| (index, View::contiguous(&node.ty.shape)));
            self.seen.push(seen);
            self.items.push(item);
        }
        self.items.append(&mut copies);
        let outputs: Vec<usize> = graph.outputs().iter().map(|(_, id)| id.index()).collect();
        for node in outputs {
            let item = match self.whole(node) {
                taken if apart && self.outputs.contains(&taken) => self.copied(node),
                item => item,
            };
            self.outputs.push(item);
        }
        let updates: Vec<usize> = graph.updates().iter().map(|(_, id)| id.index()).collect();
        self.updates = updates.into_iter().map(|node| self.whole(node)).collect();
    }

    /// The item whose memory is just the node's elements in row-major order, and is computed by the
    /// plan itself: a copy if need be.
    fn whole(&mut self, node: usize) -> usize {
        let (of, view) = &self.seen[node];
        if view.is_contiguous()
            && view.size() == self.items[*of].shape.size()
            && self.items[*of].kind != Kind::Given
        {
            return *of;
        }
        self.copied(node)
    }

    /// A copy of the node's elements in row-major order.
    fn copied(&mut self, node: usize) -> usize {
        let (of, view) = self.seen[node].clone();
        let dtype = self.items[of].dtype;
        let (kind, walk, shape) =
            (Kind::Copy(lanes(dtype)), view.shape.clone(), Shape::from(&view.shape[..]));
        self.items.push(Item { kind, operands: vec![(of, view)], walk, shape, dtype, node });
        self.items.len() - 1
    }

    fn lanes_of(&self, item: usize) -> Option<Lanes> {
        match self.items[item].kind {
            Kind::Elementwise(lanes) | Kind::Reduction(lanes) => Some(lanes),
            _ => None,
        }
    }

    /// Whether `reader` may take `operand`'s value from the loop they share.
    fn flows(&self, reader: usize, operand: usize, view: &View) -> bool {
        let (from, to) = (&self.items[operand], &self.items[reader]);
        matches!(from.kind, Kind::Elementwise(_))
            && self.lanes_of(operand) == self.lanes_of(reader)
            && from.walk == to.walk
            && view.is_contiguous()
    }

    /// Joins items into loops.
    fn group(&mut self, graph: &Graph) {
        let n = self.items.len();
        self.group_of = (0..n).collect();
        self.groups = (0..n).map(|i| vec![i]).collect();
        let mut visited = vec![usize::MAX; n];
        let mut round = 0;
        let mut newest = Newest::new(&self.items, graph.nodes().len());
        for item in 0..n {
            if self.lanes_of(item).is_none() {
                continue;
            }
            for i in 0..self.items[item].operands.len() {
                let (operand, view) = &self.items[item].operands[i];
                if !self.flows(item, *operand, view) {
                    continue;
                }
                let (a, b) = (self.group_of[*operand], self.group_of[item]);
                if a == b || self.groups[a].len() + self.groups[b].len() > MAX_ITEMS {
                    continue;
                }
                round += 1;
                if self.folds_agree(graph, a, b) && self.may_join(a, b, &newest, &mut visited, round) {
                    let moved = std::mem::take(&mut self.groups[b]);
                    for &i in &moved {
                        self.group_of[i] = a;
                    }
                    self.groups[a].extend(moved);
                    self.groups[a].sort_unstable();
                    newest.join(a, b, &self.groups, &self.group_of);
                }
            }
        }
    }

    /// Whether all reductions of two groups are over the same axes, and random numbers, which are
    /// numbered in row-major order, are in no loop that walks in another.
    fn folds_agree(&self, graph: &Graph, a: usize, b: usize) -> bool {
        let members = || self.groups[a].iter().chain(&self.groups[b]);
        let mut axes = None;
        for &i in members() {
            if let Some(own) = reduced_axes(&graph.nodes()[self.items[i].node].op)
                && matches!(self.items[i].kind, Kind::Reduction(_))
            {
                if axes.is_some_and(|axes| axes != own) {
                    return false;
                }
                axes = Some(own);
            }
        }
        let random = members().any(|&i| {
            matches!(self.items[i].kind, Kind::Elementwise(_))
                && matches!(graph.nodes()[self.items[i].node].op, Op::Uniform(_))
        });
        let rank = members().next().map_or(0, |&i| self.items[i].walk.len());
        !random || axes.is_none_or(|axes| axes.iter().copied().eq(rank - axes.len()..rank))
    }

    /// Whether no work outside the two groups lies between them, and inside the union every value
    /// that is used flows within the loop.
    fn may_join(&self, a: usize, b: usize, newest: &Newest, visited: &mut [usize], round: usize) -> bool {
        let mut stack = Vec::new();
        let members = self.groups[a].iter().chain(&self.groups[b]);
        let first = members.map(|&item| newest.time[item]).min().unwrap_or(0);
        // What is older than both groups, with all that it comes from, leads to neither.
        let leads_on = |group: usize| newest.of[group] >= first;
        for &item in self.groups[a].iter().chain(&self.groups[b]) {
            for (operand, view) in &self.items[item].operands {
                let group = self.group_of[*operand];
                if group == a || group == b {
                    if !self.flows(item, *operand, view) {
                        return false;
                    }
                } else if visited[group] != round && leads_on(group) {
                    visited[group] = round;
                    stack.push(group);
                }
            }
        }
        while let Some(group) = stack.pop() {
            for &item in &self.groups[group] {
                for (operand, _) in &self.items[item].operands {
                    let next = self.group_of[*operand];
                    if next == a || next == b {
                        return false;
                    }
                    if visited[next] != round && leads_on(next) {
                        visited[next] = round;
                        stack.push(next);
                    }
                }
            }
        }
        true
    }

    /// Puts the groups in order: what is ready and came first in the graph runs first, but updates
    /// of parameters run as soon as everybody else has read the old value.
    fn order(&mut self, graph: &Graph) {
        let n = self.items.len();
        let runs =
            |items: &[usize]| items.iter().any(|&i| !matches!(self.items[i].kind, Kind::Given | Kind::View));
        let groups: Vec<Vec<usize>> = self.groups.iter().filter(|items| runs(items)).cloned().collect();
        let mut group_of = vec![usize::MAX; n];
        for (g, items) in groups.iter().enumerate() {
            for &item in items {
                group_of[item] = g;
            }
        }
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
        for (g, items) in groups.iter().enumerate() {
            for (operand, _) in items.iter().flat_map(|&i| &self.items[i].operands) {
                let other = group_of[*operand];
                if other != usize::MAX && other != g {
                    before[g].push(other);
                }
            }
        }
        let parameter_items: Vec<Option<usize>> = {
            let mut found = vec![None; graph.parameters().len()];
            for (index, node) in graph.nodes().iter().enumerate() {
                if let Op::Parameter(parameter) = &node.op {
                    found[parameter.index] = Some(index);
                }
            }
            found
        };
        // For each item that holds a parameter who reads it: the group, the item, and how it looks at it.
        let mut reading: Vec<Vec<(usize, usize, &View)>> = vec![Vec::new(); n];
        for (g, items) in groups.iter().enumerate() {
            for &i in items {
                for (operand, view) in &self.items[i].operands {
                    if matches!(graph.nodes().get(*operand).map(|node| &node.op), Some(Op::Parameter(_))) {
                        reading[*operand].push((g, i, view));
                    }
                }
            }
        }
        let mut is_update = vec![false; groups.len()];
        let mut taken = vec![false; n];
        for (u, (parameter, _)) in graph.updates().iter().enumerate() {
            let item = &self.updates[u];
            let own = group_of[*item];
            let writable =
                self.items[*item].kind != Kind::Kernel && !self.outputs.contains(item) && !taken[*item];
            self.in_place[u] = writable;
            if own != usize::MAX {
                is_update[own] = true;
            }
            if !writable {
                continue;
            }
            let Some(old) = parameter_items[*parameter] else {
                // Nobody reads the old value.
                taken[*item] = true;
                continue;
            };
            // Whoever reads the old value comes first; where that cannot be, the new value is
            // kept beside it and copied at the end.
            let mut readers = Vec::new();
            for &(g, i, view) in &reading[old] {
                if g != own {
                    readers.push(g);
                } else if !(view.is_contiguous() && self.items[i].walk == self.items[*item].walk)
                    || matches!(self.items[*item].kind, Kind::Reduction(_))
                {
                    self.in_place[u] = false;
                }
            }
            readers.sort_unstable();
            readers.dedup();
            if self.in_place[u] && readers.iter().any(|&reader| depends(&before, reader, own)) {
                self.in_place[u] = false;
            }
            if self.in_place[u] {
                taken[*item] = true;
                before[own].extend(readers);
            }
        }
        let mut waits: Vec<usize> = Vec::with_capacity(groups.len());
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
        for (g, list) in before.iter_mut().enumerate() {
            list.sort_unstable();
            list.dedup();
            waits.push(list.len());
            for &earlier in list.iter() {
                after[earlier].push(g);
            }
        }
        let mut ready = std::collections::BTreeSet::new();
        let key = |g: usize| (!is_update[g], groups[g].iter().min().copied(), g);
        ready.extend((0..groups.len()).filter(|&g| waits[g] == 0).map(key));
        let mut ordered = Vec::with_capacity(groups.len());
        self.group_of = vec![usize::MAX; n];
        while let Some((_, _, g)) = ready.pop_first() {
            for &item in &groups[g] {
                self.group_of[item] = ordered.len();
            }
            ordered.push(groups[g].clone());
            for &later in &after[g] {
                waits[later] -= 1;
                if waits[later] == 0 {
                    ready.insert(key(later));
                }
            }
        }
        debug_assert_eq!(ordered.len(), groups.len(), "the groups depend on each other in a circle");
        self.groups = ordered;
    }
}

/// For each node, whether it is a scan of whose results nobody wants more than one at a time.
fn scans_apart(graph: &Graph) -> Vec<bool> {
    let mut apart: Vec<bool> = graph.nodes().iter().map(|node| matches!(node.op, Op::Scan(_))).collect();
    for node in graph.nodes() {
        for id in &node.inputs {
            if let Op::Scan(scan) = &graph.node(*id).op {
                apart[id.index()] &= part_of_scan(scan, &node.op).is_some();
            }
        }
    }
    for id in graph.roots() {
        apart[id.index()] = false;
    }
    apart
}

/// What `op` sees of the results of a scan that lie apart; `None` where it is no part of one of them.
fn part_of_scan(scan: &Scan, op: &Op) -> Option<View> {
    let Op::Slice(slice) = op else { return None };
    let (rows, columns) = (slice.starts[0]..slice.stops[0], slice.starts[1]..slice.stops[1]);
    let result = scan.columns().into_iter().find(|of| of.start <= columns.start && columns.end <= of.end)?;
    let steps = &slice.steps;
    let offset = scan.length * result.start + rows.start * result.len() + columns.start - result.start;
    Some(View {
        shape: vec![rows.len().div_ceil(steps[0]), columns.len().div_ceil(steps[1])],
        strides: vec![(result.len() * steps[0]) as isize, steps[1] as isize],
        offset: offset as isize,
    })
}

/// How far up the graph each group reaches, with all that it comes from.
struct Newest {
    /// When each item is made: after what it reads.
    time: Vec<usize>,
    /// For each group the time of the latest item that it has or comes from.
    of: Vec<usize>,
    read_by: Vec<Vec<usize>>,
}

impl Newest {
    /// For `items` that are a group each, of which the first `n` are the graph's nodes.
    fn new(items: &[Item], n: usize) -> Newest {
        // A copy is made right after the node that it is a copy of.
        let time: Vec<usize> = (items.iter().enumerate())
            .map(|(index, item)| if index < n { 2 * index } else { 2 * item.node + 1 })
            .collect();
        let mut read_by = vec![Vec::new(); items.len()];
        for (reader, item) in items.iter().enumerate() {
            item.operands.iter().for_each(|(of, _)| read_by[*of].push(reader));
        }
        Newest { of: time.clone(), time, read_by }
    }

    /// Notes that group `b` is part of group `a` now: whoever comes from it comes from both.
    fn join(&mut self, a: usize, b: usize, groups: &[Vec<usize>], group_of: &[usize]) {
        self.of[a] = self.of[a].max(self.of[b]);
        let mut stack = vec![a];
        while let Some(group) = stack.pop() {
            for &reader in groups[group].iter().flat_map(|&item| &self.read_by[item]) {
                let next = group_of[reader];
                if self.of[next] < self.of[group] {
                    self.of[next] = self.of[group];
                    stack.push(next);
                }
            }
        }
    }
}

/// Whether group `a` comes after group `b`.
fn depends(before: &[Vec<usize>], a: usize, b: usize) -> bool {
    let mut visited = vec![false; before.len()];
    let mut stack = vec![a];
    while let Some(group) = stack.pop() {
        if group == b {
            return true;
        }
        for &earlier in &before[group] {
            if !std::mem::replace(&mut visited[earlier], true) {
                stack.push(earlier);
            }
        }
    }
    false
}

/// The axes that a reduction goes over.
pub(crate) fn reduced_axes(op: &Op) -> Option<&[usize]> {
    match op {
        Op::Sum(op) => Some(&op.axes),
        Op::Prod(op) => Some(&op.axes),
        Op::ReduceMax(op) => Some(&op.axes),
        Op::ReduceMin(op) => Some(&op.axes),
        _ => None,
    }
}

/// In which order a loop that reduces `axes` walks: kept axes, then reduced ones, then the kept
/// axes behind the last reduced one, so that memory is walked as it lies.
pub(crate) fn fold_order(rank: usize, axes: &[usize]) -> Vec<usize> {
    let last = axes.iter().max().copied().unwrap_or(0);
    let kept_outer = (0..last).filter(|axis| !axes.contains(axis));
    kept_outer.chain(axes.iter().copied()).chain(last + 1..rank).collect()
}
