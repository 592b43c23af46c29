//! Comparisons, truth values, and choices between them.

use super::Definition;
use super::call::Call;
use cornu_graph::{DType, Tensor};

const N: &str = "numpy";

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::binary(N, "Equal", "whether x1 is x2", |a, b| a.equal(b)),
    Definition::binary(N, "NotEqual", "whether x1 is not x2", |a, b| a.not_equal(b)),
    Definition::binary(N, "Less", "whether x1 is less than x2", |a, b| a.less(b)),
    Definition::binary(N, "LessEqual", "whether x1 is at most x2", |a, b| a.less_equal(b)),
    Definition::binary(N, "Greater", "whether x1 is greater than x2", |a, b| a.greater(b)),
    Definition::binary(N, "GreaterEqual", "whether x1 is at least x2", |a, b| a.greater_equal(b)),
    Definition::unary(N, "LogicalNot", "whether x is false", |x| truth(x).not()),
    Definition::binary(N, "LogicalAnd", "whether both are true", |a, b| truth(a).and(&truth(b))),
    Definition::binary(N, "LogicalOr", "whether one is true", |a, b| truth(a).or(&truth(b))),
    Definition::binary(N, "LogicalXor", "whether one alone is true", |a, b| truth(a).not_equal(truth(b))),
    Definition::one(N, "Isclose", "whether x1 is near x2", |call| {
        close(call, call.plain_number("rtol", 1e-5)?, call.plain_number("atol", 1e-8)?)
    })
    .takes(&["x1", "x2", "rtol", "atol"])
    .set(&["equal_nan"]),
    Definition::one(N, "AllClose", "whether all of x1 is near x2", |call| {
        let near = close(call, call.number("rtol", 1e-5)?, call.number("atol", 1e-8)?)?;
        Ok(near.cast(DType::I32).reduce_min(&all(&near)).cast(DType::Bool))
    })
    .takes(&["x1", "x2"])
    .set(&["rtol", "atol", "equal_nan"]),
    Definition::one(N, "IsIn", "whether each of x1 is among x2", is_in)
        .takes(&["x1", "x2"])
        .set(&["assume_unique", "invert"]),
    Definition::one(N, "Where", "x1 where the condition holds, else x2", choose).takes(&[
        "condition",
        "x1",
        "x2",
    ]),
    Definition::one(N, "Select", "the choice of the first condition that holds", select).takes(&[
        "condlist",
        "choicelist",
        "default",
    ]),
];

/// Whether each element is not zero.
pub(super) fn truth(x: &Tensor) -> Tensor {
    if x.dtype() == DType::Bool { x.clone() } else { x.not_equal(0.0) }
}

/// All axes.
pub(super) fn all(x: &Tensor) -> Vec<isize> {
    (0..x.rank() as isize).collect()
}

fn close(call: &Call, rtol: f64, atol: f64) -> Result<Tensor, String> {
    let [a, b] = &call.promoted(&["x1", "x2"], true)?[..] else { return Err("takes two operands".into()) };
    let near = (a - b).abs().less_equal(b.abs() * rtol + atol).or(&a.equal(b));
    Ok(match call.flag("equal_nan", false)? {
        true => near.or(&a.not_equal(a).and(&b.not_equal(b))),
        false => near,
    })
}

fn is_in(call: &Call) -> Result<Tensor, String> {
    let [a, b] = &call.promoted(&["x1", "x2"], false)?[..] else { return Err("takes two operands".into()) };
    let found = a.expand_dims(-1).equal(b.reshape([b.shape().size()]));
    let found = found.cast(DType::I32).sum(&[-1]).greater(0.0);
    Ok(if call.flag("invert", false)? { found.not() } else { found })
}

fn choose(call: &Call) -> Result<Tensor, String> {
    if call.argument("x1").is_none() || call.argument("x2").is_none() {
        return Err("needs two choices: without them, the data would decide the result's shape".into());
    }
    let condition = truth(&call.tensor("condition")?);
    let choices = call.promoted(&["x1", "x2"], false)?;
    Ok(condition.select(&choices[0], &choices[1]))
}

fn select(call: &Call) -> Result<Tensor, String> {
    let (conditions, choices) = (call.list("condlist")?, call.list("choicelist")?);
    if conditions.len() != choices.len() {
        let (n, m) = (conditions.len(), choices.len());
        return Err(format!("has {n} conditions and {m} choices"));
    }
    let default = call.plain_number("default", 0.0)?;
    let last = choices[0].full_like(default);
    let pairs = conditions.iter().zip(&choices).rev();
    Ok(pairs.fold(last, |rest, (condition, choice)| truth(condition).select(choice, &rest)))
}
