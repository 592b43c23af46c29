//! The wrapper that applies a layer to each step of a sequence.

use super::inputs::one;
use super::{Activated, AnyLayer, Dense, Layer, LayerSample, Sampled};
use crate::arguments::{Arguments, Masked};
use crate::model::snake_case;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Applies a layer to each step: `[batch, steps, ..] -> [batch, steps, ..]`. All steps share its
/// weights.
///
/// The steps go through the layer as samples of one large batch, so that statistics of a batch are
/// those of all steps together. The layer sees the part of a mask that belongs to its step. Fails on
/// inputs of fewer than three axes. Agrees with Keras's `TimeDistributed`.
///
/// ```
/// use cornu::layers::{Dense, TimeDistributed};
/// let layer = TimeDistributed::new(Dense::new(4));
/// assert_eq!(layer.layer.layer.class_name(), "Dense");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeDistributed {
    /// The layer that each step goes through.
    pub layer: AnyLayer,
}

impl TimeDistributed {
    /// This layer at each step.
    pub fn new(layer: impl Into<AnyLayer>) -> TimeDistributed {
        TimeDistributed { layer: layer.into() }
    }
}

impl Named for TimeDistributed {
    const NAME: &'static str = "TimeDistributed";
    const SUMMARY: &'static str = "applies a layer to each step of a sequence";
}

impl Layer for TimeDistributed {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let mut others = Vec::new();
        let mut outputs = one(scope, inputs, |scope, x| {
            let shape = x.shape();
            if shape.rank() < 3 {
                return scope.fail(format!("expects inputs [batch, steps, ..], got shape {shape}"));
            }
            let mask = scope.mask(0);
            if let Some(mask) = mask.as_ref().filter(|mask| mask.is_valid())
                && (mask.rank() < 2 || mask.shape()[..2] != shape[..2])
            {
                let (expected, got) = (Shape::from(&shape[..2]), mask.shape());
                return scope.fail(format!("expects a mask whose shape begins with {expected}, got {got}"));
            }
            let folded = |x: &Tensor| {
                let rest = x.shape()[2..].to_vec();
                x.reshape([vec![shape[0] * shape[1]], rest].concat()) // [batch * steps, ..]
            };
            let unfolded = |y: &Tensor| match y.is_valid() {
                true => y.reshape([&shape[..2], &y.shape()[1..]].concat()),
                false => y.clone(),
            };
            let arguments = Arguments::of(Masked::new(folded(x), mask.as_ref().map(folded)));
            let name = snake_case(self.layer.layer.class_name());
            let results = scope.sublayer("layer", &name, &self.layer, arguments);
            others = results.iter().skip(1).map(|output| unfolded(&output.tensor)).collect();
            match results.first() {
                Some(first) => unfolded(&first.tensor),
                None => scope.fail("the layer gives no output"),
            }
        });
        outputs.extend(others);
        outputs
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for TimeDistributed {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(TimeDistributed::new(Dense::new(3).tanh()), [&[2, 3, 4]])]
    }
}
