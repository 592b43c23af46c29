//! The initializer of one value.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// The same value everywhere. Agrees with Keras's `Constant` of a number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Constant {
    /// The value; 0 by default.
    pub value: f64,
}

impl Named for Constant {
    const NAME: &'static str = "Constant";
    const ALIASES: &'static [&'static str] = &["constant"];
    const SUMMARY: &'static str = "one value everywhere";
}

impl Initializer for Constant {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        vec![self.value; shape.size()]
    }
}
