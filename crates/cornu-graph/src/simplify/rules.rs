//! The table of rewrites, the algebra above each.

use super::{At, lossless, number, reduced, scalar, under};
use crate::graph::Type;
use crate::ops::{self, Op, Value};
use crate::{Array, DType, Shape, Tensor};

/// What to compute instead of a node, or `None` where the row has nothing to say of it.
type Rule = fn(&At) -> Option<Tensor>;

/// The largest constant that is folded into.
const SMALL: usize = 64;

/// All rewrites, each offered every node in this order.
pub(super) const RULES: &[Rule] = &[
    // f(c, d) = the constant f(c, d)
    fold,
    // f(repeat(a), repeat(b)) = repeat(f(a, b)) for scalars a and b
    |at| match at.op.is_elementwise() && at.ty.shape.rank() > 0 {
        true => {
            let scalars: Vec<Tensor> = at.x.iter().map(scalar).collect::<Option<_>>()?;
            Some(at.apply(&scalars.iter().collect::<Vec<_>>()).broadcast_to(&at.ty.shape))
        }
        false => None,
    },
    // a scan of a body = the scan of the rewritten body
    |at| match at.op {
        Op::Scan(scan) => {
            let (scan, used) = scan.simplified()?;
            Some(scan.apply(at.builder, at.x, &used))
        }
        _ => None,
    },
    // parts among zeros, added, are the parts side by side
    super::joined::joined,
    // what is looked up in another order is looked up by indices in that order
    super::indexed::gathered,
    super::indexed::scattered,
    // x + 0 = x, 0 + x = x
    |at| match at.op {
        Op::Add(_) if at.number(1)? == 0.0 => Some(at.x[0].clone()),
        _ => None,
    },
    |at| match at.op {
        Op::Add(_) if at.number(0)? == 0.0 => Some(at.x[1].clone()),
        _ => None,
    },
    // x - 0 = x
    |at| match at.op {
        Op::Sub(_) if at.number(1)? == 0.0 => Some(at.x[0].clone()),
        _ => None,
    },
    // 0 - x = -x, but for bools, which have no negative
    |at| match at.op {
        Op::Sub(_) if at.ty.dtype.is_float() && at.number(0)? == 0.0 => Some(-&at.x[1]),
        _ => None,
    },
    // x * 1 = x, 1 * x = x
    |at| match at.op {
        Op::Mul(_) if at.number(1)? == 1.0 => Some(at.x[0].clone()),
        _ => None,
    },
    |at| match at.op {
        Op::Mul(_) if at.number(0)? == 1.0 => Some(at.x[1].clone()),
        _ => None,
    },
    // x * -1 = -x, -1 * x = -x
    |at| match at.op {
        Op::Mul(_) if at.number(1)? == -1.0 => Some(-&at.x[0]),
        _ => None,
    },
    |at| match at.op {
        Op::Mul(_) if at.number(0)? == -1.0 => Some(-&at.x[1]),
        _ => None,
    },
    // x * 0 = 0 for integers; among floats, NaN and infinity times zero are NaN
    |at| match at.op {
        Op::Mul(_) if !at.ty.dtype.is_float() => {
            let zero = at.number(0) == Some(0.0) || at.number(1) == Some(0.0);
            zero.then(|| at.full(0.0))
        }
        _ => None,
    },
    // x / 1 = x
    |at| match at.op {
        Op::Div(_) if at.number(1)? == 1.0 => Some(at.x[0].clone()),
        _ => None,
    },
    // x / 2^n = x * 2^-n, which is exact while both are normal numbers
    |at| match at.op {
        Op::Div(_) if matches!(at.ty.dtype, DType::F32 | DType::F64) => {
            let divisor = at.number(1)?;
            let exponent = divisor.abs().log2();
            let exact =
                exponent.fract() == 0.0 && exponent.abs() <= 126.0 && exponent.exp2() == divisor.abs();
            exact.then(|| &at.x[0] * at.full(1.0 / divisor))
        }
        _ => None,
    },
    // (x * c) * d = x * (c d), where c d is neither lost nor infinite
    |at| match at.op {
        Op::Mul(_) => merged(at, |op| matches!(op, Op::Mul(_)), |c, d| c * d),
        _ => None,
    },
    // (x + c) + d = x + (c + d)
    |at| match at.op {
        Op::Add(_) => merged(at, |op| matches!(op, Op::Add(_)), |c, d| c + d),
        _ => None,
    },
    // --x = x
    |at| match at.op {
        Op::Neg(_) if at.ty.dtype.is_float() => under(&at.x[0], |op| matches!(op, Op::Neg(_))),
        _ => None,
    },
    // -(a - b) = b - a
    |at| match at.op {
        Op::Neg(_) if at.ty.dtype.is_float() && at.x[0].is_made_by(|op| matches!(op, Op::Sub(_))) => {
            Some(at.x[0].operand(1)? - at.x[0].operand(0)?)
        }
        _ => None,
    },
    // a + -b = a - b
    |at| match at.op {
        Op::Add(_) if at.ty.dtype.is_float() => {
            under(&at.x[1], |op| matches!(op, Op::Neg(_))).map(|b| &at.x[0] - b)
        }
        _ => None,
    },
    // -a + b = b - a
    |at| match at.op {
        Op::Add(_) if at.ty.dtype.is_float() => {
            under(&at.x[0], |op| matches!(op, Op::Neg(_))).map(|a| &at.x[1] - a)
        }
        _ => None,
    },
    // a - -b = a + b
    |at| match at.op {
        Op::Sub(_) if at.ty.dtype.is_float() => {
            under(&at.x[1], |op| matches!(op, Op::Neg(_))).map(|b| &at.x[0] + b)
        }
        _ => None,
    },
    // -a * -b = a * b
    |at| match at.op {
        Op::Mul(_) if at.ty.dtype.is_float() => {
            let negative = |op: &Op| matches!(op, Op::Neg(_));
            Some(under(&at.x[0], negative)? * under(&at.x[1], negative)?)
        }
        _ => None,
    },
    // |-x| = |x|
    |at| match at.op {
        Op::Abs(_) if at.ty.dtype.is_float() => {
            under(&at.x[0], |op| matches!(op, Op::Neg(_))).map(|x| x.abs())
        }
        _ => None,
    },
    // x^0 = 1, x^1 = x, x^2 = x x, x^0.5 = sqrt(x), x^-1 = 1 / x
    |at| match at.op {
        Op::Pow(_) => match at.number(1)? {
            0.0 => Some(at.full(1.0)),
            1.0 => Some(at.x[0].clone()),
            2.0 => Some(&at.x[0] * &at.x[0]),
            0.5 if at.ty.dtype.is_float() => Some(at.x[0].sqrt()),
            -1.0 if at.ty.dtype.is_float() => Some(1.0 / &at.x[0]),
            _ => None,
        },
        _ => None,
    },
    // max(x, x) = x, min(x, x) = x
    |at| match at.op {
        Op::Maximum(_) | Op::Minimum(_) if at.x[0].is(&at.x[1]) => Some(at.x[0].clone()),
        _ => None,
    },
    // b and true = b, b or false = b; b and false = false, b or true = true
    |at| match (at.op, at.ty.dtype) {
        (Op::Minimum(_) | Op::Maximum(_), DType::Bool) => {
            let (b, known) = match (at.number(0), at.number(1)) {
                (_, Some(known)) => (&at.x[0], known),
                (Some(known), None) => (&at.x[1], known),
                _ => return None,
            };
            let neutral = if matches!(at.op, Op::Minimum(_)) { 1.0 } else { 0.0 };
            Some(if known == neutral { b.clone() } else { at.full(known) })
        }
        _ => None,
    },
    // not not b = b, where not b is b == false
    |at| match at.op {
        Op::Equal(_) if at.x[0].dtype() == DType::Bool && at.number(1)? == 0.0 => {
            let inner = under(&at.x[0], |op| matches!(op, Op::Equal(_)))?;
            let is_not = inner.dtype() == DType::Bool && number(&at.x[0].operand(1)?)? == 0.0;
            is_not.then_some(inner)
        }
        _ => None,
    },
    // true ? a : b = a, false ? a : b = b, c ? a : a = a
    |at| match at.op {
        Op::Select(_) if at.x[1].is(&at.x[2]) => Some(at.x[1].clone()),
        Op::Select(_) => Some(if at.number(0)? != 0.0 { at.x[1].clone() } else { at.x[2].clone() }),
        _ => None,
    },
    // stop_gradient(x) = x, once back-propagation is done
    |at| match at.op {
        Op::StopGradient(_) => Some(at.x[0].clone()),
        _ => None,
    },
    // x as its own dtype = x
    |at| match at.op {
        Op::Cast(_) if at.x[0].dtype() == at.ty.dtype => Some(at.x[0].clone()),
        _ => None,
    },
    // (x as wide) as d = x as d, where wide holds all numbers of x
    |at| match at.op {
        Op::Cast(_) => {
            let x = under(&at.x[0], |op| matches!(op, Op::Cast(_)))?;
            lossless(x.dtype(), at.x[0].dtype()).then(|| x.cast(at.ty.dtype))
        }
        _ => None,
    },
    // rearranged(repeat(a)) = repeat(a) for a scalar a
    |at| match at.op {
        Op::Reshape(_) | Op::Transpose(_) | Op::Slice(_) | Op::Reverse(_) => {
            under(&at.x[0], |op| matches!(op, Op::Broadcast(_)))?;
            Some(scalar(&at.x[0])?.broadcast_to(&at.ty.shape))
        }
        _ => None,
    },
    // x in its own shape = x, whatever puts it there: no axis moves and no element goes or comes
    |at| match at.op {
        Op::Reshape(_) | Op::Broadcast(_) | Op::Slice(_) | Op::Pad(_) => {
            let same = at.x[0].with_node(|node| node.ty.shape == at.ty.shape)?;
            same.then(|| at.x[0].clone())
        }
        Op::Transpose(ops::Transpose { axes }) if axes.iter().copied().eq(0..axes.len()) => {
            Some(at.x[0].clone())
        }
        Op::Concat(_) if at.x.len() == 1 => Some(at.x[0].clone()),
        _ => None,
    },
    // reshape(reshape(x)) = reshape(x)
    |at| match at.op {
        Op::Reshape(_) => under(&at.x[0], |op| matches!(op, Op::Reshape(_))).map(|x| x.reshape(&at.ty.shape)),
        _ => None,
    },
    // transpose(transpose(x, p), q) = transpose(x, p[q])
    |at| match at.op {
        Op::Transpose(outer) => {
            let axes = at.x[0].with_node(|node| match &node.op {
                Op::Transpose(inner) => Some(outer.axes.iter().map(|&axis| inner.axes[axis]).collect()),
                _ => None,
            });
            let axes: Vec<usize> = axes??;
            Some(at.x[0].operand(0)?.transpose(&axes))
        }
        _ => None,
    },
    // a transpose that moves axes of extent 1 alone is a reshape, which moves no memory
    |at| match at.op {
        Op::Transpose(ops::Transpose { axes }) => {
            let shape = at.x[0].shape();
            let wide: Vec<usize> = axes.iter().copied().filter(|&axis| shape[axis] != 1).collect();
            wide.is_sorted().then(|| at.x[0].reshape(&at.ty.shape))
        }
        _ => None,
    },
    // repeat(repeat(x)) = repeat(x)
    |at| match at.op {
        Op::Broadcast(_) => {
            under(&at.x[0], |op| matches!(op, Op::Broadcast(_))).map(|x| x.broadcast_to(&at.ty.shape))
        }
        _ => None,
    },
    // a broadcast that adds axes of extent 1 alone is a reshape
    |at| match at.op {
        Op::Broadcast(_) if at.x[0].rank() > 0 && at.x[0].shape().size() == at.ty.shape.size() => {
            Some(at.x[0].reshape(&at.ty.shape))
        }
        _ => None,
    },
    // repeat(reshape(a)) = repeat(a) for a scalar a
    |at| match at.op {
        Op::Broadcast(_) => {
            let x = under(&at.x[0], |op| matches!(op, Op::Reshape(_)))?;
            (x.rank() == 0).then(|| x.broadcast_to(&at.ty.shape))
        }
        _ => None,
    },
    // reverse(reverse(x)) = x along the same axes
    |at| match at.op {
        Op::Reverse(outer) => under(&at.x[0], |op| matches!(op, Op::Reverse(inner) if outer == inner)),
        _ => None,
    },
    // reverse and running sum along axes of extent 1 are x
    |at| {
        let alone = |axis: &usize| at.ty.shape[*axis] == 1;
        match at.op {
            Op::Reverse(ops::Reverse { axes }) if axes.iter().all(alone) => Some(at.x[0].clone()),
            Op::CumSum(ops::CumSum { axis, .. }) if alone(axis) => Some(at.x[0].clone()),
            _ => None,
        }
    },
    // a reduction along no axes, or along axes of extent 1, is a reshape
    |at| {
        let axes = reduced(at.op)?;
        let shape = at.x[0].shape();
        axes.iter().all(|&axis| shape[axis] == 1).then(|| at.x[0].reshape(&at.ty.shape))
    },
    // sum(repeat(a)) = n a for a scalar a
    |at| match at.op {
        Op::Sum(ops::Sum { axes }) if matches!(at.ty.dtype, DType::F32 | DType::F64) => {
            let (shape, a) = (at.x[0].shape(), scalar(&at.x[0])?);
            let count: usize = axes.iter().map(|&axis| shape[axis]).product();
            Some((a * count as f64).broadcast_to(&at.ty.shape))
        }
        _ => None,
    },
    // sum(-x) = -sum(x)
    |at| match at.op {
        Op::Sum(_) if at.ty.dtype.is_float() => {
            under(&at.x[0], |op| matches!(op, Op::Neg(_))).map(|x| -at.apply(&[&x]))
        }
        _ => None,
    },
    // sum(x * repeat(a)) = sum(x) * a, where a is the same along all axes of the sum
    |at| match at.op {
        Op::Sum(sum) if at.ty.dtype.is_float() && at.x[0].is_made_by(|op| matches!(op, Op::Mul(_))) => {
            let operands = at.x[0].operands();
            let taken_out = |x: &Tensor, repeated: &Tensor| {
                let a = under(repeated, |op| matches!(op, Op::Broadcast(_)))?;
                let rank = repeated.rank();
                let extent =
                    |axis: usize| (axis + a.rank()).checked_sub(rank).map_or(1, |axis| a.shape()[axis]);
                let same = sum.axes.iter().all(|&axis| extent(axis) == 1);
                let kept: Shape = (0..rank).filter(|axis| !sum.axes.contains(axis)).map(extent).collect();
                same.then(|| at.apply(&[x]) * a.reshape(kept).broadcast_to(&at.ty.shape))
            };
            taken_out(&operands[0], &operands[1]).or_else(|| taken_out(&operands[1], &operands[0]))
        }
        _ => None,
    },
    // max(repeat(a)) = a, min(repeat(a)) = a for a scalar a, where there is an element
    |at| match at.op {
        Op::ReduceMax(_) | Op::ReduceMin(_) if at.x[0].shape().size() > 0 => {
            Some(scalar(&at.x[0])?.broadcast_to(&at.ty.shape))
        }
        _ => None,
    },
    // a constant of equal elements repeats one, in which the rows above see a number
    |at| match at.op {
        Op::Constant(constant) if (2..=SMALL).contains(&constant.ty.shape.size()) => {
            let elements = constant.elements();
            let equal = elements.iter().all(|x| x.to_bits() == elements[0].to_bits());
            equal.then(|| at.full(elements[0]))
        }
        _ => None,
    },
];

/// The constant that a node on constants is, where it is small. Repetition stays as it is: a number
/// tells more than an array of it.
fn fold(at: &At) -> Option<Tensor> {
    let small = |shape: &Shape| shape.size() <= SMALL;
    if at.x.is_empty() || !small(&at.ty.shape) || matches!(at.op, Op::Broadcast(_) | Op::Uniform(_)) {
        return None;
    }
    let constant = |x: &Tensor| {
        x.with_node(|node| match &node.op {
            Op::Constant(constant) if small(&constant.ty.shape) => {
                Some(Value { ty: constant.ty.clone(), elements: constant.elements() })
            }
            _ => None,
        })?
    };
    let operands: Vec<Value> = at.x.iter().map(constant).collect::<Option<_>>()?;
    let elements = at.op.eval(&operands.iter().collect::<Vec<_>>(), at.ty);
    let Type { shape, dtype } = at.ty;
    Array::from_f64(shape, *dtype, &elements).ok().map(|array| at.builder.constant(&array))
}

/// `(x . c) . d` as `x . (c . d)`, whichever sides the numbers are on.
fn merged(at: &At, same: impl Fn(&Op) -> bool, both: impl Fn(f64, f64) -> f64) -> Option<Tensor> {
    if !at.ty.dtype.is_float() {
        return None;
    }
    let split = |a: &Tensor, b: &Tensor| match (number(a), number(b)) {
        (None, Some(c)) => Some((a.clone(), c)),
        (Some(c), None) => Some((b.clone(), c)),
        _ => None,
    };
    let (inner, d) = split(&at.x[0], &at.x[1])?;
    let (x, c) = inner.is_made_by(same).then(|| split(&inner.operand(0)?, &inner.operand(1)?))??;
    let (exact, joint) = (both(c, d), at.ty.dtype.round(both(c, d)));
    // A product too small or too large to be held would lose what the two factors in turn keep.
    let least = match at.ty.dtype {
        DType::F16 => half::f16::MIN_POSITIVE.to_f64(),
        DType::F64 => f64::MIN_POSITIVE,
        _ => f32::MIN_POSITIVE as f64,
    };
    let kept = exact == 0.0 || (joint.is_finite() && joint.abs() >= least);
    kept.then(|| at.builder.push(at.op.clone(), &[&x, &at.full(joint)]))
}
