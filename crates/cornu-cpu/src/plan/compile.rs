//! From a graph to the steps of a plan: what becomes of each group of work, and where it lies.

use super::{Place, Plan, Step, Work, data_address};
use crate::fuse::{Fusion, Kind, NONE, lanes};
use crate::kernels::argmax::ArgExtreme;
use crate::kernels::conv::{self, Convolution};
use crate::kernels::dot::Products;
use crate::kernels::fused::Loop;
use crate::kernels::gather::{Gather, ScatterAdd};
use crate::kernels::part::{Part, PutPart, TakePart, Whole};
use crate::kernels::reference::Reference;
use crate::kernels::window::Windows;
use crate::layout::View;
use crate::loops::{LoopBuilder, copy};
use crate::memory::{ALIGNMENT, Lifetime, Memory, place};
use crate::pool::Pool;
use crate::widen::is_half;
use cornu_graph::ops::{self, Op};
use cornu_graph::{Array, DType, Error, Graph, Shape, Type};
use std::sync::Arc;

/// A plan in the making.
pub(super) struct Compiler<'a> {
    pub(super) graph: &'a Graph,
    pub(super) fusion: Fusion,
    /// For each item its buffer.
    pub(super) buffers: Vec<Option<usize>>,
    /// For each item whether anybody outside its loop wants its value.
    pub(super) stored: Vec<bool>,
    pub(super) places: Vec<Place>,
    /// Bytes of each buffer in the arena.
    pub(super) arena_bytes: Vec<(usize, usize)>,
    pub(super) constants: Vec<(usize, Array)>,
    pub(super) constant_bytes: usize,
    pub(super) steps: Vec<Step>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(graph: &'a Graph) -> Compiler<'a> {
        Compiler::with(graph, Fusion::new(graph, false))
    }

    /// For the body of a scan: its outputs lie where they are wanted.
    pub(super) fn for_body(graph: &'a Graph) -> Compiler<'a> {
        let mut compiler = Compiler::with(graph, Fusion::new(graph, true));
        for i in 0..compiler.fusion.outputs.len() {
            let item = compiler.fusion.outputs[i];
            compiler.buffers[item] = Some(compiler.buffer(Place::Output(i)));
        }
        compiler
    }

    fn with(graph: &'a Graph, fusion: Fusion) -> Compiler<'a> {
        let buffers = vec![None; fusion.items.len()];
        let mut stored = vec![false; fusion.items.len()];
        for &item in fusion.outputs.iter().chain(&fusion.updates) {
            stored[item] = true;
        }
        for (reader, item) in fusion.items.iter().enumerate() {
            if fusion.group_of[reader] == NONE {
                continue;
            }
            for (of, _) in &item.operands {
                stored[*of] |= fusion.group_of[*of] != fusion.group_of[reader];
            }
        }
        Compiler {
            graph,
            fusion,
            buffers,
            stored,
            places: Vec::new(),
            arena_bytes: Vec::new(),
            constants: Vec::new(),
            constant_bytes: 0,
            steps: Vec::new(),
        }
    }

    pub(super) fn buffer(&mut self, place: Place) -> usize {
        self.places.push(place);
        self.places.len() - 1
    }

    pub(super) fn arena_buffer(&mut self, bytes: usize) -> usize {
        let buffer = self.buffer(Place::Arena(self.arena_bytes.len()));
        self.arena_bytes.push((buffer, bytes));
        buffer
    }

    pub(super) fn compile(mut self, pool: Arc<Pool>) -> Result<Plan, Error> {
        self.make_steps()?;
        self.finish(pool)
    }

    /// Makes all steps, in the order in which they run.
    pub(super) fn make_steps(&mut self) -> Result<(), Error> {
        let parameter_buffers: Vec<usize> =
            (0..self.graph.parameters().len()).map(|i| self.buffer(Place::Parameter(i))).collect();
        let input_buffers: Vec<usize> =
            (0..self.graph.inputs().len()).map(|i| self.buffer(Place::Input(i))).collect();
        self.give_buffers(&parameter_buffers, &input_buffers);
        for g in 0..self.fusion.groups.len() {
            self.step(g)?;
        }
        for (u, (parameter, _)) in self.graph.updates().iter().enumerate() {
            if !self.fusion.in_place[u] {
                let item = self.fusion.updates[u];
                let (ty, node) = (&self.graph.parameters()[*parameter].ty, self.fusion.items[item].node);
                let view = View::contiguous(&ty.shape);
                let from = self.buffers[item].unwrap_or_default();
                let work = copy((from, &view), (parameter_buffers[*parameter], view.clone()), ty.dtype);
                self.push_loop(work, vec!["update"], node, ty.shape.clone());
            }
        }
        self.steps.retain(|step| !matches!(&step.work, Work::Loop(work) if work.size() == 0));
        self.join_blocks();
        Ok(())
    }

    /// Gives a buffer to each item that needs memory of its own.
    pub(super) fn give_buffers(&mut self, parameter_buffers: &[usize], input_buffers: &[usize]) {
        for (u, (parameter, _)) in self.graph.updates().iter().enumerate() {
            if self.fusion.in_place[u] {
                self.buffers[self.fusion.updates[u]] = Some(parameter_buffers[*parameter]);
            }
        }
        for index in 0..self.fusion.items.len() {
            let item = &self.fusion.items[index];
            let bytes = item.shape.size() * item.dtype.size();
            if self.buffers[index].is_some() {
                continue;
            }
            let op = &self.graph.nodes()[item.node].op;
            self.buffers[index] = match (item.kind, op) {
                (Kind::View, _) => None,
                (Kind::Given, Op::Parameter(parameter)) => Some(parameter_buffers[parameter.index]),
                (Kind::Given, Op::Input(input)) => Some(input_buffers[input.index]),
                (Kind::Given, Op::Constant(constant)) => {
                    let array = Array::from_f64(&constant.ty.shape, constant.ty.dtype, &constant.elements());
                    array.ok().map(|array| self.constant(array))
                }
                (Kind::Given, Op::Iota(iota)) => {
                    let values: Vec<f64> = (0..iota.ty.shape[iota.axis]).map(|i| i as f64).collect();
                    let array = Array::from_f64([values.len()], iota.ty.dtype, &values);
                    array.ok().map(|array| self.constant(array))
                }
                (Kind::Elementwise(_), _) if !self.stored[index] => None,
                _ => Some(self.arena_buffer(bytes)),
            };
        }
    }

    pub(super) fn constant(&mut self, array: Array) -> usize {
        let offset = self.constant_bytes;
        self.constant_bytes += array.byte_size().next_multiple_of(ALIGNMENT);
        let buffer = self.buffer(Place::Constant(offset));
        self.constants.push((offset, array));
        buffer
    }

    /// Makes the steps of group `g`.
    fn step(&mut self, g: usize) -> Result<(), Error> {
        let group = self.fusion.groups[g].clone();
        let first = self.fusion.items[group[0]].clone();
        let kind_lanes = match first.kind {
            Kind::Elementwise(lanes) | Kind::Reduction(lanes) | Kind::Copy(lanes) => lanes,
            Kind::Kernel => return self.kernel(group[0]),
            Kind::Given | Kind::View => return Ok(()),
        };
        let operations: Vec<&'static str> = group
            .iter()
            .map(|&i| match self.fusion.items[i].kind {
                Kind::Copy(_) => "copy",
                _ => self.graph.nodes()[self.fusion.items[i].node].op.name(),
            })
            .collect();
        let shape = Shape::from(&first.walk[..]);
        if shape.size() == 0 {
            self.empty_reductions(&group);
            return Ok(());
        }
        let mut builder = LoopBuilder::new(kind_lanes, &first.walk);
        builder.items(self.graph, &self.fusion, &group, &self.buffers, |i| self.stored[i]);
        let mut partials = Vec::new();
        let next = self.places.len();
        let work = builder.build(|bytes| {
            partials.push(bytes);
            next + partials.len() - 1
        });
        for bytes in partials {
            self.arena_buffer(bytes);
        }
        let node = self.fusion.items[group[group.len() - 1]].node;
        self.push_loop(work, operations, node, shape);
        Ok(())
    }

    /// Reductions over nothing give what their operation starts from.
    fn empty_reductions(&mut self, group: &[usize]) {
        for &index in group {
            let item = self.fusion.items[index].clone();
            let start = match &self.graph.nodes()[item.node].op {
                Op::Sum(_) => 0.0,
                Op::Prod(_) => 1.0,
                Op::ReduceMax(_) => f64::NEG_INFINITY,
                Op::ReduceMin(_) => f64::INFINITY,
                _ => continue,
            };
            let mut builder = LoopBuilder::new(lanes(item.dtype), &item.shape);
            let slot = builder.constant(start);
            let view = View::contiguous(&item.shape);
            builder.store(slot, self.buffers[index].unwrap_or_default(), item.dtype, view);
            self.push_loop(builder.build(|_| 0), vec!["fill"], item.node, item.shape);
        }
    }

    fn push_loop(&mut self, work: Loop, operations: Vec<&'static str>, node: usize, shape: Shape) {
        let mut reads: Vec<usize> = work.loads.iter().map(|load| load.buffer).collect();
        for instruction in &work.instructions {
            if let crate::kernels::fused::Code::Uniform { seed, step, .. } = instruction.code {
                reads.extend([seed, step]);
            }
        }
        let mut writes: Vec<usize> = work.stores.iter().map(|store| store.buffer).collect();
        writes.extend(work.folds.iter().map(|fold| fold.buffer));
        writes.extend(work.folds.iter().filter_map(|fold| fold.partial));
        let size = work.size();
        let flops = size * (work.instructions.len() + work.folds.len());
        let reached = |strides: &[isize]| {
            let along = work.extents.iter().zip(strides).filter(|(_, s)| **s != 0);
            along.map(|(extent, _)| extent).product::<usize>()
        };
        let bytes = work.loads.iter().map(|load| reached(&load.strides) * load.dtype.size()).sum::<usize>()
            + work.stores.iter().map(|store| size * store.dtype.size()).sum::<usize>()
            + work.fold_shape.as_ref().map_or(0, |fold| fold.results * 4 * work.folds.len());
        self.steps.push(Step {
            work: Work::Loop(work),
            blocks: None,
            reads,
            writes,
            operations,
            node,
            shape,
            flops,
            bytes,
        });
    }

    /// Makes the step of an item with a kernel of its own.
    fn kernel(&mut self, index: usize) -> Result<(), Error> {
        let item = self.fusion.items[index].clone();
        let node = &self.graph.nodes()[item.node];
        let output = self.buffers[index].unwrap_or_default();
        let inputs: Vec<usize> =
            item.operands.iter().map(|(of, _)| self.buffers[*of].unwrap_or_default()).collect();
        let dtypes: Vec<DType> = item.operands.iter().map(|(of, _)| self.fusion.items[*of].dtype).collect();
        let shape = |i: usize| &item.operands[i].1.shape;
        let around = |shape: &[usize], axis: usize| {
            (
                shape[..axis].iter().product::<usize>(),
                shape[axis],
                shape[axis + 1..].iter().product::<usize>(),
            )
        };
        let float = matches!(item.dtype, DType::F32 | DType::F64);
        let work = match &node.op {
            Op::Concat(concat) => {
                self.concat(&item, concat.axis, output);
                return Ok(());
            }
            Op::Pad(_) => {
                self.pad(&item, output);
                return Ok(());
            }
            Op::Scan(scan) => return self.scan(scan, &item, inputs, output),
            Op::After(_) => {
                let bytes = item.shape.size() * item.dtype.size();
                Work::Copy(Whole { x: inputs[0], output, bytes })
            }
            Op::DynamicSlice(_) | Op::DynamicUpdateSlice(_) => {
                let last = inputs.len() - 1;
                let part = Part {
                    starts: inputs[last],
                    starts_dtype: dtypes[last],
                    element: item.dtype.size(),
                    whole: shape(0).clone(),
                    sizes: if last == 2 { shape(1).clone() } else { item.shape.to_vec() },
                };
                match last {
                    2 => Work::PutPart(PutPart { part, x: inputs[0], update: inputs[1], output }),
                    _ => Work::TakePart(TakePart { part, x: inputs[0], output }),
                }
            }
            Op::Dot(dot) if float || is_half(item.dtype) => {
                let n = self.graph.nodes().len();
                let copied = [0, 1].map(|i| item.operands[i].0 >= n);
                let views = [&item.operands[0].1, &item.operands[1].1];
                let buffers = [inputs[0], inputs[1], output];
                Work::Dot(Products::new(dot, item.dtype, buffers, views, copied))
            }
            Op::Conv(op) if conv::fits(op, item.dtype) => {
                let views = [&item.operands[0].1, &item.operands[1].1];
                let buffers = [inputs[0], inputs[1], output];
                let partial = |bytes| self.arena_buffer(bytes);
                let work = Convolution::new(op, item.dtype, buffers, views, partial);
                Work::Conv(Box::new(work))
            }
            Op::ArgMax(ops::ArgMax { axis }) | Op::ArgMin(ops::ArgMin { axis }) => {
                let largest = matches!(node.op, Op::ArgMax(_));
                let (outer, n, inner) = around(shape(0), *axis);
                let (dtype, lanes) = (dtypes[0], lanes(dtypes[0]));
                Work::ArgExtreme(ArgExtreme {
                    input: inputs[0],
                    dtype,
                    lanes,
                    output,
                    outer,
                    n,
                    inner,
                    largest,
                })
            }
            Op::Gather(ops::Gather { axis }) | Op::ScatterAdd(ops::ScatterAdd { axis })
                if float || (is_half(item.dtype) && inputs.len() == 2) =>
            {
                let (outer, n, inner) = around(shape(0), *axis);
                let n_indices = item.operands[1].1.size();
                let (x, indices, index_dtype) = (inputs[0], inputs[1], dtypes[1]);
                let blocks =
                    Gather { x, indices, index_dtype, output, dtype: item.dtype, outer, n, n_indices, inner };
                match inputs.get(2) {
                    None => Work::Gather(blocks),
                    Some(&updates) => {
                        let view = &item.operands[0].1;
                        let everywhere = (!view.is_contiguous()).then_some(view.offset);
                        Work::ScatterAdd(ScatterAdd { blocks, updates, everywhere })
                    }
                }
            }
            op => match Windows::new(op, item.dtype, shape(0), &inputs, output) {
                Some(windows) => Work::Windows(windows),
                None => Work::Reference(Reference {
                    op: op.clone(),
                    inputs: (0..inputs.len())
                        .map(|i| (inputs[i], Type::new(&shape(i)[..], dtypes[i])))
                        .collect(),
                    output: (output, node.ty.clone()),
                }),
            },
        };
        let flops = match &work {
            Work::Dot(products) => products.count() * products.product.flops(),
            Work::Conv(convolution) => convolution.flops(),
            Work::Windows(windows) => windows.flops(),
            Work::Gather(_) | Work::Copy(_) | Work::TakePart(_) | Work::PutPart(_) => 0,
            _ => item.operands.iter().map(|(_, view)| view.size()).sum(),
        };
        let bytes = item
            .operands
            .iter()
            .zip(&dtypes)
            .map(|((_, view), dtype)| view.size() * dtype.size())
            .sum::<usize>()
            + node.ty.byte_size();
        let operations = vec![node.op.name()];
        let shape = node.ty.shape.clone();
        let mut writes = vec![output];
        if let Work::Conv(convolution) = &work {
            writes.extend(convolution.partial());
        }
        self.steps.push(Step {
            work,
            blocks: None,
            reads: inputs,
            writes,
            operations,
            node: item.node,
            shape,
            flops,
            bytes,
        });
        Ok(())
    }

    /// Copies each operand to its place in the result.
    fn concat(&mut self, item: &crate::fuse::Item, axis: usize, output: usize) {
        let whole = View::contiguous(&item.shape);
        let mut start = 0;
        for (of, view) in &item.operands {
            let offset = start as isize * whole.strides[axis];
            let to = View { shape: view.shape.clone(), strides: whole.strides.clone(), offset };
            start += view.shape[axis];
            let from = self.buffers[*of].unwrap_or_default();
            let work = copy((from, view), (output, to), item.dtype);
            self.push_loop(work, vec!["concat"], item.node, Shape::from(&view.shape[..]));
        }
    }

    /// Fills the result, then copies the operand to its place in it.
    fn pad(&mut self, item: &crate::fuse::Item, output: usize) {
        let Op::Pad(pad) = &self.graph.nodes()[item.node].op else { return };
        let [(of, view), (fill, fill_view)] = &item.operands[..] else { return };
        let whole = View::contiguous(&item.shape);
        let zeros = View {
            shape: item.shape.to_vec(),
            strides: vec![0; item.shape.rank()],
            offset: fill_view.offset,
        };
        let (from, fill) = (self.buffers[*of].unwrap_or_default(), self.buffers[*fill].unwrap_or_default());
        let mut to = View { shape: view.shape.clone(), ..whole.clone() };
        for axis in 0..to.shape.len() {
            to.offset += pad.low[axis] as isize * whole.strides[axis];
            to.strides[axis] *= pad.interior[axis] as isize + 1;
        }
        let filled = copy((fill, &zeros), (output, whole), item.dtype);
        self.push_loop(filled, vec!["fill"], item.node, item.shape.clone());
        let work = copy((from, view), (output, to), item.dtype);
        self.push_loop(work, vec!["pad"], item.node, Shape::from(&view.shape[..]));
    }

    /// Where each buffer of the arena lies in it, and how many bytes it has.
    pub(super) fn lay_out(&self) -> Result<(Vec<usize>, usize), Error> {
        let n_steps = self.steps.len();
        let mut lifetimes: Vec<Lifetime> = self
            .arena_bytes
            .iter()
            .map(|&(_, bytes)| Lifetime { bytes, first: usize::MAX, last: 0 })
            .collect();
        let mut arena_of = vec![usize::MAX; self.places.len()];
        for (i, &(buffer, _)) in self.arena_bytes.iter().enumerate() {
            arena_of[buffer] = i;
        }
        for (time, step) in self.steps.iter().enumerate() {
            for &buffer in step.reads.iter().chain(&step.writes) {
                if arena_of[buffer] != usize::MAX {
                    let lifetime = &mut lifetimes[arena_of[buffer]];
                    lifetime.first = lifetime.first.min(time);
                    lifetime.last = lifetime.last.max(time);
                }
            }
        }
        for item in &self.fusion.outputs {
            let arena = arena_of[self.buffers[*item].unwrap_or_default()];
            if arena != usize::MAX {
                lifetimes[arena].last = n_steps;
            }
        }
        for lifetime in &mut lifetimes {
            lifetime.first = lifetime.first.min(lifetime.last);
        }
        let total = lifetimes.iter().try_fold(0usize, |sum, l| sum.checked_add(l.bytes));
        if total.is_none_or(|total| total > isize::MAX as usize / 2) {
            return Err(
                Error::new("the intermediate values do not fit in memory").help("use a smaller batch")
            );
        }
        Ok(place(&lifetimes))
    }

    /// Places buffers in memory and puts the plan together.
    fn finish(self, pool: Arc<Pool>) -> Result<Plan, Error> {
        let outputs: Vec<(usize, Type)> = self
            .graph
            .outputs()
            .iter()
            .zip(&self.fusion.outputs)
            .map(|((_, id), item)| (self.buffers[*item].unwrap_or_default(), self.graph.node(*id).ty.clone()))
            .collect();
        let (offsets, arena_bytes) = self.lay_out()?;
        let mut constants = Memory::new(self.constant_bytes);
        for (offset, array) in &self.constants {
            let (from, to) = (data_address(array.data()), constants.at(*offset));
            // SAFETY: `constant` has reserved the bytes at that offset.
            unsafe { std::ptr::copy_nonoverlapping(from, to, array.byte_size()) };
        }
        let scratch_bytes = self.steps.iter().map(scratch_of).max().unwrap_or(0).next_multiple_of(ALIGNMENT);
        let mut arena = Memory::new(arena_bytes);
        let addresses = self
            .places
            .iter()
            .map(|place| match *place {
                Place::Arena(i) => arena.at(offsets[i]),
                Place::Constant(offset) => constants.at(offset),
                Place::Input(_) | Place::Parameter(_) | Place::Output(_) => std::ptr::null_mut(),
            })
            .collect();
        Ok(Plan {
            graph: self.graph.clone(),
            steps: self.steps,
            places: self.places,
            addresses,
            arena,
            constants,
            scratch: Memory::new(scratch_bytes * pool.threads()),
            scratch_bytes,
            outputs,
            parameter_types: self.graph.parameters().iter().map(|d| d.ty.clone()).collect(),
            pool,
        })
    }
}

/// Bytes of scratch memory that each worker needs for a step.
pub(super) fn scratch_of(step: &Step) -> usize {
    let own = match &step.work {
        Work::Loop(work) => work.scratch_bytes(),
        Work::Dot(products) => products.scratch_bytes(),
        Work::Conv(convolution) => convolution.scratch_bytes(),
        Work::Scan(work) => work.steps.iter().map(scratch_of).max().unwrap_or(0),
        _ => 0,
    };
    step.blocks.as_ref().map_or(own, |blocks| blocks.scratch_bytes(own))
}
