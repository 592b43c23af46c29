//! Learning-rate schedules. To add one: a file here and its two lines below.

mod cosine_decay;
mod cosine_decay_restarts;
mod exponential_decay;
mod inverse_time_decay;
mod piecewise_constant_decay;
mod polynomial_decay;
mod schedule;

pub use cosine_decay::CosineDecay;
pub use cosine_decay_restarts::CosineDecayRestarts;
pub use exponential_decay::ExponentialDecay;
pub use inverse_time_decay::InverseTimeDecay;
pub use piecewise_constant_decay::PiecewiseConstantDecay;
pub use polynomial_decay::PolynomialDecay;
pub use schedule::{AnySchedule, LearningRate, Schedule};

use crate::registry::{Entry, entries};
use cornu_graph::Tensor;
use serde::{Serialize, Serializer};

/// All schedules.
pub static SCHEDULES: &[Entry<dyn Schedule>] = entries![dyn Schedule:
    ExponentialDecay,
    CosineDecay,
    CosineDecayRestarts,
    PiecewiseConstantDecay,
    PolynomialDecay,
    InverseTimeDecay,
];

/// A mistake in the graph where `steps`, the config's field `name`, is not greater than zero.
fn refuse_steps(step: &Tensor, name: &str, steps: f64) -> Option<Tensor> {
    (steps.is_nan() || steps <= 0.0)
        .then(|| step.builder().fail(format!("a schedule's {name} must be greater than 0, got {steps}")))
}

/// Writes a number of steps as Keras does: without a fraction if it has none.
fn whole<S: Serializer>(steps: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    match steps.fract() == 0.0 && steps.abs() < 9e15 {
        true => serializer.serialize_i64(*steps as i64),
        false => serializer.serialize_f64(*steps),
    }
}

/// Writes numbers of steps; see [`whole`].
fn wholes<S: Serializer>(steps: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Steps(#[serde(serialize_with = "whole")] f64);
    serializer.collect_seq(steps.iter().map(|&steps| Steps(steps)))
}
