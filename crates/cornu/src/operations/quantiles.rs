//! Elements at given parts of the order along axes.

use super::Definition;
use super::call::Call;
use super::result_type::FLOATX;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Median", "the middle element along axes", |call| {
        let half = call.builder().scalar(0.5, FLOATX);
        quantile(call, &half, "linear")
    })
    .set(&["axis", "keepdims"]),
    Definition::one(N, "Quantile", "the elements at parts of the order along axes", |call| {
        quantile(call, &call.float("q")?, call.text("method", "linear")?)
    })
    .takes(&["x", "q"])
    .set(&["axis", "method", "keepdims"]),
    Definition::one(N, "Percentile", "the elements at percents of the order along axes", |call| {
        quantile(call, &(call.float("q")? * 0.01), call.text("method", "linear")?)
    })
    .takes(&["x", "q"])
    .set(&["axis", "method", "keepdims"]),
];

fn quantile(call: &Call, q: &Tensor, method: &str) -> Result<Tensor, String> {
    let x = call.float("x")?;
    let axes = call.axes("axis", x.rank())?;
    let kept: Vec<usize> = (0..x.rank()).filter(|axis| !axes.contains(axis)).collect();
    let shape = x.shape();
    let n: usize = axes.iter().map(|&axis| shape[axis]).product();
    if n == 0 {
        return Err("is called on no elements".into());
    }
    let mut rows: Vec<usize> = kept.iter().map(|&axis| shape[axis]).collect();
    let remaining = rows.clone();
    rows.push(n);
    let sorted = x.transpose(&[&kept[..], &axes].concat()).reshape(rows).sort(-1);
    let place = q.cast(x.dtype()).reshape([q.shape().size()]) * (n - 1) as f64;
    let (below, above) = (place.floor(), -(-&place).floor());
    let at = |place: &Tensor| sorted.gather(&place.cast(DType::I32), -1);
    let y = match method {
        "linear" => {
            let part = &place - &below;
            at(&below) * (1.0 - &part) + at(&above) * part
        }
        "lower" => at(&below),
        "higher" => at(&above),
        "nearest" => at(&place.round()),
        "midpoint" => (at(&below) + at(&above)) * 0.5,
        other => return Err(format!("has no method `{other}`")),
    };
    // [kept axes, q] to [q, kept axes].
    let last = y.rank() - 1;
    let order: Vec<usize> = std::iter::once(last).chain(0..last).collect();
    let after = match call.flag("keepdims", false)? {
        true => shape.with_ones(&axes).to_vec(),
        false => remaining,
    };
    Ok(y.transpose(&order).reshape([&q.shape()[..], &after].concat()))
}
