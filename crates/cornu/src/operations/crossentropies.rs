//! Crossentropies of labels and predictions, row by row.

use super::Definition;
use super::call::Call;
use super::shapes::moved;
use cornu_graph::{DType, Squash, Tensor};

const N: &str = "nn";

/// Probabilities are held this far from 0 and 1; Keras's default.
const EPSILON: f64 = 1e-7;

pub(super) static OPERATIONS: &[Definition] = &[
    Definition::one(N, "BinaryCrossentropy", "the crossentropy of yes-or-no labels", binary)
        .takes(&["target", "output"])
        .set(&["from_logits"]),
    Definition::one(N, "CategoricalCrossentropy", "the crossentropy of distributions", categorical)
        .takes(&["target", "output"])
        .set(&["from_logits", "axis"]),
    Definition::one(N, "SparseCategoricalCrossentropy", "the crossentropy of classes by number", sparse)
        .takes(&["target", "output"])
        .set(&["from_logits", "axis"]),
];

fn binary(call: &Call) -> Result<Tensor, String> {
    let both = call.promoted(&["target", "output"], true)?;
    let (target, output) = (&both[0], &both[1]);
    if target.shape() != output.shape() {
        return Err(format!("has targets of shape {} for outputs of {}", target.shape(), output.shape()));
    }
    let logits = match call.flag("from_logits", false)? {
        true => Some(output.clone()),
        false => output.builder().logits(output, Squash::Sigmoid),
    };
    Ok(match logits {
        Some(logits) => logits.softplus() - logits * target,
        None => {
            let p = output.clip(EPSILON, 1.0 - EPSILON);
            -(target * p.log() + (1.0 - target) * (1.0 - &p).log())
        }
    })
}

fn log_probabilities(call: &Call, output: &Tensor, axis: usize) -> Result<Tensor, String> {
    let along = axis as isize;
    let noted = || match axis + 1 == output.rank() {
        true => output.builder().logits(output, Squash::Softmax),
        false => None,
    };
    let logits = if call.flag("from_logits", false)? { Some(output.clone()) } else { noted() };
    Ok(match logits {
        Some(logits) => logits.log_softmax(along),
        None => (output / output.sum_keep(&[along])).clip(EPSILON, 1.0 - EPSILON).log(),
    })
}

fn categorical(call: &Call) -> Result<Tensor, String> {
    let both = call.promoted(&["target", "output"], true)?;
    let (target, output) = (&both[0], &both[1]);
    if target.shape() != output.shape() {
        return Err(format!("has targets of shape {} for outputs of {}", target.shape(), output.shape()));
    }
    let axis = call.axis("axis", -1, output.rank())?;
    Ok(-(target * log_probabilities(call, output, axis)?).sum(&[axis as isize]))
}

fn sparse(call: &Call) -> Result<Tensor, String> {
    let (target, output) = (call.tensor("target")?.cast(DType::I32), call.float("output")?);
    let axis = call.axis("axis", -1, output.rank())?;
    let target = match target.rank() == output.rank() && target.extent(-1) == 1 {
        true => target.reshape(target.shape().without(&[target.rank() - 1])),
        false => target,
    };
    if target.shape() != output.shape().without(&[axis]) {
        return Err(format!("has targets of shape {} for outputs of {}", target.shape(), output.shape()));
    }
    let hot = target.one_hot(output.shape()[axis], output.dtype());
    let hot = moved(&hot, target.rank(), axis);
    Ok(-(hot * log_probabilities(call, &output, axis)?).sum(&[axis as isize]))
}
