//! Plans: a graph made ready to run again and again.

mod blocks;
mod compile;
mod report;
mod rows;
mod scan;

pub use report::{StepReport, table};

use crate::kernels::Addresses;
use crate::kernels::argmax::ArgExtreme;
use crate::kernels::conv::Convolution;
use crate::kernels::dot::Products;
use crate::kernels::fused::Loop;
use crate::kernels::gather::{Gather, ScatterAdd};
use crate::kernels::part::{PutPart, TakePart, Whole};
use crate::kernels::reference::Reference;
use crate::kernels::window::Windows;
use crate::memory::Memory;
use crate::pool::Pool;
use crate::simd::{FlushSubnormals, Isa};
use crate::widen::widened;
use blocks::Blocks;
use compile::Compiler;
use cornu_graph::{Array, Data, Declaration, Element, Error, Graph, Shape, Type, check_types};
use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Instant;

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

#[derive(Clone, Debug)]
enum Work {
    Loop(Loop),
    Dot(Products),
    Conv(Box<Convolution>),
    Windows(Windows),
    ArgExtreme(ArgExtreme),
    Gather(Gather),
    ScatterAdd(ScatterAdd),
    Copy(Whole),
    TakePart(TakePart),
    PutPart(PutPart),
    Scan(scan::Scan),
    Reference(Reference),
}

#[derive(Clone, Debug)]
struct Step {
    work: Work,
    /// What follows the work block by block; where the work is a loop, it is the first of them.
    blocks: Option<Blocks>,
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
        let graph = widened(cornu_graph::simplify(graph));
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
        self.bind(inputs, parameters)?;
        self.run_on(parameters)
    }

    /// Runs a plan that updates no parameter, as [`Plan::run`] does, on some rows of larger arrays: those
    /// from `first` on, as many as the inputs are declared with. Nothing is copied.
    ///
    /// ```
    /// use cornu_graph::{Array, Builder};
    /// use cornu_cpu::Plan;
    /// let b = Builder::new();
    /// let x = b.input("x", [2, 1]);
    /// let graph = b.build(&[("y", &(&x * 2.0))], &[]).unwrap();
    /// let mut plan = Plan::new(&graph, 1).unwrap();
    /// let x = Array::new([4, 1], vec![1f32, 2.0, 3.0, 4.0]).unwrap();
    /// plan.run_rows(&[x], 1, &[]).unwrap();
    /// assert_eq!(plan.output(0).to_f64(), [4.0, 6.0]);
    /// ```
    ///
    /// # Errors
    /// As for [`Plan::run`], and if the plan does update parameters, or an array has fewer rows.
    pub fn run_rows<A: Borrow<Array>>(
        &mut self,
        inputs: &[A],
        first: usize,
        parameters: &[Array],
    ) -> Result<(), Error> {
        let declared = self.graph.inputs();
        let fits = |(declaration, array): (&Declaration, &A)| {
            let (ty, shape) = (&declaration.ty, array.borrow().shape());
            let rows = ty.shape.first().map(|rows| first.checked_add(*rows));
            array.borrow().dtype() == ty.dtype
                && shape.rank() == ty.shape.rank()
                && shape.iter().skip(1).eq(ty.shape.iter().skip(1))
                && rows.is_some_and(|end| end.is_some_and(|end| end <= shape[0]))
        };
        if declared.len() != inputs.len() || !declared.iter().zip(inputs).all(fits) {
            let expected: Vec<String> = declared.iter().map(|d| format!("{}: {}", d.name, d.ty)).collect();
            let given: Vec<String> =
                inputs.iter().map(|x| format!("{}{}", x.borrow().dtype(), x.borrow().shape())).collect();
            return Err(Error::new(format!(
                "rows from {first} on of [{}] are no inputs [{}]",
                given.join(", "),
                expected.join(", ")
            )));
        }
        check_types("parameter", self.graph.parameters(), parameters.iter())?;
        self.place_inputs(|i, ty| {
            let row = ty.shape.iter().skip(1).product::<usize>() * ty.dtype.size();
            data_address(inputs[i].borrow().data()).wrapping_add(first * row)
        });
        self.run_on(parameters)
    }

    /// Runs the plan on the inputs that are bound, and on parameters that are looked at alone.
    fn run_on(&mut self, parameters: &[Array]) -> Result<(), Error> {
        if !self.graph.updates().is_empty() {
            return Err(Error::new("a plan that updates parameters needs them to itself"));
        }
        // Nothing is written through them: the graph has no updates.
        self.place_parameters(|i| data_address(parameters[i].data()).cast_mut());
        self.run_bound();
        Ok(())
    }

    /// Checks what a run is given, and notes where its inputs lie.
    fn bind<A: Borrow<Array>>(&mut self, inputs: &[A], parameters: &[Array]) -> Result<(), Error> {
        check_types("input", self.graph.inputs(), inputs.iter().map(Borrow::borrow))?;
        check_types("parameter", self.graph.parameters(), parameters.iter())?;
        self.place_inputs(|i, _| data_address(inputs[i].borrow().data()));
        Ok(())
    }

    /// Notes where the inputs, which nothing is written to, lie.
    fn place_inputs(&mut self, at: impl Fn(usize, &Type) -> *const u8) {
        for (address, place) in self.addresses.iter_mut().zip(&self.places) {
            if let Place::Input(i) = *place {
                *address = at(i, &self.graph.inputs()[i].ty).cast_mut();
            }
        }
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
    let blocks = step.blocks.as_ref();
    // Runs parts of a kernel, and the loops that follow it on what each part has made.
    let run = |parts: usize, kernel: &(dyn Fn(usize, Addresses, *mut u8) + Sync)| {
        let part = |part: usize, worker: usize| {
            // Also on the pool's other threads.
            let _flush = FlushSubnormals::new();
            let scratch = scratch.of(worker);
            let Some((blocks, rows)) = step.rows_after(part) else {
                return kernel(part, addresses, scratch);
            };
            // SAFETY: the rows are this part's alone; each worker has its own scratch.
            unsafe {
                let addresses = blocks.addresses(&rows, addresses, scratch);
                kernel(part, addresses, scratch);
                blocks.run(rows, part, addresses, scratch, isa);
            }
        };
        pool.run(parts, &part);
    };
    // SAFETY: parts write apart from each other; each worker has its own scratch.
    unsafe {
        match (&step.work, blocks) {
            (Work::Loop(_), Some(blocks)) => {
                let part = |part: usize, worker: usize| {
                    let _flush = FlushSubnormals::new();
                    let (rows, scratch) = (blocks.rows(part), scratch.of(worker));
                    let addresses = blocks.addresses(&rows, addresses, scratch);
                    blocks.run(rows, part, addresses, scratch, isa);
                };
                pool.run(blocks.parts, &part);
            }
            (Work::Loop(work), None) => {
                run(work.parts, &|part, addresses, scratch| {
                    work.run(work.block(part), part, true, addresses, scratch, isa);
                });
                work.finish(addresses);
            }
            (Work::Dot(products), _) => {
                run(products.parts(), &|part, addresses, scratch| {
                    products.run(part, addresses, scratch, isa);
                });
            }
            (Work::Conv(convolution), _) => {
                run(convolution.parts(), &|part, addresses, scratch| {
                    convolution.run(part, addresses, scratch, isa);
                });
                let sum = |part: usize, _: usize| {
                    let _flush = FlushSubnormals::new();
                    convolution.sum(part, addresses);
                };
                pool.run(convolution.sums(), &sum);
            }
            (Work::Windows(windows), _) => {
                run(windows.parts(), &|part, addresses, _| windows.run(windows.part(part), addresses, isa));
            }
            (Work::ArgExtreme(work), _) => work.run(addresses),
            (Work::Gather(work), _) => run(work.parts(), &|part, addresses, _| work.run(part, addresses)),
            (Work::ScatterAdd(work), _) => {
                run(work.parts(), &|part, addresses, _| work.run(part, addresses, isa));
            }
            (Work::Copy(work), _) => work.run(addresses),
            (Work::TakePart(work), _) => work.run(addresses),
            (Work::PutPart(work), _) => work.run(addresses),
            (Work::Scan(work), _) => work.run(addresses, scratch, pool, isa),
            (Work::Reference(work), _) => work.run(addresses),
        }
        if let Some(blocks) = blocks {
            blocks.finish(addresses);
        }
    }
}
