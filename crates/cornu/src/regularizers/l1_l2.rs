//! The penalty on absolute values and squares.

use super::Regularizer;
use super::regularizer::{absolute, square};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `l1 * sum(|w|) + l2 * sum(w^2)`. Agrees with Keras's `L1L2`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct L1L2 {
    /// The factor of the absolute values; 0 by default, at least 0.
    pub l1: f64,
    /// The factor of the squares; 0 by default, at least 0.
    pub l2: f64,
}

impl Named for L1L2 {
    const NAME: &'static str = "L1L2";
    const ALIASES: &'static [&'static str] = &["l1_l2", "l1l2"];
    const SUMMARY: &'static str = "l1 * sum(|w|) + l2 * sum(w^2)";
}

impl Regularizer for L1L2 {
    fn call(&self, w: &Tensor) -> Tensor {
        absolute(w, "l1", self.l1) + square(w, "l2", self.l2)
    }
}
