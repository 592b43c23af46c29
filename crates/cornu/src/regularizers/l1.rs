//! The penalty on absolute values.

use super::Regularizer;
use super::regularizer::absolute;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `l1 * sum(|w|)`, which drives weights to 0. Agrees with Keras's `L1`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct L1 {
    /// The factor; 0.01 by default, at least 0.
    pub l1: f64,
}

impl Default for L1 {
    fn default() -> L1 {
        L1 { l1: 0.01 }
    }
}

impl Named for L1 {
    const NAME: &'static str = "L1";
    const ALIASES: &'static [&'static str] = &["l1"];
    const SUMMARY: &'static str = "l1 * sum(|w|)";
}

impl Regularizer for L1 {
    fn call(&self, w: &Tensor) -> Tensor {
        absolute(w, "l1", self.l1)
    }
}
