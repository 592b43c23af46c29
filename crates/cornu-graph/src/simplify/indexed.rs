//! Rearrangements of what is looked up in a table, done to the indices instead: they are fewer.

use super::At;
use crate::Tensor;
use crate::ops::{Op, ScatterAdd};

/// `transpose(gather(x, i)) = gather(x, transpose(i))`, where only the axes of the indices move.
pub(super) fn gathered(at: &At) -> Option<Tensor> {
    let Op::Transpose(transpose) = at.op else { return None };
    let Op::Gather(gather) = at.x[0].op()? else { return None };
    let [x, indices] = &at.x[0].operands()[..] else { return None };
    let axes = among_indices(&transpose.axes, gather.axis, indices.rank())?;
    Some(x.gather(&indices.transpose(&axes), gather.axis as isize))
}

/// `scatter_add(x, i, transpose(u)) = scatter_add(x, transpose(i), u)`, where only the axes of the indices
/// move, and go back.
pub(super) fn scattered(at: &At) -> Option<Tensor> {
    let Op::ScatterAdd(ScatterAdd { axis }) = at.op else { return None };
    let Op::Transpose(transpose) = at.x[2].op()? else { return None };
    let there = among_indices(&transpose.axes, *axis, at.x[1].rank())?;
    let mut back = vec![0; there.len()];
    for (to, &from) in there.iter().enumerate() {
        back[from] = to;
    }
    Some(at.x[0].scatter_add(&at.x[1].transpose(&back), &at.x[2].operands()[0], *axis as isize))
}

/// How the axes of indices that stand from `first` on are rearranged, if no others are.
fn among_indices(axes: &[usize], first: usize, rank: usize) -> Option<Vec<usize>> {
    let indices = first..first + rank;
    let stays = |(to, from): (usize, &usize)| indices.contains(&to) && indices.contains(from) || to == *from;
    let own = || axes[indices.clone()].iter().map(|axis| axis - first).collect();
    axes.iter().enumerate().all(stays).then(own)
}
