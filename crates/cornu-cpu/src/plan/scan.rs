//! Scans in plans: a body compiled once, whose steps run again and again on other addresses.

use super::{Compiler, Place, Scratch, Step, Work, run_step};
use crate::fuse::Item;
use crate::kernels::Addresses;
use crate::pool::Pool;
use crate::simd::Isa;
use crate::widen::widened;
use cornu_graph::Error;
use cornu_graph::ops;

/// A body's steps, and where its buffers are in each round of them.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) steps: Vec<Step>,
    pub(super) length: usize,
    /// The buffer around the scan that holds the table of the body's addresses.
    table: usize,
    /// For each buffer of the body: the buffer around the scan that it lies in, and at which byte,
    /// in the first round.
    places: Vec<(usize, isize)>,
    /// The body's buffers that move on, and by how many bytes a round.
    moving: Vec<(usize, isize)>,
    /// The body's buffers that hold a carry before a round, and after it.
    carries: Vec<(usize, usize)>,
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

    /// # Safety
    /// As for [`run_step`]; the buffers hold what [`Compiler::scan`] has laid out.
    pub(super) unsafe fn run(&self, addresses: Addresses, scratch: Scratch, pool: &Pool, isa: Isa) {
        // SAFETY: the table has an entry for each of the body's buffers; these lie within buffers
        // around the scan for as long as rounds run (past the last one they are not used).
        unsafe {
            let table = addresses.at(self.table).cast::<*mut u8>();
            for (i, &(buffer, offset)) in self.places.iter().enumerate() {
                *table.add(i) = addresses.at(buffer).wrapping_offset(offset);
            }
            for _ in 0..self.length {
                for step in &self.steps {
                    run_step(step, Addresses(table), scratch, pool, isa);
                }
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
        let (offsets, bytes) = body.lay_out()?;
        let arena = self.arena_buffer(bytes);
        let table = self.arena_buffer(body.places.len() * size_of::<*mut u8>());
        let mut constants = std::mem::take(&mut body.constants).into_iter();
        let first = if scan.reverse { scan.length as isize - 1 } else { 0 };
        let columns = scan.columns();
        let element = item.dtype.size() as isize;
        let apart = self.fusion.apart[item.node];
        let (mut places, mut moving) = (Vec::new(), Vec::new());
        // Which of the body's buffers are its inputs and outputs.
        let (mut given, mut made) = (vec![0; inputs.len()], vec![0; columns.len()]);
        for (buffer, place) in body.places.iter().enumerate() {
            let (around, offset, stride) = match *place {
                Place::Arena(i) => (arena, offsets[i] as isize, 0),
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
            places.push((around, offset + first * stride));
            if stride != 0 {
                moving.push((buffer, if scan.reverse { -stride } else { stride }));
            }
        }
        let carries = (0..scan.n_carries).map(|i| (given[i], made[i])).collect();
        let operations = body.steps.iter().flat_map(|step| step.operations.iter().copied()).collect();
        let work = Scan { steps: body.steps, length: scan.length, table, places, moving, carries };
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
}
