//! Scans in plans: a body compiled once, whose steps run again and again on other addresses.
//!
//! Where the rows of a body need nothing of each other, as those of a batch do not, parts of them go
//! through all rounds by themselves, and meet only at the end of the scan.

use super::{Compiler, Place, Scratch, Step, Work, run_step};
use crate::fuse::Item;
use crate::kernels::Addresses;
use crate::memory::ALIGNMENT;
use crate::pool::Pool;
use crate::simd::{FlushSubnormals, Isa};
use crate::widen::widened;
use cornu_graph::Error;
use cornu_graph::ops;
use std::ops::Range;

/// Rows that a part has at least: they share what they read of a kernel.
const ROWS: usize = 16;

/// The most parts of a scan's rows.
const MAX_PARTS: usize = 8;

/// Floating-point operations of all rounds that are worth a part of their own.
const PART_FLOPS: usize = 1 << 22;

/// The most bytes of a kernel that each part reads by itself: they stay in the second-level cache.
const KERNEL: usize = 1 << 20;

/// A body's steps, and where its buffers are in each round of them.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) steps: Vec<Step>,
    pub(super) length: usize,
    /// Parts that go through all rounds by themselves, if any do.
    parts: Vec<Rows>,
    /// How many rows there are.
    rows: usize,
    /// The buffer around the scan that holds the parts' tables of the body's addresses.
    table: usize,
    /// For each buffer of the body, where it lies in the first round.
    places: Vec<Around>,
    /// The body's buffers that move on, and by how many bytes a round.
    moving: Vec<(usize, isize)>,
    /// The body's buffers that hold a carry before a round, and after it.
    carries: Vec<(usize, usize)>,
}

/// Some rows of a body, and its steps for these.
#[derive(Clone, Debug)]
struct Rows {
    own: Range<usize>,
    steps: Vec<Step>,
}

/// Where a buffer of a body lies.
#[derive(Clone, Debug)]
struct Around {
    /// The buffer around the scan that it lies in, and at which byte.
    buffer: usize,
    offset: isize,
    /// How many bytes on the next part has its own.
    apart: isize,
    /// Bytes of a row, where a part has memory for its own rows alone.
    row: isize,
}

impl Scan {
    /// Floating-point operations of all rounds.
    pub(super) fn flops(&self) -> usize {
        self.length * self.steps.iter().map(|step| step.flops).sum::<usize>()
    }

    /// Bytes that all rounds read and write.
    pub(super) fn bytes(&self) -> usize {
        self.length * self.steps.iter().map(|step| step.bytes).sum::<usize>()
    }

    /// How many parts of the rows go through the rounds by themselves; 1 where all go together.
    pub(super) fn n_parts(&self) -> usize {
        self.parts.len().max(1)
    }

    /// # Safety
    /// As for [`run_step`]; the buffers hold what [`Compiler::scan`] has laid out.
    pub(super) unsafe fn run(&self, addresses: Addresses, scratch: Scratch, pool: &Pool, isa: Isa) {
        // SAFETY: the caller's promises are passed on; parts have rows, memory and tables of their own.
        unsafe {
            if self.n_parts() == 1 {
                return self.rounds(0, 0, addresses, |table| {
                    for step in &self.steps {
                        run_step(step, table, scratch, pool, isa);
                    }
                });
            }
            let part = |part: usize, worker: usize| {
                let _flush = FlushSubnormals::new();
                let Rows { own, steps } = &self.parts[part];
                self.rounds(part, own.start, addresses, |table| {
                    for step in steps {
                        step.run_rows(own, self.rows, table, scratch.of(worker), isa);
                    }
                });
            };
            pool.run(self.parts.len(), &part);
        }
    }

    /// Goes through all rounds for a part of the rows, which begin at `first`.
    ///
    /// # Safety
    /// As for [`Scan::run`]; `round` does as one round's steps do.
    unsafe fn rounds(&self, part: usize, first: usize, addresses: Addresses, round: impl Fn(Addresses)) {
        // SAFETY: each part's table has an entry for each of the body's buffers; these lie within buffers
        // around the scan for as long as rounds run (past the last one they are not used).
        unsafe {
            let table = addresses.at(self.table).cast::<*mut u8>().add(part * self.places.len());
            for (i, place) in self.places.iter().enumerate() {
                let offset = place.offset + part as isize * place.apart - first as isize * place.row;
                *table.add(i) = addresses.at(place.buffer).wrapping_offset(offset);
            }
            for _ in 0..self.length {
                round(Addresses(table));
                for &(before, after) in &self.carries {
                    *table.add(before) = *table.add(after);
                }
                for &(buffer, bytes) in &self.moving {
                    *table.add(buffer) = (*table.add(buffer)).wrapping_offset(bytes);
                }
            }
        }
    }
}

impl Compiler<'_> {
    /// Makes the step of a scan, which reads `inputs` and writes `output`.
    pub(super) fn scan(
        &mut self,
        scan: &ops::Scan,
        item: &Item,
        inputs: Vec<usize>,
        output: usize,
    ) -> Result<(), Error> {
        let graph = widened(scan.body.graph().clone());
        let mut body = Compiler::for_body(&graph);
        body.make_steps()?;
        let (rows, parts) = body.parts_of_rows(scan).unwrap_or_default();
        let n_parts = parts.len().max(1);
        // Of what the body keeps to itself, each part has just its own rows.
        let mut row_bytes = vec![0; body.arena_bytes.len()];
        if let Some(most) = parts.iter().map(|part| part.own.len()).max() {
            for ((_, bytes), row) in body.arena_bytes.iter_mut().zip(&mut row_bytes) {
                if bytes.is_multiple_of(rows) {
                    *row = *bytes / rows;
                    *bytes = *row * most;
                }
            }
        }
        let (offsets, bytes) = body.lay_out()?;
        let bytes = bytes.next_multiple_of(ALIGNMENT);
        let arena = self.arena_buffer(n_parts * bytes);
        let table = self.arena_buffer(n_parts * body.places.len() * size_of::<*mut u8>());
        let mut constants = std::mem::take(&mut body.constants).into_iter();
        let first = if scan.reverse { scan.length as isize - 1 } else { 0 };
        let columns = scan.columns();
        let element = item.dtype.size() as isize;
        let apart = self.fusion.apart[item.node];
        let (mut places, mut moving) = (Vec::new(), Vec::new());
        // Which of the body's buffers are its inputs and outputs.
        let (mut given, mut made) = (vec![0; inputs.len()], vec![0; columns.len()]);
        for (buffer, place) in body.places.iter().enumerate() {
            let (mut apart_bytes, mut row) = (0, 0);
            let (around, offset, stride) = match *place {
                Place::Arena(i) => {
                    (apart_bytes, row) = (bytes as isize, row_bytes[i] as isize);
                    (arena, offsets[i] as isize, 0)
                }
                Place::Constant(_) => match constants.next() {
                    Some((_, array)) => (self.constant(array), 0, 0),
                    None => return Err(Error::new("a constant of a scan's body has no array")),
                },
                Place::Output(i) => {
                    made[i] = buffer;
                    let (start, row) = match apart {
                        true => (scan.length * columns[i].start, columns[i].len()),
                        false => (columns[i].start, item.shape[1]),
                    };
                    (output, start as isize * element, row as isize * element)
                }
                Place::Input(i) => {
                    given[i] = buffer;
                    let (of, view) = &item.operands[i];
                    let size = self.fusion.items[*of].dtype.size() as isize;
                    let sequences = scan.n_carries..scan.n_carries + scan.n_sequences;
                    let stride = if sequences.contains(&i) { view.strides[0] * size } else { 0 };
                    (inputs[i], view.offset * size, stride)
                }
                Place::Parameter(_) => return Err(Error::new("the body of a scan has no parameters")),
            };
            places.push(Around { buffer: around, offset: offset + first * stride, apart: apart_bytes, row });
            if stride != 0 {
                moving.push((buffer, if scan.reverse { -stride } else { stride }));
            }
        }
        let carries = (0..scan.n_carries).map(|i| (given[i], made[i])).collect();
        let operations = body.steps.iter().flat_map(|step| step.operations.iter().copied()).collect();
        let length = scan.length;
        let work = Scan { steps: body.steps, length, parts, rows, table, places, moving, carries };
        let (flops, bytes) = (work.flops(), work.bytes());
        self.steps.push(Step {
            work: Work::Scan(work),
            blocks: None,
            reads: inputs,
            writes: vec![output, arena, table],
            operations,
            node: item.node,
            shape: item.shape.clone(),
            flops,
            bytes,
        });
        Ok(())
    }

    /// How many rows a body's values have, and the parts of them that can go through all rounds by
    /// themselves, with the steps for each.
    fn parts_of_rows(&self, scan: &ops::Scan) -> Option<(usize, Vec<Rows>)> {
        let columns = scan.columns();
        let rows = *scan.results().first()?.shape.first()?;
        let flops = scan.length * self.steps.iter().map(|step| step.flops).sum::<usize>();
        let n_parts = (rows / ROWS).min(flops / PART_FLOPS).min(MAX_PARTS);
        if n_parts < 2 {
            return None;
        }
        let mut sizes = vec![None; self.places.len()];
        for (item, buffer) in self.buffers.iter().enumerate() {
            if let Some(buffer) = *buffer {
                sizes[buffer] = match self.places[buffer] {
                    Place::Arena(_) => Some(self.fusion.items[item].shape.size()),
                    Place::Output(i) => Some(columns[i].len()),
                    Place::Input(i) if i < scan.n_carries => Some(columns[i].len()),
                    _ => None,
                };
            }
        }
        let shared = |step: &Step| match &step.work {
            Work::Dot(work) => work.product.k * work.product.n * work.dtype.size() <= KERNEL,
            _ => true,
        };
        let apart = |step: &Step| shared(step) && step.is_row_by_row(rows, &|buffer| sizes[buffer]);
        if !self.steps.iter().all(apart) {
            return None;
        }
        let parts = (0..n_parts).map(|i| {
            let own = rows * i / n_parts..rows * (i + 1) / n_parts;
            let steps = self.steps.iter().map(|step| step.of_rows(own.clone(), rows));
            Some(Rows { steps: steps.collect::<Option<_>>()?, own })
        });
        Some((rows, parts.collect::<Option<_>>()?))
    }
}
