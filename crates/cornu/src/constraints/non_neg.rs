//! The constraint of signs.

use super::Constraint;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// No weight below 0: `max(w, 0)`. Agrees with Keras's `NonNeg`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonNeg {}

impl Named for NonNeg {
    const NAME: &'static str = "NonNeg";
    const ALIASES: &'static [&'static str] = &["non_neg"];
    const SUMMARY: &'static str = "no weight below 0";
}

impl Constraint for NonNeg {
    fn call(&self, w: &Tensor) -> Tensor {
        w.maximum(0.0)
    }
}
