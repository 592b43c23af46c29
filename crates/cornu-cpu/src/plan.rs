//! Plans: a graph made ready to run again and again.

mod scan;

use crate::fuse::{Fusion, Kind, lanes};
use crate::kernels::Addresses;
use crate::kernels::argmax::ArgExtreme;
use crate::kernels::conv::{self, Convolution};
use crate::kernels::dot::Products;
use crate::kernels::fused::{Block, Loop};
use crate::kernels::gather::{Gather, ScatterAdd};
use crate::kernels::part::{Part, PutPart, TakePart};
use crate::kernels::reference::Reference;
use crate::kernels::window::Windows;
use crate::layout::View;
use crate::loops::{LoopBuilder, copy};
use crate::memory::{ALIGNMENT, Lifetime, place};
use crate::pool::Pool;
use crate::simd::{FlushSubnormals, Isa};
use cornu_graph::ops::Op;
use cornu_graph::{Array, DType, Data, Element, Error, Graph, Shape, Type, check_types};
use std::borrow::Borrow;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A graph made ready to run again and again.
///
/// Compiling decides which work shares a loop, where each value lies and in which order steps
/// run; running does nothing else: it allocates no memory and looks nothing up. Parameters belong
/// to the caller and are updated in place.
///
/// ```
/// use cornu_graph::{Array, Builder, Shape};
/// use cornu_cpu::Plan;
/// let b = Builder::new();
/// let w = b.parameter("w", []);
/// let x = b.input("x", [3]);
/// let graph = b.build(&[("y", &(&x * &w))], &[(&w, &(&w + 1.0))]).unwrap();
/// let mut plan = Plan::new(&graph, 1).unwrap();
/// let mut parameters = [Array::scalar(2f32)];
/// plan.run(&[&Array::from_vec(vec![1f32, 2.0, 3.0])], &mut parameters).unwrap();
/// assert_eq!(plan.output(0).to_f64(), [2.0, 4.0, 6.0]);
/// assert_eq!(parameters[0].item(), Some(3.0));
/// ```
pub struct Plan {
    graph: Graph,
    steps: Vec<Step>,
    /// For each buffer its place; addresses of given memory are set at each run.
    places: Vec<Place>,
    addresses: Vec<*mut u8>,
    arena: Memory,
    constants: Memory,
    scratch: Memory,
    scratch_bytes: usize,
    outputs: Vec<(usize, Type)>,
    parameter_types: Vec<Type>,
    pool: Arc<Pool>,
}

// SAFETY: the raw addresses point into the plan's own memory, or are set anew by each run from
// borrows that outlive it.
unsafe impl Send for Plan {}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plan of {} steps", self.steps.len())
    }
}

/// What a buffer's memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Input(usize),
    Parameter(usize),
    Constant(usize),
    Arena(usize),
    /// A result of a body, whose place is where the scan wants it.
    Output(usize),
}

/// Zeroed memory that begins where cache lines and the widest vectors do.
struct Memory(Vec<Line>);

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code)] [u8; ALIGNMENT]);

impl Memory {
    fn new(bytes: usize) -> Memory {
        Memory(vec![Line([0; ALIGNMENT]); bytes.div_ceil(ALIGNMENT)])
    }

    fn at(&mut self, offset: usize) -> *mut u8 {
        // Wrapping: a buffer of no bytes may lie at the very end.
        self.0.as_mut_ptr().cast::<u8>().wrapping_add(offset)
    }

    fn bytes(&self) -> usize {
        self.0.len() * ALIGNMENT
    }
}

#[derive(Clone, Debug)]
enum Work {
    Loop(Loop),
    /// A product, and the loop that follows each block of it while it is hot.
    Dot(Products, Option<Loop>),
    /// Likewise.
    Conv(Convolution, Option<Loop>),
    Windows(Windows),
    ArgExtreme(ArgExtreme),
    Gather(Gather),
    ScatterAdd(ScatterAdd),
    TakePart(TakePart),
    PutPart(PutPart),
    Scan(scan::Scan),
    Reference(Reference),
}

#[derive(Clone, Debug)]
struct Step {
    work: Work,
    reads: Vec<usize>,
    writes: Vec<usize>,
    /// The names of the operations, in order.
    operations: Vec<&'static str>,
    /// The node that stands for the step in listings.
    node: usize,
    shape: Shape,
    flops: usize,
    bytes: usize,
}

/// What one step of a plan does and costs.
#[derive(Clone, Debug, PartialEq)]
pub struct StepReport {
    /// The kernel: `loop`, `dot`, `argmax` ...
    pub kernel: String,
    /// The operations that run in it.
    pub operations: Vec<&'static str>,
    /// Shape of what it walks over.
    pub shape: Shape,
    /// Floating-point operations.
    pub flops: usize,
    /// Bytes read and written.
    pub bytes: usize,
    /// The layer, or other part of a model, that asked for it.
    pub label: Option<String>,
    /// The line of the user's source that asked for it.
    pub source: Option<String>,
    /// How long it took, where that was measured.
    pub time: Option<Duration>,
}

impl Plan {
    /// Compiles `graph` for up to `threads` threads (0: as many as the machine has).
    ///
    /// # Errors
    /// If the graph is not well-formed, or wants more memory than the machine can address.
    pub fn new(graph: &Graph, threads: usize) -> Result<Plan, Error> {
        Plan::with_pool(graph, Pool::shared(threads))
    }

    /// Compiles `graph` for the threads of `pool`.
    ///
    /// # Errors
    /// As for [`Plan::new`].
    pub fn with_pool(graph: &Graph, pool: Arc<Pool>) -> Result<Plan, Error> {
        cornu_graph::verify(graph)
            .map_err(|errors| errors.0.into_iter().next().unwrap_or_else(|| Error::new("")))?;
        let graph = cornu_graph::simplify(graph);
        Compiler::new(&graph).compile(pool)
    }

    /// Runs the plan: reads `inputs`, changes `parameters` in place, leaves the outputs to be read.
    ///
    /// # Errors
    /// If an input or parameter is not of the declared shape and dtype; nothing has been run then.
    pub fn run<A: Borrow<Array>>(&mut self, inputs: &[A], parameters: &mut [Array]) -> Result<(), Error> {
        self.bind(inputs, parameters)?;
        self.place_parameters(|i| data_address_mut(parameters[i].data_mut()));
        self.run_bound();
        Ok(())
    }

    /// Runs all steps on the memory that the table of addresses names.
    fn run_bound(&mut self) {
        let _flush = FlushSubnormals::new();
        let addresses = Addresses(self.addresses.as_ptr());
        let isa = Isa::current();
        let scratch = self.scratch();
        for step in &self.steps {
            // SAFETY: `bind` has put every buffer's address in the table; lifetimes keep apart what
            // is used at the same time; steps run one after the other.
            unsafe { run_step(step, addresses, scratch, &self.pool, isa) };
        }
    }

    fn scratch(&mut self) -> Scratch {
        Scratch { start: self.scratch.at(0), bytes: self.scratch_bytes }
    }

    /// Runs the plan like [`Plan::run`] and reports how long each step took.
    ///
    /// # Errors
    /// As for [`Plan::run`].
    pub fn profile<A: Borrow<Array>>(
        &mut self,
        inputs: &[A],
        parameters: &mut [Array],
    ) -> Result<Vec<StepReport>, Error> {
        self.bind(inputs, parameters)?;
        self.place_parameters(|i| data_address_mut(parameters[i].data_mut()));
        let addresses = Addresses(self.addresses.as_ptr());
        let isa = Isa::current();
        let scratch = self.scratch();
        let mut reports = self.steps();
        let _flush = FlushSubnormals::new();
        for (step, report) in self.steps.iter().zip(&mut reports) {
            let start = Instant::now();
            // SAFETY: as in `run`.
            unsafe { run_step(step, addresses, scratch, &self.pool, isa) };
            report.time = Some(start.elapsed());
        }
        Ok(reports)
    }

    /// Runs a plan that updates no parameter, as [`Plan::run`] does.
    ///
    /// # Errors
    /// As for [`Plan::run`], and if the plan does update parameters.
    pub fn run_shared<A: Borrow<Array>>(&mut self, inputs: &[A], parameters: &[Array]) -> Result<(), Error> {
        if !self.graph.updates().is_empty() {
            return Err(Error::new("a plan that updates parameters needs them to itself"));
        }
        self.bind(inputs, parameters)?;
        // Nothing is written through them: the graph has no updates.
        self.place_parameters(|i| data_address(parameters[i].data()).cast_mut());
        self.run_bound();
        Ok(())
    }

    /// Checks what a run is given, and notes where its inputs lie.
    fn bind<A: Borrow<Array>>(&mut self, inputs: &[A], parameters: &[Array]) -> Result<(), Error> {
        check_types("input", self.graph.inputs(), inputs.iter().map(Borrow::borrow))?;
        check_types("parameter", self.graph.parameters(), parameters.iter())?;
        for (address, place) in self.addresses.iter_mut().zip(&self.places) {
            if let Place::Input(i) = *place {
                *address = data_address(inputs[i].borrow().data()).cast_mut();
            }
        }
        Ok(())
    }

    /// Notes where the parameters lie.
    fn place_parameters(&mut self, mut at: impl FnMut(usize) -> *mut u8) {
        for (address, place) in self.addresses.iter_mut().zip(&self.places) {
            if let Place::Parameter(i) = *place {
                *address = at(i);
            }
        }
    }

    /// Output `i` of the last run.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn output(&self, i: usize) -> Array {
        let (buffer, ty) = &self.outputs[i];
        let mut array = Array::zeros(&ty.shape, ty.dtype);
        let to = data_address_mut(array.data_mut());
        // SAFETY: the buffer holds the output's elements, which are valid numbers of its dtype; the
        // arena is zeroed before the first run.
        unsafe { std::ptr::copy_nonoverlapping(self.addresses[*buffer].cast_const(), to, ty.byte_size()) };
        array
    }

    /// Output `i` of the last run where it lies, if its elements are of type `T`.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn output_slice<T: Element>(&self, i: usize) -> Option<&[T]> {
        let (buffer, ty) = &self.outputs[i];
        // SAFETY: as in `output`; nothing changes the arena while the plan is borrowed.
        (ty.dtype == T::DTYPE).then(|| unsafe {
            std::slice::from_raw_parts(self.addresses[*buffer].cast_const().cast::<T>(), ty.shape.size())
        })
    }

    /// The type of output `i`.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn output_type(&self, i: usize) -> &Type {
        &self.outputs[i].1
    }

    /// The same plan with memory of its own.
    pub fn duplicate(&self) -> Plan {
        let (mut arena, mut constants) = (Memory(self.arena.0.clone()), Memory(self.constants.0.clone()));
        let moved = |from: &Memory, to: &mut Memory, address: *mut u8| {
            to.at((address as usize) - (from.0.as_ptr() as usize))
        };
        let addresses = (self.addresses.iter().zip(&self.places))
            .map(|(&address, place)| match place {
                Place::Arena(_) => moved(&self.arena, &mut arena, address),
                Place::Constant(_) => moved(&self.constants, &mut constants, address),
                Place::Input(_) | Place::Parameter(_) | Place::Output(_) => std::ptr::null_mut(),
            })
            .collect();
        Plan {
            graph: self.graph.clone(),
            steps: self.steps.clone(),
            places: self.places.clone(),
            addresses,
            arena,
            constants,
            scratch: Memory(self.scratch.0.clone()),
            scratch_bytes: self.scratch_bytes,
            outputs: self.outputs.clone(),
            parameter_types: self.parameter_types.clone(),
            pool: self.pool.clone(),
        }
    }

    /// The graph that is run, after rewriting.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Bytes of memory that a run takes: intermediate values, constants, parameters and inputs.
    pub fn peak_bytes(&self) -> usize {
        let given: usize = self.graph.inputs().iter().map(|d| d.ty.byte_size()).sum::<usize>()
            + self.parameter_types.iter().map(Type::byte_size).sum::<usize>();
        given + self.working_bytes()
    }

    /// Bytes of memory that the plan itself holds: intermediate values, constants and scratch.
    pub fn working_bytes(&self) -> usize {
        self.arena.bytes() + self.constants.bytes() + self.scratch.bytes()
    }

    /// Floating-point operations of a run: one for each element of an elementwise operation or
    /// reduction, two for each product in a matrix product.
    pub fn flops(&self) -> usize {
        self.steps.iter().map(|step| step.flops).sum()
    }

    /// Bytes that a run's steps read and write.
    pub fn bytes_moved(&self) -> usize {
        self.steps.iter().map(|step| step.bytes).sum()
    }

    /// Bytes of inputs, parameters and outputs, each once: what any plan of this graph has to move.
    pub fn bytes_given(&self) -> usize {
        let declared = self.graph.inputs().iter().chain(self.graph.parameters());
        let outputs = self.outputs.iter().map(|(_, ty)| ty.byte_size()).sum::<usize>();
        declared.map(|d| d.ty.byte_size()).sum::<usize>() + outputs
    }

    /// What the steps are and cost, in the order in which they run.
    pub fn steps(&self) -> Vec<StepReport> {
        self.steps
            .iter()
            .map(|step| {
                let node = &self.graph.nodes()[step.node];
                StepReport {
                    kernel: kernel_name(&step.work),
                    operations: step.operations.clone(),
                    shape: step.shape.clone(),
                    flops: step.flops,
                    bytes: step.bytes,
                    label: node.label.as_ref().map(|label| label.to_string()),
                    source: node.location.map(|place| format!("{}:{}", place.file(), place.line())),
                    time: None,
                }
            })
            .collect()
    }

    /// The steps as a table: kernel, shape, work, memory, where it comes from.
    pub fn explain(&self) -> String {
        let mut text = table(&self.steps());
        let _ = writeln!(
            text,
            "{} steps, {} FLOPs, {} bytes moved, {} bytes at peak, {} threads",
            self.steps.len(),
            self.flops(),
            self.bytes_moved(),
            self.peak_bytes(),
            self.pool.threads()
        );
        text
    }
}

/// Steps as a table, with times where they were measured.
pub fn table(steps: &[StepReport]) -> String {
    let mut text = String::new();
    for (i, step) in steps.iter().enumerate() {
        let time = step.time.map_or(String::new(), |time| format!(" {:>9.1} us", time.as_secs_f64() * 1e6));
        let place = match (&step.label, &step.source) {
            (Some(label), Some(source)) => format!("{label} ({source})"),
            (label, source) => label.clone().or(source.clone()).unwrap_or_default(),
        };
        let _ = writeln!(
            text,
            "{i:>4}{time} {:<28} {:<18} {:>11} FLOPs {:>10} B  {}  {place}",
            step.kernel,
            step.shape.to_string(),
            step.flops,
            step.bytes,
            step.operations.join(" ")
        );
    }
    text
}

fn kernel_name(work: &Work) -> String {
    match work {
        Work::Loop(work) if work.folds.is_empty() => "loop".into(),
        Work::Loop(_) => "loop, reduced".into(),
        Work::Dot(products, epilogue) => {
            let then = if epilogue.is_some() { " + loop" } else { "" };
            format!("dot ({}){then}", products.product.path())
        }
        Work::Conv(convolution, epilogue) => {
            let then = if epilogue.is_some() { " + loop" } else { "" };
            format!("{}{then}", convolution.name())
        }
        Work::Windows(_) => "window".into(),
        Work::ArgExtreme(_) => "argmax".into(),
        Work::Gather(_) => "gather".into(),
        Work::ScatterAdd(_) => "scatter_add".into(),
        Work::TakePart(_) => "dynamic_slice".into(),
        Work::PutPart(_) => "dynamic_update_slice".into(),
        Work::Scan(work) => format!("scan ({} steps)", work.length),
        Work::Reference(_) => "reference".into(),
    }
}

fn data_address(data: &Data) -> *const u8 {
    match data {
        Data::F32(v) => v.as_ptr().cast(),
        Data::F64(v) => v.as_ptr().cast(),
        Data::BF16(v) => v.as_ptr().cast(),
        Data::F16(v) => v.as_ptr().cast(),
        Data::I64(v) => v.as_ptr().cast(),
        Data::I32(v) => v.as_ptr().cast(),
        Data::U8(v) => v.as_ptr(),
        Data::I8(v) => v.as_ptr().cast(),
        Data::Bool(v) => v.as_ptr().cast(),
    }
}

fn data_address_mut(data: &mut Data) -> *mut u8 {
    match data {
        Data::F32(v) => v.as_mut_ptr().cast(),
        Data::F64(v) => v.as_mut_ptr().cast(),
        Data::BF16(v) => v.as_mut_ptr().cast(),
        Data::F16(v) => v.as_mut_ptr().cast(),
        Data::I64(v) => v.as_mut_ptr().cast(),
        Data::I32(v) => v.as_mut_ptr().cast(),
        Data::U8(v) => v.as_mut_ptr(),
        Data::I8(v) => v.as_mut_ptr().cast(),
        Data::Bool(v) => v.as_mut_ptr().cast(),
    }
}

/// Scratch memory that each worker has for itself.
#[derive(Clone, Copy)]
struct Scratch {
    start: *mut u8,
    bytes: usize,
}

// SAFETY: workers take disjoint pieces of it, by their number.
unsafe impl Sync for Scratch {}

impl Scratch {
    fn of(self, worker: usize) -> *mut u8 {
        self.start.wrapping_add(worker * self.bytes)
    }
}

/// # Safety
/// The addresses are those of the plan's buffers; there is scratch for each thread of the pool.
unsafe fn run_step(step: &Step, addresses: Addresses, scratch: Scratch, pool: &Pool, isa: Isa) {
    // SAFETY: parts write apart from each other; each worker has its own scratch.
    unsafe {
        match &step.work {
            Work::Loop(work) => {
                let run = |part: usize, worker: usize| {
                    // Also on the pool's other threads.
                    let _flush = FlushSubnormals::new();
                    work.run(work.block(part), part, addresses, scratch.of(worker), isa);
                };
                pool.run(work.parts, &run);
                work.finish(addresses);
            }
            Work::Dot(products, epilogue) => {
                let run = |part: usize, worker: usize| {
                    let _flush = FlushSubnormals::new();
                    products.run(part, addresses, scratch.of(worker), isa);
                    if let Some((next, block)) = following(epilogue, products.whole_rows(part)) {
                        next.run(block, 0, addresses, scratch.of(worker), isa);
                    }
                };
                pool.run(products.parts(), &run);
            }
            Work::Conv(convolution, epilogue) => {
                let run = |part: usize, worker: usize| {
                    let _flush = FlushSubnormals::new();
                    convolution.run(part, addresses, scratch.of(worker), isa);
                    if let Some((next, block)) = following(epilogue, convolution.whole_rows(part)) {
                        next.run(block, 0, addresses, scratch.of(worker), isa);
                    }
                };
                pool.run(convolution.parts(), &run);
                let sum = |part: usize, _: usize| {
                    let _flush = FlushSubnormals::new();
                    convolution.sum(part, addresses);
                };
                pool.run(convolution.sums(), &sum);
            }
            Work::Windows(windows) => {
                let run = |part: usize, _: usize| {
                    let _flush = FlushSubnormals::new();
                    windows.run(part, addresses, isa);
                };
                pool.run(windows.parts(), &run);
            }
            Work::ArgExtreme(work) => work.run(addresses),
            Work::Gather(work) => work.run(addresses),
            Work::ScatterAdd(work) => work.run(addresses),
            Work::TakePart(work) => work.run(addresses),
            Work::PutPart(work) => work.run(addresses),
            Work::Scan(work) => work.run(addresses, scratch, pool, isa),
            Work::Reference(work) => work.run(addresses),
        }
    }
}

/// The block of the loop that follows a kernel which covers these of the kernel's elements.
fn following(epilogue: &Option<Loop>, elements: Option<Range<usize>>) -> Option<(&Loop, Block)> {
    let next = epilogue.as_ref()?;
    Some((next, next.block_of(elements?)?))
}

/// A plan in the making.
struct Compiler<'a> {
    graph: &'a Graph,
    fusion: Fusion,
    /// For each item its buffer.
    buffers: Vec<Option<usize>>,
    /// For each item whether anybody outside its loop wants its value.
    stored: Vec<bool>,
    places: Vec<Place>,
    /// Bytes of each buffer in the arena.
    arena_bytes: Vec<(usize, usize)>,
    constants: Vec<(usize, Array)>,
    constant_bytes: usize,
    steps: Vec<Step>,
}

impl<'a> Compiler<'a> {
    fn new(graph: &'a Graph) -> Compiler<'a> {
        Compiler::with(graph, Fusion::new(graph, false))
    }

    /// For the body of a scan: its outputs lie where they are wanted.
    fn for_body(graph: &'a Graph) -> Compiler<'a> {
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

    fn buffer(&mut self, place: Place) -> usize {
        self.places.push(place);
        self.places.len() - 1
    }

    fn arena_buffer(&mut self, bytes: usize) -> usize {
        let buffer = self.buffer(Place::Arena(self.arena_bytes.len()));
        self.arena_bytes.push((buffer, bytes));
        buffer
    }

    fn compile(mut self, pool: Arc<Pool>) -> Result<Plan, Error> {
        self.make_steps()?;
        self.finish(pool)
    }

    /// Makes all steps, in the order in which they run.
    fn make_steps(&mut self) -> Result<(), Error> {
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
        self.join_epilogues();
        Ok(())
    }

    /// Gives a buffer to each item that needs memory of its own.
    fn give_buffers(&mut self, parameter_buffers: &[usize], input_buffers: &[usize]) {
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

    fn constant(&mut self, array: Array) -> usize {
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
            Op::Dot(dot) if float => {
                let n = self.graph.nodes().len();
                let copied = [0, 1].map(|i| item.operands[i].0 >= n);
                let views = [&item.operands[0].1, &item.operands[1].1];
                let buffers = [inputs[0], inputs[1], output];
                Work::Dot(Products::new(dot, item.dtype, buffers, views, copied), None)
            }
            Op::Conv(op) if conv::fits(op, item.dtype) => {
                let own = self.graph.node(node.inputs[1]).ty.shape.clone();
                let copied = (item.operands[1].0 >= self.graph.nodes().len()).then_some(&own[..]);
                let views = [&item.operands[0].1, &item.operands[1].1];
                let buffers = [inputs[0], inputs[1], output];
                let partial = |bytes| self.arena_buffer(bytes);
                Work::Conv(Convolution::new(op, item.dtype, buffers, views, copied, partial), None)
            }
            Op::ArgMax(_) | Op::ArgMin(_) => {
                let (axis, largest) = match &node.op {
                    Op::ArgMax(op) => (op.axis, true),
                    Op::ArgMin(op) => (op.axis, false),
                    _ => unreachable!("the arm above names two operations"),
                };
                let (outer, n, inner) = around(shape(0), axis);
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
            Op::Gather(_) | Op::ScatterAdd(_) if float => {
                let axis = match &node.op {
                    Op::Gather(op) => op.axis,
                    Op::ScatterAdd(op) => op.axis,
                    _ => unreachable!("the arm above names two operations"),
                };
                let (outer, n, inner) = around(shape(0), axis);
                let n_indices = item.operands[1].1.size();
                let (x, indices, index_dtype) = (inputs[0], inputs[1], dtypes[1]);
                let blocks =
                    Gather { x, indices, index_dtype, output, dtype: item.dtype, outer, n, n_indices, inner };
                match inputs.get(2) {
                    None => Work::Gather(blocks),
                    Some(&updates) => Work::ScatterAdd(ScatterAdd { blocks, updates }),
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
            Work::Dot(products, _) => products.count() * products.product.flops(),
            Work::Conv(convolution, _) => convolution.flops(),
            Work::Windows(windows) => windows.flops(),
            Work::Gather(_) | Work::TakePart(_) | Work::PutPart(_) => 0,
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
        if let Work::Conv(convolution, _) = &work {
            writes.extend(convolution.partial());
        }
        self.steps.push(Step {
            work,
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

    /// Lets the first loop that walks over a product or convolution in its own order follow each
    /// block of it.
    fn join_epilogues(&mut self) {
        let mut i = 0;
        while i < self.steps.len() {
            if let Some(j) = self.epilogue_of(i)
                && let Work::Loop(next) = self.steps[j].work.clone()
            {
                let first = self.steps.remove(i);
                let step = &mut self.steps[j - 1];
                match first.work {
                    Work::Dot(products, _) => step.work = Work::Dot(products, Some(next)),
                    Work::Conv(convolution, _) => step.work = Work::Conv(convolution, Some(next)),
                    _ => {}
                }
                step.reads.extend(first.reads);
                step.writes.extend(first.writes);
                step.operations.splice(0..0, first.operations);
                step.flops += first.flops;
                step.bytes += first.bytes;
                step.node = first.node;
                continue;
            }
            i += 1;
        }
    }

    fn epilogue_of(&self, i: usize) -> Option<usize> {
        // What is written, how much of it, and the elements that each part makes.
        let (c, size, parts): (_, _, Vec<Range<usize>>) = match &self.steps[i].work {
            Work::Dot(products, None) => {
                let parts = (0..products.parts()).map(|part| products.whole_rows(part));
                let size = products.product.m * products.product.n;
                (&products.c, size, parts.collect::<Option<_>>()?)
            }
            Work::Conv(convolution, None) => {
                let parts = (0..convolution.parts()).map(|part| convolution.whole_rows(part));
                (&convolution.output, convolution.size(), parts.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        if size == 0 {
            return None;
        }
        for (j, step) in self.steps.iter().enumerate().skip(i + 1) {
            if step.reads.contains(c) {
                let Work::Loop(next) = &step.work else { return None };
                let in_order = next.loads.iter().all(|load| {
                    load.buffer != *c || (load.offset == 0 && walks_in_order(&next.extents, &load.strides))
                });
                let parts_fit = parts.iter().all(|part| next.block_of(part.clone()).is_some());
                let apart = self.steps[i].reads.iter().all(|buffer| !step.writes.contains(buffer));
                let fits = next.folds.is_empty() && next.size() == size && in_order && parts_fit && apart;
                return fits.then_some(j);
            }
            if self.steps[i].reads.iter().any(|buffer| step.writes.contains(buffer)) {
                return None;
            }
        }
        None
    }

    /// Where each buffer of the arena lies in it, and how many bytes it has.
    fn lay_out(&self) -> Result<(Vec<usize>, usize), Error> {
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

/// Whether a walk meets the elements of a whole buffer in row-major order.
fn walks_in_order(extents: &[usize], strides: &[isize]) -> bool {
    View { shape: extents.to_vec(), strides: strides.to_vec(), offset: 0 }.is_contiguous()
}

fn scratch_of(step: &Step) -> usize {
    match &step.work {
        Work::Loop(work) => work.scratch_bytes(),
        Work::Dot(products, next) => {
            products.scratch_bytes().max(next.as_ref().map_or(0, Loop::scratch_bytes))
        }
        Work::Conv(convolution, next) => {
            convolution.scratch_bytes().max(next.as_ref().map_or(0, Loop::scratch_bytes))
        }
        Work::Scan(work) => work.steps.iter().map(scratch_of).max().unwrap_or(0),
        _ => 0,
    }
}
