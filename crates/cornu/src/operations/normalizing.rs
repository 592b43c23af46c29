//! Elements brought to a common mean and size.

use super::Definition;
use super::call::{Call, signed};
use super::result_type::{Kind, result_type};
use cornu_graph::{DType, Tensor};

const N: &str = "nn";

/// What keeps a division from being one by zero; Keras's default.
const EPSILON: f64 = 1e-7;

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "BatchNorm", "less a mean, by a deviation, both given", batch_norm)
        .takes(&["x", "mean", "variance", "offset", "scale"])
        .set(&["axis", "epsilon"]),
    Definition::one(N, "LayerNorm", "less the own mean, by the own deviation", layer_norm)
        .takes(&["x", "gamma", "beta"])
        .set(&["axis", "epsilon", "rms_scaling"]),
    Definition::one(N, "RMSNorm", "by the root of the mean square", |call| {
        let x = call.float("x")?;
        let wide = x.cast(result_type([Kind::Strong(x.dtype()), Kind::Strong(DType::F32)]));
        let axes = axes(call, x.rank())?;
        let scale = call.optional("scale")?.map(|scale| scale.cast(wide.dtype()));
        let mean = wide.square().mean_keep(&signed(&axes));
        let y = &wide * (mean + call.number("epsilon", EPSILON)?).rsqrt();
        Ok(scale.map_or(y.clone(), |scale| y * scale).cast(x.dtype()))
    })
    .takes(&["x", "scale"])
    .set(&["axis", "epsilon"]),
    Definition::one(N, "Normalize", "by the length along an axis", normalize)
        .set(&["axis", "order", "epsilon"]),
];

/// The axes of the setting `axis`; the last by default.
fn axes(call: &Call, rank: usize) -> Result<Vec<usize>, String> {
    match call.is_set("axis") {
        true => call.axes("axis", rank),
        false => Ok(vec![call.axis("axis", -1, rank)?]),
    }
}

fn batch_norm(call: &Call) -> Result<Tensor, String> {
    let x = call.float("x")?;
    let axis = call.axis("axis", -1, x.rank())?;
    let mut shape = vec![1; x.rank()];
    shape[axis] = x.shape()[axis];
    let given = |name: &str| -> Result<Option<Tensor>, String> {
        Ok(call.optional(name)?.map(|value| value.cast(x.dtype()).reshape(&shape[..])))
    };
    let missing = || "needs a mean and a variance".to_string();
    let mean = given("mean")?.ok_or_else(missing)?;
    let variance = given("variance")?.ok_or_else(missing)?;
    let inverse = (variance + call.number("epsilon", 1e-3)?).rsqrt();
    let inverse = given("scale")?.map_or(inverse.clone(), |scale| inverse * scale);
    let shift = -mean * &inverse;
    let shift = given("offset")?.map_or(shift.clone(), |offset| shift + offset);
    Ok(&x * inverse + shift)
}

fn layer_norm(call: &Call) -> Result<Tensor, String> {
    let x = call.float("x")?;
    let wide = x.cast(result_type([Kind::Strong(x.dtype()), Kind::Strong(DType::F32)]));
    let axes = axes(call, x.rank())?;
    let ones: Vec<usize> =
        (0..x.rank()).map(|axis| if axes.contains(&axis) { x.shape()[axis] } else { 1 }).collect();
    let given = |name: &str| -> Result<Option<Tensor>, String> {
        let value = call.optional(name)?.map(|value| value.cast(wide.dtype()));
        // Weights of the last axis alone fit as they are.
        let fits = |value: &Tensor| value.rank() == x.rank() || axes == [x.rank() - 1];
        Ok(value.map(|value| if fits(&value) { value } else { value.reshape(&ones[..]) }))
    };
    let (gamma, beta) = (given("gamma")?, given("beta")?);
    let inverse = (wide.variance_keep(&signed(&axes)) + call.number("epsilon", EPSILON)?).rsqrt();
    let inverse = gamma.map_or(inverse.clone(), |gamma| inverse * gamma);
    let y = match call.flag("rms_scaling", false)? {
        true => &wide * inverse,
        false => {
            let shift = -wide.mean_keep(&signed(&axes)) * &inverse;
            &wide * inverse + beta.map_or(shift.clone(), |beta| shift + beta)
        }
    };
    Ok(y.cast(x.dtype()))
}

fn normalize(call: &Call) -> Result<Tensor, String> {
    let x = call.float("x")?;
    let axes = signed(&axes(call, x.rank())?);
    let epsilon = call.number("epsilon", EPSILON)?;
    Ok(match call.count("order", 2)? {
        2 => &x * x.square().sum_keep(&axes).rsqrt().minimum(1.0 / epsilon),
        1 => &x / x.abs().sum_keep(&axes).maximum(epsilon),
        order => {
            let order = order as f64;
            &x / x.abs().pow(order).sum_keep(&axes).pow(1.0 / order).maximum(epsilon)
        }
    })
}
