//! Elements gathered by the group they belong to, or put where they belong.

use super::Definition;
use super::call::Call;
use super::shapes::ravel;
use cornu_graph::{DType, Tensor};

const SEGMENTS: &[&str] = &["num_segments", "sorted"];

pub(super) static OPERATIONS: &[Definition] = &[
    segment("SegmentSum", "the sum of each group", Join::Sum),
    segment("SegmentMax", "the greatest element of each group", Join::Max),
    segment("SegmentMin", "the least element of each group", Join::Min),
    segment("SegmentProd", "the product of each group", Join::Product),
    Definition::one("core", "Scatter", "values added at places among zeros", scatter)
        .takes(&["indices", "values"])
        .set(&["shape"]),
    Definition::one("core", "ScatterUpdate", "other values at places", scatter_update)
        .takes(&["inputs", "indices", "updates"])
        .set(&["reduction"]),
];

/// How several elements of a group become one.
#[derive(Clone, Copy)]
enum Join {
    Sum,
    Max,
    Min,
    Product,
}

const fn segment(name: &'static str, summary: &'static str, join: Join) -> Definition {
    let work: fn(&Call) -> Result<Tensor, String> = match join {
        Join::Sum => |call| segments(call, Join::Sum),
        Join::Max => |call| segments(call, Join::Max),
        Join::Min => |call| segments(call, Join::Min),
        Join::Product => |call| segments(call, Join::Product),
    };
    Definition::one("math", name, summary, work).takes(&["data", "segment_ids"]).set(SEGMENTS)
}

fn segments(call: &Call, join: Join) -> Result<Tensor, String> {
    let (data, ids) = (call.tensor("data")?, ravel(&call.indices("segment_ids")?));
    if call.field("num_segments").is_null() {
        return Err("needs num_segments: without it, the data would decide the result's shape".into());
    }
    let n = call.count("num_segments", 0)?;
    if data.rank() == 0 || data.extent(0) != ids.extent(0) {
        return Err(format!("has {} groups' numbers for shape {}", ids.extent(0), data.shape()));
    }
    Ok(grouped(&data, &ids, n, join))
}

/// `ids == group` as truth values of shape `[groups, elements, 1, ..]`.
fn membership(ids: &Tensor, n: usize, rank: usize) -> Tensor {
    let groups = ids.builder().iota([n, 1], 0, ids.dtype());
    let mut shape = vec![n, ids.extent(0)];
    shape.resize(rank + 1, 1);
    groups.equal(ids.expand_dims(0)).reshape(shape)
}

/// The rows of each of `n` groups joined; rows of other groups than these are left out.
fn grouped(data: &Tensor, ids: &Tensor, n: usize, join: Join) -> Tensor {
    if let Join::Sum = join {
        let mut rows = vec![ids.extent(0)];
        rows.resize(data.rank(), 1);
        let known = ids.greater_equal(0.0).and(&ids.less(n as f64)).reshape(rows);
        let shape = [&[n], &data.shape()[1..]].concat();
        let zeros = data.builder().zeros(shape, data.dtype());
        return zeros.scatter_add(ids, &known.select(data, 0.0), 0);
    }
    let member = membership(ids, n, data.rank());
    let of = |nothing: f64| member.select(&data.expand_dims(0), nothing);
    match join {
        Join::Max => of(lowest(data.dtype())).reduce_max(&[1]),
        Join::Min => of(-lowest(data.dtype())).reduce_min(&[1]),
        _ => of(1.0).prod(&[1]),
    }
}

/// What no number of the dtype is less than.
fn lowest(dtype: DType) -> f64 {
    if dtype.is_float() { f64::NEG_INFINITY } else { i32::MIN as f64 }
}

/// The places of a tensor's first axes that rows of indices mean, counted along one axis, with the extents
/// of these axes and of the others.
fn places(indices: &Tensor, shape: &[usize]) -> Result<(Tensor, usize, Vec<usize>), String> {
    let depth = indices.extent(-1);
    if indices.rank() == 0 || depth > shape.len() {
        return Err(format!("has indices of shape {} for shape {shape:?}", indices.shape()));
    }
    let (outer, inner) = shape.split_at(depth);
    let rows = indices.shape().size() / depth.max(1);
    let mut place = indices.builder().zeros([rows], DType::I32);
    let indices = indices.reshape([rows, depth]);
    for (axis, &extent) in outer.iter().enumerate() {
        let along = indices.slice_axis(1, axis, axis + 1).reshape([rows]);
        place = place * extent as f64 + super::indexing::wrapped(&along, extent).cast(DType::I32);
    }
    let n = outer.iter().fold(1usize, |n, &extent| n.saturating_mul(extent));
    Ok((place, n, inner.to_vec()))
}

fn scatter(call: &Call) -> Result<Tensor, String> {
    let (indices, values) = (call.indices("indices")?, call.tensor("values")?);
    let shape = call.ints("shape")?.ok_or("has no shape")?;
    let shape = shape.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
    let shape = shape.map_err(|_| "has an extent below 0".to_string())?;
    let (places, n, inner) = places(&indices, &shape)?;
    let rows = [&[places.extent(0)], &inner[..]].concat();
    Ok(grouped(&values.reshape(rows), &places, n, Join::Sum).reshape(shape))
}

fn scatter_update(call: &Call) -> Result<Tensor, String> {
    let (x, indices) = (call.tensor("inputs")?, call.indices("indices")?);
    let updates = call.tensor("updates")?.cast(x.dtype());
    let shape = x.shape();
    let (places, n, inner) = places(&indices, &shape)?;
    let updates = updates.broadcast_to([&[places.extent(0)], &inner[..]].concat());
    let rows = x.reshape([&[n], &inner[..]].concat());
    let ones = updates.builder().full([places.extent(0)], 1.0, DType::I32);
    let mut touched = vec![n];
    touched.resize(rows.rank(), 1);
    let touched = grouped(&ones, &places, n, Join::Sum).greater(0.0).reshape(touched);
    let y = match call.text("reduction", "none")? {
        "none" => touched.select(&grouped(&updates, &places, n, Join::Sum), &rows),
        "add" => rows + grouped(&updates, &places, n, Join::Sum),
        "max" => touched.select(&rows.maximum(grouped(&updates, &places, n, Join::Max)), &rows),
        "min" => touched.select(&rows.minimum(grouped(&updates, &places, n, Join::Min)), &rows),
        "mul" => &rows * grouped(&updates, &places, n, Join::Product),
        other => return Err(format!("has no reduction `{other}`")),
    };
    Ok(y.reshape(shape))
}
