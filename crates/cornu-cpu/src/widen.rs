//! Work on 16-bit floats that no kernel computes in: done on 32 bits, and rounded at the end.

use crate::kernels::conv::fits_tiles;
use cornu_graph::ops::Op;
use cornu_graph::{Builder, DType, Graph, Node, Tensor};

/// Whether numbers of a dtype are floats of 16 bits.
pub(crate) fn is_half(dtype: DType) -> bool {
    matches!(dtype, DType::BF16 | DType::F16)
}

/// The graph with casts around operations on 16-bit floats that have no kernel for them; as it is, where
/// there are none.
pub(crate) fn widened(graph: Graph) -> Graph {
    let wide = |node: &Node| {
        let half =
            is_half(node.ty.dtype) || node.inputs.first().is_some_and(|id| is_half(graph.node(*id).ty.dtype));
        let in_tiles = |conv| {
            let operand = |i: usize| graph.node(node.inputs[i]);
            let (x, kernel) = (operand(0), operand(1));
            node.ty.dtype == DType::BF16 && fits_tiles(conv, &x.ty.shape, &kernel.ty.shape)
        };
        half && !runs_in_half(&node.op) && !matches!(&node.op, Op::Conv(conv) if in_tiles(conv))
    };
    if !graph.nodes().iter().any(wide) {
        return graph;
    }
    let rewritten = graph.rewritten(&mut |builder: &Builder, node: &Node, operands: &[Tensor]| {
        if !wide(node) {
            return None;
        }
        let operands: Vec<Tensor> = (operands.iter())
            .map(|x| if is_half(x.dtype()) { x.cast(DType::F32) } else { x.clone() })
            .collect();
        let y = builder.push(node.op.clone(), &operands.iter().collect::<Vec<_>>());
        Some(y.cast(node.ty.dtype))
    });
    rewritten.unwrap_or(graph)
}

/// Whether an operation is a loop, moves numbers alone, or has a kernel of its own for 16 bits.
fn runs_in_half(op: &Op) -> bool {
    !matches!(
        op,
        Op::Conv(_)
            | Op::WindowSum(_)
            | Op::WindowMax(_)
            | Op::WindowSelect(_)
            | Op::WindowScatter(_)
            | Op::ScatterAdd(_)
    )
}
