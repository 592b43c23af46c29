//! The layer that standardizes groups of features.

use super::inputs::one;
use super::standardized::{misfit, moments, standardized};
use super::{Layer, LayerSample, Sampled};
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, Ones, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`, of `x`'s shape, with the mean and variance
/// of each sample over all axes for each of `groups` parts of `axis`.
///
/// The weights `gamma` and `beta` have the extent of the axis. As many groups as features (or -1) is
/// instance normalization. 16-bit floats are computed on in 32 bits. Fails if the axis does not exist,
/// is the batch, or cannot be divided into the groups, or if `epsilon` is below 0. Wu, He: Group
/// normalization (2018). Agrees with Keras's `GroupNormalization`.
///
/// ```
/// use cornu::layers::GroupNormalization;
/// assert_eq!(GroupNormalization::new().groups(4).groups, 4);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupNormalization {
    /// Into how many groups the axis is divided, at least 1, or -1 for one each; 32 by default.
    pub groups: isize,
    /// The axis that is divided, the features; -1 by default.
    pub axis: isize,
    /// What is added to the variance; 0.001 by default.
    pub epsilon: f64,
    /// Whether there is a `beta`; true by default.
    pub center: bool,
    /// Whether there is a `gamma`; true by default.
    pub scale: bool,
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

impl Default for GroupNormalization {
    fn default() -> GroupNormalization {
        GroupNormalization {
            groups: 32,
            axis: -1,
            epsilon: 0.001,
            center: true,
            scale: true,
            beta_initializer: Zeros::default().into(),
            gamma_initializer: Ones::default().into(),
            beta_regularizer: None,
            gamma_regularizer: None,
            beta_constraint: None,
            gamma_constraint: None,
        }
    }
}

impl GroupNormalization {
    /// A layer that divides the last axis into 32 groups.
    pub fn new() -> GroupNormalization {
        GroupNormalization::default()
    }

    /// The same with another number of groups.
    pub fn groups(mut self, groups: isize) -> GroupNormalization {
        self.groups = groups;
        self
    }

    /// The same for another axis.
    pub fn axis(mut self, axis: isize) -> GroupNormalization {
        self.axis = axis;
        self
    }

    /// The same with another number added to the variance.
    pub fn epsilon(mut self, epsilon: f64) -> GroupNormalization {
        self.epsilon = epsilon;
        self
    }

    /// The same with or without `beta`.
    pub fn center(mut self, center: bool) -> GroupNormalization {
        self.center = center;
        self
    }

    /// The same with or without `gamma`.
    pub fn scale(mut self, scale: bool) -> GroupNormalization {
        self.scale = scale;
        self
    }

    /// The same with a `beta` that starts otherwise.
    pub fn beta_initializer(mut self, initializer: impl Into<AnyInitializer>) -> GroupNormalization {
        self.beta_initializer = initializer.into();
        self
    }

    /// The same with a penalty on `beta`.
    pub fn beta_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> GroupNormalization {
        self.beta_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on `beta`.
    pub fn beta_constraint(mut self, constraint: impl Into<AnyConstraint>) -> GroupNormalization {
        self.beta_constraint = Some(constraint.into());
        self
    }

    /// The same with a `gamma` that starts otherwise.
    pub fn gamma_initializer(mut self, initializer: impl Into<AnyInitializer>) -> GroupNormalization {
        self.gamma_initializer = initializer.into();
        self
    }

    /// The same with a penalty on `gamma`.
    pub fn gamma_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> GroupNormalization {
        self.gamma_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on `gamma`.
    pub fn gamma_constraint(mut self, constraint: impl Into<AnyConstraint>) -> GroupNormalization {
        self.gamma_constraint = Some(constraint.into());
        self
    }
}

impl Named for GroupNormalization {
    const NAME: &'static str = "GroupNormalization";
    const SUMMARY: &'static str = "standardizes groups of features by their mean and variance";
}

impl Layer for GroupNormalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let x = x.cast(scope.precise_dtype());
            let shape = x.shape();
            if let Some(message) = misfit(self.epsilon) {
                return scope.fail(message);
            }
            let Some(axis) = shape.axis(self.axis).filter(|&axis| axis > 0) else {
                return scope
                    .fail(format!("expects inputs with an axis {} after the batch, got {shape}", self.axis));
            };
            let groups = if self.groups == -1 { shape[axis] } else { self.groups.max(0) as usize };
            if groups == 0 || shape[axis] % groups != 0 {
                let (extent, groups) = (shape[axis], self.groups);
                return scope
                    .fail(format!("expects groups that divide the axis's extent {extent}, got {groups}"));
            }
            let extents = Shape::from([shape[axis]]);
            // The axis becomes two: the groups, and what is in each.
            let split = |shape: &[usize]| -> Vec<usize> {
                [&shape[..axis], &[groups, shape[axis] / groups], &shape[axis + 1..]].concat()
            };
            let others: Vec<usize> = (0..shape.rank()).filter(|&other| other != axis).collect();
            let open = Shape::from(split(&shape.with_ones(&others)));
            let gamma = self.scale.then(|| {
                scope.weight(
                    Weight::new("gamma", &extents, &self.gamma_initializer)
                        .regularizer(&self.gamma_regularizer)
                        .constraint(&self.gamma_constraint)
                        .uncast(),
                )
            });
            let beta = self.center.then(|| {
                scope.weight(
                    Weight::new("beta", &extents, &self.beta_initializer)
                        .regularizer(&self.beta_regularizer)
                        .constraint(&self.beta_constraint)
                        .uncast(),
                )
            });
            let grouped = x.reshape(split(&shape));
            let within: Vec<usize> = (1..grouped.rank()).filter(|&other| other != axis).collect();
            let (mean, variance) = moments(&grouped, &within);
            let y = standardized(&(grouped - mean), &variance, self.epsilon, gamma, beta, &open);
            y.reshape(shape).cast(scope.compute_dtype())
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn casts_inputs(&self) -> bool {
        false
    }
}

impl Sampled for GroupNormalization {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(GroupNormalization::new().groups(2), [&[2, 3, 4]]),
            LayerSample::new(GroupNormalization::new().groups(-1).center(false), [&[2, 3, 4]]),
            LayerSample::new(GroupNormalization::new().groups(2).axis(1).scale(false), [&[2, 4, 3]]),
        ]
    }
}
