//! What a step keeps for its gradient.

use crate::graph::Id;
use crate::ops::Op;
use crate::{Builder, Tensor};

/// Adds to `outputs` what the gradient of a step reads, takes long to compute and has their dtype. What
/// is computed quickly from these and from what the step was given is computed again.
pub(super) fn keep(body: &Builder, outputs: &mut Vec<Tensor>) {
    let Some(dtype) = outputs.first().map(Tensor::dtype) else { return };
    let state = body.0.borrow();
    let n = state.nodes.len();
    // What the outputs are made of, and whose values the gradient reads or computes again.
    let (mut used, mut read) = (vec![false; n], vec![false; n]);
    for output in &*outputs {
        used[output.id.index()] = true;
    }
    let is_output = |index: usize| outputs.iter().any(|output| output.id.index() == index);
    let mut found = Vec::new();
    for (index, node) in state.nodes.iter().enumerate().rev() {
        if !used[index] {
            continue;
        }
        let by = gradient_of(&node.op);
        let known = is_output(index);
        let wanted = (read[index] || by == Reads::Result) && !known;
        let kept = wanted && takes_long(&node.op) && node.ty.dtype == dtype;
        if kept {
            found.push(index);
        }
        for operand in &node.inputs {
            used[operand.index()] = true;
            read[operand.index()] |= by == Reads::Operands || (wanted && !kept);
        }
    }
    drop(state);
    outputs.extend(found.into_iter().rev().map(|index| body.tensor(Id(index as u32))));
}

/// What the gradient of an operation reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Nothing,
    Result,
    Operands,
}

fn gradient_of(op: &Op) -> Reads {
    match op {
        Op::Exp(_) | Op::Sqrt(_) | Op::Tanh(_) | Op::Sigmoid(_) => Reads::Result,
        Op::Add(_) | Op::Sub(_) | Op::Neg(_) | Op::Sum(_) | Op::Broadcast(_) => Reads::Nothing,
        Op::Reshape(_) | Op::Transpose(_) | Op::Slice(_) | Op::Reverse(_) => Reads::Nothing,
        Op::Concat(_) | Op::Pad(_) | Op::Cast(_) => Reads::Nothing,
        _ => Reads::Operands,
    }
}

fn takes_long(op: &Op) -> bool {
    op.is_transcendental() || matches!(op, Op::Dot(_) | Op::Conv(_))
}
