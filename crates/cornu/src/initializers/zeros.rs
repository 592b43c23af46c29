//! The initializer of zeros.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// Zeros. Agrees with Keras's `Zeros`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zeros {}

impl Named for Zeros {
    const NAME: &'static str = "Zeros";
    const ALIASES: &'static [&'static str] = &["zeros", "zero"];
    const SUMMARY: &'static str = "zeros";
}

impl Initializer for Zeros {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        vec![0.0; shape.size()]
    }
}
