//! More elements before the first and after the last.

use super::Definition;
use super::call::Call;
use cornu_graph::Tensor;
use serde_json::Value;

pub(super) static OPERATIONS: &[Definition] =
    &[Definition::one("numpy", "Pad", "more elements around the others", pad)
        .takes(&["x", "constant_values"])
        .set(&["pad_width", "mode"])];

/// The most elements that are added along an axis in another mode than `constant`.
const MOST: usize = 1 << 24;

fn widths(call: &Call, rank: usize) -> Result<Vec<(usize, usize)>, String> {
    let unclear = || format!("cannot pad {rank} axes by {}", call.field("pad_width"));
    let count = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(unclear);
    let pair = |value: &Value| match value.as_array().map(Vec::as_slice) {
        Some([low, high]) => Ok((count(low)?, count(high)?)),
        Some([both]) => Ok((count(both)?, count(both)?)),
        None => Ok((count(value)?, count(value)?)),
        _ => Err(unclear()),
    };
    let given = match call.field("pad_width") {
        Value::Array(items) if items.iter().any(Value::is_array) => {
            items.iter().map(pair).collect::<Result<Vec<_>, _>>()?
        }
        value => vec![pair(value)?],
    };
    match given[..] {
        [same] => Ok(vec![same; rank]),
        _ if given.len() == rank => Ok(given),
        _ => Err(unclear()),
    }
}

fn pad(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let widths = widths(call, x.rank())?;
    let mode = call.text("mode", "constant")?;
    if mode == "constant" {
        let value = match call.optional("constant_values")? {
            Some(value) => value.cast(x.dtype()),
            None => x.number(0.0),
        };
        let padding: Vec<_> = widths.into_iter().map(|(low, high)| (low, high, 0)).collect();
        return Ok(x.pad(&padding, value));
    }
    let mut y = x;
    for (axis, (low, high)) in widths.into_iter().enumerate() {
        let n = y.shape()[axis];
        if low + high == 0 {
            continue;
        }
        if n == 0 || low.saturating_add(high) > MOST {
            return Err(format!("cannot pad {n} elements by {low} and {high}"));
        }
        let places = (-(low as i64)..(n + high) as i64).map(|i| mirrored(mode, i, n as i64));
        let places: Vec<f64> =
            places.collect::<Option<_>>().ok_or_else(|| format!("has no mode `{mode}`"))?;
        y = y.gather(&call.integers([places.len()], &places)?, axis as isize);
    }
    Ok(y)
}

/// Which of `n` elements stands at place `i`, that may lie outside them.
fn mirrored(mode: &str, i: i64, n: i64) -> Option<f64> {
    let place = match mode {
        "edge" => i.clamp(0, n - 1),
        "wrap" => i.rem_euclid(n),
        "symmetric" => {
            let i = i.rem_euclid(2 * n);
            i.min(2 * n - 1 - i)
        }
        "reflect" if n == 1 => 0,
        "reflect" => {
            let i = i.rem_euclid(2 * (n - 1));
            i.min(2 * (n - 1) - i)
        }
        _ => return None,
    };
    Some(place as f64)
}
