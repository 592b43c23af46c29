//! The penalty on squares.

use super::Regularizer;
use super::regularizer::square;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `l2 * sum(w^2)`, which keeps weights small. Agrees with Keras's `L2`.
///
/// ```
/// use cornu::regularizers::{L2, Regularizer};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let w = b.input("w", [2]);
/// let graph = b.build(&[("penalty", &L2 { l2: 0.1 }.call(&w))], &[]).unwrap();
/// let run = evaluate(&graph, &[Array::from_vec(vec![1f32, -3.0])], &[]).unwrap();
/// assert_eq!(run.outputs[0].item(), Some(1.0));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct L2 {
    /// The factor; 0.01 by default, at least 0.
    pub l2: f64,
}

impl Default for L2 {
    fn default() -> L2 {
        L2 { l2: 0.01 }
    }
}

impl Named for L2 {
    const NAME: &'static str = "L2";
    const ALIASES: &'static [&'static str] = &["l2"];
    const SUMMARY: &'static str = "l2 * sum(w^2)";
}

impl Regularizer for L2 {
    fn call(&self, w: &Tensor) -> Tensor {
        square(w, "l2", self.l2)
    }
}
