//! The layer of rectified linear units with a slope that is learned.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::constraints::{AnyConstraint, Axes};
use crate::initializers::{AnyInitializer, Constant, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `x` where positive, else `alpha x`, of `x`'s shape.
///
/// The weight `alpha` has the shape of a sample, with extents of 1 along `shared_axes`. Fails if one
/// of these does not exist or is the batch. He and others: Delving deep into rectifiers (2015). Agrees
/// with Keras's `PReLU`.
///
/// ```
/// use cornu::layers::PReLU;
/// // One slope for each channel of an image.
/// let layer = PReLU::new().shared_axes([1, 2]);
/// assert_eq!(layer.shared_axes.unwrap().as_slice(), [1, 2]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PReLU {
    /// How the slopes start; zeros by default.
    pub alpha_initializer: AnyInitializer,
    /// The slopes' penalty in the loss; none by default.
    pub alpha_regularizer: Option<AnyRegularizer>,
    /// What the slopes are brought back to after each update; nothing by default.
    pub alpha_constraint: Option<AnyConstraint>,
    /// The axes along which all values have one slope; none by default.
    pub shared_axes: Option<Axes>,
}

impl Default for PReLU {
    fn default() -> PReLU {
        PReLU {
            alpha_initializer: Zeros::default().into(),
            alpha_regularizer: None,
            alpha_constraint: None,
            shared_axes: None,
        }
    }
}

impl PReLU {
    /// A layer with a slope for each value of a sample.
    pub fn new() -> PReLU {
        PReLU::default()
    }

    /// The same with slopes that start otherwise.
    pub fn alpha_initializer(mut self, initializer: impl Into<AnyInitializer>) -> PReLU {
        self.alpha_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the slopes.
    pub fn alpha_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> PReLU {
        self.alpha_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the slopes.
    pub fn alpha_constraint(mut self, constraint: impl Into<AnyConstraint>) -> PReLU {
        self.alpha_constraint = Some(constraint.into());
        self
    }

    /// The same with slopes that are shared along these axes.
    pub fn shared_axes(mut self, axes: impl Into<Axes>) -> PReLU {
        self.shared_axes = Some(axes.into());
        self
    }
}

impl Named for PReLU {
    const NAME: &'static str = "PReLU";
    const SUMMARY: &'static str = "x if x > 0 else alpha x, with alpha learned";
}

impl Layer for PReLU {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let shape = x.shape();
            let shared = self.shared_axes.as_ref().map_or(&[][..], Axes::as_slice);
            let found: Option<Vec<usize>> =
                shared.iter().map(|&axis| shape.axis(axis).filter(|&axis| axis > 0)).collect();
            let Some(found) = found.filter(|_| shape.rank() > 0) else {
                return scope.fail(format!(
                    "expects shared_axes after the batch of the input {shape}, got {shared:?}"
                ));
            };
            let slopes = Shape::from(&shape.with_ones(&found)[1..]);
            let alpha = scope.weight(
                Weight::new("alpha", slopes, &self.alpha_initializer)
                    .regularizer(&self.alpha_regularizer)
                    .constraint(&self.alpha_constraint),
            );
            x.relu() - (-x).relu() * alpha
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for PReLU {
    fn samples() -> Vec<LayerSample> {
        let started = PReLU::new().alpha_initializer(Constant { value: 0.25 });
        vec![
            LayerSample::new(started.clone(), [&[2, 3]]),
            LayerSample::new(started.shared_axes([1]), [&[2, 3, 4]]),
        ]
    }
}
