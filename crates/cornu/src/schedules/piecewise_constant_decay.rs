//! A rate that changes at given steps.

use super::Schedule;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `values[0]` up to and including step `boundaries[0]`, then `values[1]` up to `boundaries[1]`, and so
/// on; the last value after the last boundary.
///
/// Agrees with Keras's `PiecewiseConstantDecay`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PiecewiseConstantDecay {
    /// The last step of each rate but the last, in ascending order.
    #[serde(serialize_with = "super::wholes")]
    pub boundaries: Vec<f64>,
    /// The rates, one more than boundaries.
    pub values: Vec<f64>,
    /// The name; `PiecewiseConstant` by default.
    #[serde(default = "default_name")]
    pub name: String,
}

impl PiecewiseConstantDecay {
    /// The rates `values`, which change after the steps `boundaries`.
    pub fn new(boundaries: &[f64], values: &[f64]) -> PiecewiseConstantDecay {
        PiecewiseConstantDecay { boundaries: boundaries.into(), values: values.into(), name: default_name() }
    }
}

fn default_name() -> String {
    "PiecewiseConstant".into()
}

impl Named for PiecewiseConstantDecay {
    const NAME: &'static str = "PiecewiseConstantDecay";
    const SUMMARY: &'static str = "Changes at given steps";
}

impl Schedule for PiecewiseConstantDecay {
    fn call(&self, step: &Tensor) -> Tensor {
        let (n, values) = (self.boundaries.len(), self.values.len());
        if values != n + 1 {
            let message = format!(
                "PiecewiseConstantDecay takes one value more than boundaries, \
                 got {values} values for {n} boundaries"
            );
            return step.builder().fail(message);
        }
        if !self.boundaries.is_sorted() {
            return step.builder().fail("PiecewiseConstantDecay takes boundaries in ascending order");
        }
        let last = step.number(self.values[n]);
        let pairs = self.boundaries.iter().zip(&self.values).rev();
        pairs.fold(last, |later, (&boundary, &value)| {
            step.less_equal(boundary).select(&step.number(value), later)
        })
    }
}
