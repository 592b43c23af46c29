//! The initializer of ones.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// Ones. Agrees with Keras's `Ones`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ones {}

impl Named for Ones {
    const NAME: &'static str = "Ones";
    const ALIASES: &'static [&'static str] = &["ones", "one"];
    const SUMMARY: &'static str = "ones";
}

impl Initializer for Ones {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        vec![1.0; shape.size()]
    }
}
