//! The constraint of norms to 1.

use super::constraint::{EPSILON, norms};
use super::{Axes, Constraint};
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Scales vectors to length 1: `w / (|w| + 1e-7)`. Agrees with Keras's `UnitNorm`.
///
/// ```
/// use cornu::constraints::{Constraint, UnitNorm};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let w = b.input("w", [2, 1]);
/// let graph = b.build(&[("w", &UnitNorm::default().call(&w))], &[]).unwrap();
/// let run = evaluate(&graph, &[Array::new([2, 1], vec![3f32, 4.0]).unwrap()], &[]).unwrap();
/// let w = run.outputs[0].to_f32();
/// assert!((w[0] - 0.6).abs() < 1e-6 && (w[1] - 0.8).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnitNorm {
    /// The axes along which a vector lies; 0 by default, a unit's weights in a `Dense` kernel.
    pub axis: Axes,
}

impl Default for UnitNorm {
    fn default() -> UnitNorm {
        UnitNorm { axis: Axes::One(0) }
    }
}

impl Named for UnitNorm {
    const NAME: &'static str = "UnitNorm";
    const ALIASES: &'static [&'static str] = &["unit_norm"];
    const SUMMARY: &'static str = "vectors of length 1";
}

impl Constraint for UnitNorm {
    fn call(&self, w: &Tensor) -> Tensor {
        w / (norms(w, &self.axis) + EPSILON)
    }
}
