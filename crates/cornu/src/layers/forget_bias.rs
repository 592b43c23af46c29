//! How the bias of a cell with a forget gate starts.

use crate::initializers::{AnyInitializer, Initializer};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::Serialize;

/// Ones for the second of four gates, the forget gate, so that a state is kept at first (Jozefowicz
/// 2015); the others as another initializer says.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ForgetBias {
    pub others: AnyInitializer,
}

impl Named for ForgetBias {
    const NAME: &'static str = "ForgetBias";
    const SUMMARY: &'static str = "ones for the forget gate";
}

impl Initializer for ForgetBias {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        let units = shape.size() / 4;
        let first = self.others.values(&[units].into(), random);
        let last = self.others.values(&[2 * units].into(), random);
        [first, vec![1.0; units], last].concat()
    }

    fn seed(&self) -> Option<i64> {
        self.others.seed()
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        self.others.check(shape)
    }
}
