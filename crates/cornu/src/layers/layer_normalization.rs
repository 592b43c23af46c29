//! The layer that standardizes each sample by its own statistics.

use super::inputs::one;
use super::standardized::{axes_of, misfit, moments, standardized};
use super::{Layer, LayerSample, Sampled};
use crate::constraints::{AnyConstraint, Axes};
use crate::initializers::{AnyInitializer, Ones, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`, of `x`'s shape, with the mean and variance
/// (divided by the count, not by one less) of each sample along `axis`.
///
/// The weights `gamma` and `beta` have the extents of the axes. 16-bit floats are computed on in 32
/// bits. Fails if an axis does not exist, or if `epsilon` is below 0. Ba, Kiros, Hinton: Layer
/// normalization (2016). Agrees with Keras's `LayerNormalization`.
///
/// ```
/// use cornu::layers::LayerNormalization;
/// let layer = LayerNormalization::new().axis([1, 2]).epsilon(1e-6);
/// assert_eq!(layer.axis.as_slice(), [1, 2]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LayerNormalization {
    /// The axis, or axes, along which statistics are taken; -1 by default.
    pub axis: Axes,
    /// What is added to the variance; 0.001 by default.
    pub epsilon: f64,
    /// Whether there is a `beta`; true by default.
    pub center: bool,
    /// Whether there is a `gamma`; true by default.
    pub scale: bool,
    /// Whether `x` itself, not its distance from the mean, is divided by the deviation, and there is
    /// no `beta`; false by default. Keras keeps it for old models;
    /// [`RMSNormalization`](super::RMSNormalization) is what its name says.
    pub rms_scaling: bool,
    /// How `beta` starts; zeros by default.
    pub beta_initializer: AnyInitializer,
    /// How `gamma` starts; ones by default.
    pub gamma_initializer: AnyInitializer,
    /// The penalty on `beta`; none by default.
    pub beta_regularizer: Option<AnyRegularizer>,
    /// The penalty on `gamma`; none by default.
    pub gamma_regularizer: Option<AnyRegularizer>,
    /// What `beta` is brought back to after each update; nothing by default.
    pub beta_constraint: Option<AnyConstraint>,
    /// What `gamma` is brought back to after each update; nothing by default.
    pub gamma_constraint: Option<AnyConstraint>,
}

impl Default for LayerNormalization {
    fn default() -> LayerNormalization {
        LayerNormalization {
            axis: Axes::One(-1),
            epsilon: 0.001,
            center: true,
            scale: true,
            rms_scaling: false,
            beta_initializer: Zeros::default().into(),
            gamma_initializer: Ones::default().into(),
            beta_regularizer: None,
            gamma_regularizer: None,
            beta_constraint: None,
            gamma_constraint: None,
        }
    }
}

impl LayerNormalization {
    /// A layer that normalizes along the last axis.
    pub fn new() -> LayerNormalization {
        LayerNormalization::default()
    }

    /// The same along other axes.
    pub fn axis(mut self, axis: impl Into<Axes>) -> LayerNormalization {
        self.axis = axis.into();
        self
    }

    /// The same with another number added to the variance.
    pub fn epsilon(mut self, epsilon: f64) -> LayerNormalization {
        self.epsilon = epsilon;
        self
    }

    /// The same with or without `beta`.
    pub fn center(mut self, center: bool) -> LayerNormalization {
        self.center = center;
        self
    }

    /// The same with or without `gamma`.
    pub fn scale(mut self, scale: bool) -> LayerNormalization {
        self.scale = scale;
        self
    }

    /// The same with a `beta` that starts otherwise.
    pub fn beta_initializer(mut self, initializer: impl Into<AnyInitializer>) -> LayerNormalization {
        self.beta_initializer = initializer.into();
        self
    }

    /// The same with a penalty on `beta`.
    pub fn beta_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> LayerNormalization {
        self.beta_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on `beta`.
    pub fn beta_constraint(mut self, constraint: impl Into<AnyConstraint>) -> LayerNormalization {
        self.beta_constraint = Some(constraint.into());
        self
    }

    /// The same with a `gamma` that starts otherwise.
    pub fn gamma_initializer(mut self, initializer: impl Into<AnyInitializer>) -> LayerNormalization {
        self.gamma_initializer = initializer.into();
        self
    }

    /// The same with a penalty on `gamma`.
    pub fn gamma_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> LayerNormalization {
        self.gamma_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on `gamma`.
    pub fn gamma_constraint(mut self, constraint: impl Into<AnyConstraint>) -> LayerNormalization {
        self.gamma_constraint = Some(constraint.into());
        self
    }
}

impl Named for LayerNormalization {
    const NAME: &'static str = "LayerNormalization";
    const SUMMARY: &'static str = "standardizes each sample by its own mean and variance";
}

impl Layer for LayerNormalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let x = x.cast(scope.precise_dtype());
            let shape = x.shape();
            // As Keras sorts them: -1 comes before 1.
            let mut given = self.axis.as_slice().to_vec();
            given.sort_unstable();
            let axes = match (axes_of(&shape, &given), misfit(self.epsilon)) {
                (Ok(axes), None) => axes,
                (Err(message), _) | (_, Some(message)) => return scope.fail(message),
            };
            let extents: Shape = axes.iter().map(|&axis| shape[axis]).collect();
            let others: Vec<usize> = (0..shape.rank()).filter(|axis| !axes.contains(axis)).collect();
            let open = shape.with_ones(&others);
            let gamma = (self.scale || self.rms_scaling).then(|| {
                scope.weight(
                    Weight::new("gamma", &extents, &self.gamma_initializer)
                        .regularizer(&self.gamma_regularizer)
                        .constraint(&self.gamma_constraint)
                        .uncast(),
                )
            });
            let beta = (self.center && !self.rms_scaling).then(|| {
                scope.weight(
                    Weight::new("beta", &extents, &self.beta_initializer)
                        .regularizer(&self.beta_regularizer)
                        .constraint(&self.beta_constraint)
                        .uncast(),
                )
            });
            let (mean, variance) = moments(&x, &axes);
            let x = if self.rms_scaling { x } else { x - mean };
            standardized(&x, &variance, self.epsilon, gamma, beta, &open).cast(scope.compute_dtype())
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn casts_inputs(&self) -> bool {
        false
    }
}

impl Sampled for LayerNormalization {
    fn samples() -> Vec<LayerSample> {
        let plain = LayerNormalization::new().center(false).scale(false).epsilon(0.1);
        let scaled = LayerNormalization { rms_scaling: true, ..LayerNormalization::new() };
        vec![
            LayerSample::new(LayerNormalization::new(), [&[2, 4]]),
            LayerSample::new(LayerNormalization::new().axis([1, 2]), [&[2, 3, 4]]),
            LayerSample::new(plain, [&[2, 4]]),
            LayerSample::new(scaled, [&[2, 4]]),
        ]
    }
}
