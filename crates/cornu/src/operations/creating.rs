//! Tensors filled by what others are.

use super::Definition;
use super::call::Call;
use super::result_type::float_type;
use super::shapes::moved;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";
const SPACE: &[&str] = &["num", "endpoint", "dtype", "axis"];

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "ZerosLike", "zeros of the same shape", |call| like(call, 0.0)).set(&["dtype"]),
    Definition::one(N, "OnesLike", "ones of the same shape", |call| like(call, 1.0)).set(&["dtype"]),
    Definition::one(N, "EmptyLike", "zeros of the same shape", |call| like(call, 0.0)).set(&["dtype"]),
    Definition::one(N, "FullLike", "one value in the same shape", |call| {
        let x = call.tensor("x")?;
        let dtype = call.dtype("dtype")?.unwrap_or(x.dtype());
        Ok(call.tensor("fill_value")?.cast(dtype).broadcast_to(x.shape()))
    })
    .takes(&["x", "fill_value"])
    .set(&["dtype"]),
    Definition::one(N, "Full", "one value in a shape", |call| {
        let dtype = call.dtype("dtype")?.unwrap_or(DType::F32);
        let shape = call.ints("shape")?.ok_or("has no shape")?;
        let shape = shape.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
        let shape = shape.map_err(|_| "has an extent below 0".to_string())?;
        Ok(call.tensor("fill_value")?.cast(dtype).broadcast_to(shape))
    })
    .takes(&["fill_value"])
    .set(&["shape", "dtype"]),
    Definition::several(N, "Linspace", "numbers at equal distances", |call| {
        let (y, step) = spaced(call, |start, stop, part| start + (stop - start) * part)?;
        Ok(if call.flag("retstep", false)? { vec![y, step] } else { vec![y] })
    })
    .takes(&["start", "stop"])
    .set(&["num", "endpoint", "retstep", "dtype", "axis"]),
    Definition::one(N, "Logspace", "powers at equal distances", |call| {
        let base = call.number("base", 10.0)?;
        let dtype = call.dtype("dtype")?;
        let (exponents, _) = spaced(call, |start, stop, part| start + (stop - start) * part)?;
        let y = (exponents * base.ln()).exp();
        Ok(dtype.map_or(y.clone(), |dtype| y.cast(dtype)))
    })
    .takes(&["start", "stop"])
    .set(&["num", "endpoint", "base", "dtype", "axis"]),
    Definition::one(N, "Geomspace", "numbers of equal ratios", |call| {
        let (y, _) = spaced(call, |start, stop, part| start * (stop / start).pow(part))?;
        Ok(y)
    })
    .takes(&["start", "stop"])
    .set(SPACE),
    Definition::one(N, "Ndim", "how many axes there are", |call| {
        Ok(call.builder().scalar(call.tensor("x")?.rank() as f64, DType::I32))
    }),
    Definition::one(N, "Size", "how many elements there are", |call| {
        Ok(call.builder().scalar(call.tensor("x")?.shape().size() as f64, DType::I32))
    }),
    Definition::one(N, "Vander", "the powers of each element", vander).set(&["N", "increasing"]),
];

fn like(call: &Call, value: f64) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let dtype = call.dtype("dtype")?.unwrap_or(x.dtype());
    Ok(call.builder().full(x.shape(), value, dtype))
}

/// What `between` gives for parts from 0 to 1 of the way from start to stop, and the way's step.
fn spaced(
    call: &Call,
    between: impl Fn(&Tensor, &Tensor, &Tensor) -> Tensor,
) -> Result<(Tensor, Tensor), String> {
    let ends = call.promoted(&["start", "stop"], true)?;
    let (start, stop) = (&ends[0], &ends[1]);
    let n = call.count("num", 50)?;
    let parts = if call.flag("endpoint", true)? { n.saturating_sub(1).max(1) } else { n.max(1) };
    let rank = start.rank().max(stop.rank());
    let mut shape = vec![n];
    shape.resize(rank + 1, 1);
    let part = (call.iota(n, start.dtype()) * (1.0 / parts as f64)).reshape(shape);
    let y = between(start, stop, &part);
    let y = moved(&y, 0, call.axis("axis", 0, rank + 1)?);
    let y = match call.dtype("dtype")? {
        // Powers are rounded after they are taken.
        Some(dtype) if !call.has("base") => y.cast(dtype),
        _ => y,
    };
    Ok((y, (stop - start) * (1.0 / parts as f64)))
}

fn vander(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    if x.rank() != 1 {
        return Err(format!("takes a vector, not shape {}", x.shape()));
    }
    let n = call.count("N", x.extent(0))?;
    let powers = call.iota(n, float_type(x.dtype()));
    let powers = if call.flag("increasing", false)? { powers } else { powers.reverse(&[0]) };
    let y = x.cast(powers.dtype()).expand_dims(-1).pow(&powers);
    Ok(y.cast(x.dtype()))
}
