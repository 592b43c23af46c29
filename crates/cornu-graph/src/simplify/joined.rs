//! Sums of parts with zeros around them, which are the parts side by side: what the gradients of
//! slices add up to.

use super::{At, number};
use crate::ops::Op;
use crate::{Tensor, concat};

/// A part, from where to where it lies along an axis.
type Part = (usize, usize, Tensor);

/// `pad(a, 0) + pad(b, 0) = concat(a, b)` where the one lies beside the other, with zeros between
/// and around them as far as there are any.
pub(super) fn joined(at: &At) -> Option<Tensor> {
    let Op::Add(_) = at.op else { return None };
    let ((axis, mut all), (other, more)) = (parts(&at.x[0])?, parts(&at.x[1])?);
    all.extend(more);
    all.sort_by_key(|part| part.0);
    if axis != other || all.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return None;
    }
    let zeros = |from: usize, to: usize| {
        let mut extents = at.ty.shape.to_vec();
        extents[axis] = to - from;
        at.builder.full(extents, 0.0, at.ty.dtype)
    };
    let (mut pieces, mut end) = (Vec::new(), 0);
    for (start, stop, part) in all {
        if end < start {
            pieces.push(zeros(end, start));
        }
        pieces.push(part);
        end = stop;
    }
    if end < at.ty.shape[axis] {
        pieces.push(zeros(end, at.ty.shape[axis]));
    }
    Some(concat(&pieces.iter().collect::<Vec<_>>(), axis as isize))
}

/// The parts of `x` that lie among zeros along one axis, and which one.
fn parts(x: &Tensor) -> Option<(usize, Vec<Part>)> {
    if !x.is_made_by(|op| matches!(op, Op::Pad(_) | Op::Concat(_))) {
        return None;
    }
    let operands = x.operands();
    match x.op()? {
        Op::Pad(pad) if number(&operands[1]) == Some(0.0) && pad.interior.iter().all(|&n| n == 0) => {
            let mut padded = (0..pad.low.len()).filter(|&axis| pad.low[axis] + pad.high[axis] > 0);
            let axis = padded.next().filter(|_| padded.next().is_none())?;
            let (start, stop, _) = pad.range(axis, operands[0].shape()[axis]);
            Some((axis, vec![(start, stop, operands[0].clone())]))
        }
        Op::Concat(concat) => {
            let mut end = 0;
            let place = |part: &Tensor| {
                let start = end;
                end += part.shape()[concat.axis];
                (start, end, part.clone())
            };
            let all: Vec<Part> = operands.iter().map(place).collect();
            let found: Vec<Part> = all.iter().filter(|part| number(&part.2) != Some(0.0)).cloned().collect();
            (found.len() < all.len()).then_some((concat.axis, found))
        }
        _ => None,
    }
}
