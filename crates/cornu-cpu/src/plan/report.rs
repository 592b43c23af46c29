//! What a plan says of itself: its steps, their work, its memory.

use super::blocks::Follower;
use super::{Plan, Step, Work};
use crate::simd::Isa;
use cornu_graph::{Shape, Type};
use std::fmt::Write;
use std::time::Duration;

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
                    kernel: kernel_name(step),
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

fn kernel_name(step: &Step) -> String {
    let own = match &step.work {
        Work::Loop(_) if step.blocks.is_some() => String::new(),
        Work::Loop(work) if work.folds.is_empty() => "loop".into(),
        Work::Loop(_) => "loop, reduced".into(),
        Work::Dot(products) => format!("dot ({})", products.name(Isa::current())),
        Work::Conv(convolution) => convolution.name().into(),
        Work::Windows(_) => "window".into(),
        Work::ArgExtreme(_) => "argmax".into(),
        Work::Gather(_) => "gather".into(),
        Work::ScatterAdd(_) => "scatter_add".into(),
        Work::Copy(_) => "copy".into(),
        Work::TakePart(_) => "dynamic_slice".into(),
        Work::PutPart(_) => "dynamic_update_slice".into(),
        Work::Scan(work) => match work.n_parts() {
            1 => format!("scan ({} steps)", work.length),
            parts => format!("scan ({} steps, {parts} parts)", work.length),
        },
        Work::Reference(_) => "reference".into(),
    };
    let followers = step.blocks.as_ref().map_or(&[][..], |blocks| &blocks.followers);
    let is_loop = |follower: &Follower| matches!(follower, Follower::Loop(_));
    let names = followers.chunk_by(|a, b| is_loop(a) == is_loop(b)).map(|alike| {
        let name = if is_loop(&alike[0]) { "loop" } else { "window" };
        if alike.len() == 1 { name.into() } else { format!("{} {name}s", alike.len()) }
    });
    std::iter::once(own).filter(|own| !own.is_empty()).chain(names).collect::<Vec<_>>().join(" + ")
}
