//! Operations that have no kernel: the reference evaluator's own loop, in f64.

use super::Addresses;
use super::lane::{read, write};
use cornu_graph::Type;
use cornu_graph::ops::{Op, Value};

/// One operation on buffers that lie in row-major order.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) op: Op,
    pub(crate) inputs: Vec<(usize, Type)>,
    pub(crate) output: (usize, Type),
}

impl Reference {
    /// # Safety
    /// The buffers hold what the fields say.
    pub(crate) unsafe fn run(&self, addresses: Addresses) {
        let values: Vec<Value> = (self.inputs.iter())
            .map(|(buffer, ty)| {
                // SAFETY: the caller's promise.
                let element = |i: usize| unsafe { read(addresses.at(*buffer), ty.dtype, i as isize) };
                Value { ty: ty.clone(), elements: (0..ty.shape.size()).map(element).collect() }
            })
            .collect();
        let operands: Vec<&Value> = values.iter().collect();
        let (buffer, ty) = &self.output;
        for (i, x) in self.op.eval(&operands, ty).into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { write::<f64>(addresses.at(*buffer), ty.dtype, i, x) };
        }
    }
}
