//! The layer that cuts off steps at both ends.

use super::cropping::cropped;
use super::inputs::one;
use super::{DataFormat, Layer, LayerSample, Margins, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Cuts off steps at both ends: `[batch, steps, channels] -> [batch, steps - low - high, channels]`.
///
/// Fails on inputs of another number of axes, or if nothing would be left. Agrees with Keras's
/// `Cropping1D`.
///
/// ```
/// use cornu::layers::Cropping1D;
/// use cornu::{Input, Sequential};
/// let model = Sequential::new().add(Input::new([7, 4])).add(Cropping1D::new((2, 1))).build().unwrap();
/// assert_eq!(model.output_shapes(), [[None, Some(4), Some(4)]]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cropping1D {
    /// How many steps are cut off before and after; 1 by default.
    pub cropping: Margins<1>,
}

impl Default for Cropping1D {
    fn default() -> Cropping1D {
        Cropping1D { cropping: 1.into() }
    }
}

impl Cropping1D {
    /// A layer that cuts off so many steps.
    pub fn new(cropping: impl Into<Margins<1>>) -> Cropping1D {
        Cropping1D { cropping: cropping.into() }
    }
}

impl Named for Cropping1D {
    const NAME: &'static str = "Cropping1D";
    const SUMMARY: &'static str = "cuts off steps at both ends";
}

impl Layer for Cropping1D {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| cropped(scope, x, &self.cropping, DataFormat::ChannelsLast))
    }
}

impl Sampled for Cropping1D {
    fn samples() -> Vec<LayerSample> {
        vec![LayerSample::new(Cropping1D::new((1, 2)), [&[2, 5, 3]])]
    }
}
