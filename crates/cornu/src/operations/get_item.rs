//! Parts of a tensor by an index: `x[:, 0, ..., ::2]`.

use super::Definition;
use super::call::{Call, place};
use crate::arguments::Argument;
use cornu_graph::Tensor;
use serde_json::Value;

pub(super) static OPERATIONS: &[Definition] =
    &[Definition::one("numpy", "GetItem", "a part by an index: x[:, 0]", get_item).takes(&["x", "key"])];

/// What an index says about an axis.
enum Part {
    /// This element, and the axis goes.
    One(i64),
    /// Those from a start to a stop, by a step.
    Range(Option<i64>, Option<i64>, i64),
    /// A new axis.
    New,
    /// All axes that no other part is about.
    Rest,
}

fn part(key: &Argument<Tensor>) -> Result<Part, String> {
    let Argument::Value(value) = key else {
        return Err(
            "can be indexed by whole numbers and ranges alone; take the elements at computed places \
                    by Take"
                .into(),
        );
    };
    if value.is_null() {
        return Ok(Part::New);
    }
    match value.get("class_name").and_then(Value::as_str) {
        Some("__ellipsis__") => Ok(Part::Rest),
        Some("__slice__") => {
            let bound = |name: &str| match value.pointer(&format!("/config/{name}")) {
                None | Some(Value::Null) => Ok(None),
                Some(bound) => match bound.as_i64() {
                    Some(bound) => Ok(Some(bound)),
                    None => Err(format!("cannot be indexed from or to {bound}")),
                },
            };
            Ok(Part::Range(bound("start")?, bound("stop")?, bound("step")?.unwrap_or(1)))
        }
        _ => match value.as_i64() {
            Some(place) => Ok(Part::One(place)),
            None => Err(format!("cannot be indexed by {value}")),
        },
    }
}

/// The elements along `axis` from `start` to `stop`, by `step`, as Python counts them.
pub(super) fn ranged(
    x: &Tensor,
    axis: usize,
    (start, stop, step): (Option<i64>, Option<i64>, i64),
) -> Result<Tensor, String> {
    let n = x.shape()[axis] as i64;
    if step == 0 {
        return Err("cannot be indexed by a step of 0".into());
    }
    let (least, most) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let bound = |given: Option<i64>, default: i64| match given {
        None => default,
        Some(bound) => (if bound < 0 { bound.saturating_add(n) } else { bound }).clamp(least, most),
    };
    let (start, stop) = match step > 0 {
        true => (bound(start, 0), bound(stop, n)),
        false => (bound(start, n - 1), bound(stop, -1)),
    };
    let span = if step > 0 { stop - start } else { start - stop };
    let width = step.unsigned_abs() as usize;
    let count = (span.max(0) as usize).div_ceil(width);
    let mut ranges: Vec<_> = x.shape().iter().map(|&extent| (0, extent, 1)).collect();
    ranges[axis] = match (count, step > 0) {
        (0, _) => (0, 0, 1),
        (_, true) => (start as usize, stop as usize, width),
        (_, false) => (start as usize - (count - 1) * width, start as usize + 1, width),
    };
    let y = x.slice(&ranges);
    Ok(if step < 0 { y.reverse(&[axis as isize]) } else { y })
}

fn get_item(call: &Call) -> Result<Tensor, String> {
    let mut x = call.tensor("x")?;
    let parts: Vec<Part> = match call.raw("key") {
        Some(Argument::List(items)) => items.iter().map(part).collect::<Result<_, _>>()?,
        Some(key) => vec![part(key)?],
        None => return Err("has no index".into()),
    };
    let used = parts.iter().filter(|part| !matches!(part, Part::New | Part::Rest)).count();
    let rests = parts.iter().filter(|part| matches!(part, Part::Rest)).count();
    if used > x.rank() || rests > 1 {
        return Err(format!("cannot be indexed by {used} parts: it has {} axes", x.rank()));
    }
    let left = x.rank() - used;
    let mut axis = 0;
    for part in parts {
        match part {
            Part::New => {
                x = x.expand_dims(axis as isize);
                axis += 1;
            }
            Part::Rest => axis += left,
            Part::Range(start, stop, step) => {
                x = ranged(&x, axis, (start, stop, step))?;
                axis += 1;
            }
            Part::One(index) => {
                let n = x.shape()[axis];
                let index = place(index, n)
                    .map_err(|_| format!("cannot be indexed by {index} along an axis of {n} elements"))?;
                let shape = x.shape().without(&[axis]);
                x = x.slice_axis(axis as isize, index, index + 1).reshape(shape);
            }
        }
    }
    Ok(x)
}
