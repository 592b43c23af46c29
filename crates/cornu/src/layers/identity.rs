//! The layer that changes nothing.

use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Its inputs, as they are: something to put where a layer has to stand.
///
/// Several inputs are as many outputs. Agrees with Keras's `Identity`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {}

impl Identity {
    /// A layer that changes nothing.
    pub fn new() -> Identity {
        Identity {}
    }
}

impl Named for Identity {
    const NAME: &'static str = "Identity";
    // Keras writes this operation where it hands on a mask.
    const ALIASES: &'static [&'static str] = &["ConvertToTensor"];
    const SUMMARY: &'static str = "changes nothing";
}

impl Layer for Identity {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        for i in 0..inputs.len() {
            scope.set_mask(i, scope.mask(i));
        }
        inputs.to_vec()
    }
}

impl Sampled for Identity {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(Identity::new(), [&[2, 3]])]
    }
}
