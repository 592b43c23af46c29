//! Elements in order, and the greatest of them.

use super::Definition;
use super::call::Call;
use super::shapes::ravel;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "Sort", "the elements along an axis in ascending order", |call| {
        let (x, axis) = operand(call)?;
        Ok(x.sort(axis))
    })
    .set(&["axis"]),
    Definition::one(N, "Argsort", "the places of the elements in ascending order", |call| {
        let (x, axis) = operand(call)?;
        Ok(x.argsort(axis).cast(DType::I32))
    })
    .set(&["axis"]),
    Definition::several(
        "math",
        "TopK",
        "the greatest elements along the last axis, and their places",
        |call| {
            let (values, places) = call.tensor("x")?.top_k(call.count("k", 1)?);
            Ok(vec![values, places.cast(DType::I32)])
        },
    )
    .set(&["k", "sorted"]),
    Definition::one("math", "InTopK", "whether the target is among the k greatest predictions", in_top_k)
        .takes(&["targets", "predictions"])
        .set(&["k"]),
];

fn operand(call: &Call) -> Result<(Tensor, isize), String> {
    let x = call.tensor("x")?;
    // Null is a value of this setting, and not its default.
    match call.is_set("axis") && call.field("axis").is_null() || x.rank() == 0 {
        true => Ok((ravel(&x), 0)),
        false => {
            let axis = call.axis("axis", -1, x.rank())? as isize;
            Ok((x, axis))
        }
    }
}

fn in_top_k(call: &Call) -> Result<Tensor, String> {
    let (targets, predictions) = (call.indices("targets")?, call.float("predictions")?);
    let own = predictions.take_along_axis(&targets.expand_dims(-1), -1);
    let better = predictions.greater(&own).cast(DType::I32).sum(&[-1]);
    Ok(better.less(call.number("k", 1.0)?))
}
