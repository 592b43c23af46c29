//! The same numbers as another dtype, or just the same.

use super::Definition;
use super::call::Call;
use cornu_graph::{DType, Tensor};

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one("core", "Cast", "the numbers as another dtype", |call| {
        Ok(call.tensor("x")?.cast(call.dtype("dtype")?.ok_or("has no dtype")?))
    })
    .set(&["dtype"]),
    Definition::one("core", "SaturateCast", "the numbers as another dtype, within its range", saturate)
        .set(&["dtype"]),
    Definition::one("core", "ConvertToTensor", "the tensor itself", converted)
        .set(&["dtype", "sparse", "ragged"]),
    Definition::one("numpy", "Array", "the tensor itself", converted).set(&["dtype"]),
    Definition::unary("numpy", "Copy", "the tensor itself", |x| x.clone()),
    Definition::unary("core", "StopGradient", "the tensor, of which no gradient passes", |x| {
        x.stop_gradient()
    })
    .takes(&["variable"]),
];

fn converted(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    Ok(x.cast(call.dtype("dtype")?.unwrap_or(x.dtype())))
}

fn saturate(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("x")?;
    let dtype = call.dtype("dtype")?.ok_or("has no dtype")?;
    let (low, high) = match dtype {
        DType::Bool => (0.0, 1.0),
        DType::U8 => (0.0, 255.0),
        DType::I8 => (-128.0, 127.0),
        DType::I32 => (i32::MIN as f64, i32::MAX as f64),
        DType::F16 => (-65504.0, 65504.0),
        _ => return Ok(x.cast(dtype)),
    };
    let wide = if x.dtype() == DType::Bool { x.cast(DType::I32) } else { x };
    Ok(wide.cast(DType::F64).clip(low, high).cast(dtype))
}
