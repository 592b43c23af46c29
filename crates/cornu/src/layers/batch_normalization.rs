//! The layer that standardizes its inputs by statistics of the batch.

use super::inputs::one_float;
use super::standardized::{self, masked_moments, moments, standardized};
use super::{Layer, LayerSample, Sampled};
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, Ones, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor};
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

/// `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`, of `x`'s shape, with one of each for
/// every position along `axis`.
///
/// While training, the mean and variance (divided by the count, not by one less) are the batch's,
/// and the weights `moving_mean` and `moving_variance` follow them:
/// `moving = moving * momentum + batch * (1 - momentum)`. Otherwise, and where the layer is frozen,
/// the moving ones are used. What the input's mask leaves out does not count for the batch's. 16-bit
/// floats are computed on in 32 bits. The other weights are `gamma` and `beta`; all have the extent of the
/// axis. Ioffe, Szegedy: Batch normalization (2015). Agrees with Keras's `BatchNormalization`
/// without batch renormalization. Fails if the axis does not exist or is the batch, or if
/// `momentum` is not in `[0, 1]` or `epsilon` is below 0.
///
/// ```
/// use cornu::layers::BatchNormalization;
/// let layer = BatchNormalization::new().momentum(0.9);
/// assert_eq!(layer.epsilon, 0.001);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchNormalization {
    /// The axis that has statistics of its own at each position, the features; -1 by default.
    pub axis: isize,
    /// How slowly the moving statistics follow; 0.99 by default.
    pub momentum: f64,
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
    /// How the moving mean starts; zeros by default.
    pub moving_mean_initializer: AnyInitializer,
    /// How the moving variance starts; ones by default.
    pub moving_variance_initializer: AnyInitializer,
    /// The penalty on `beta`; none by default.
    pub beta_regularizer: Option<AnyRegularizer>,
    /// The penalty on `gamma`; none by default.
    pub gamma_regularizer: Option<AnyRegularizer>,
    /// What `beta` is brought back to after each update; nothing by default.
    pub beta_constraint: Option<AnyConstraint>,
    /// What `gamma` is brought back to after each update; nothing by default.
    pub gamma_constraint: Option<AnyConstraint>,
    /// Whether devices share their statistics; false by default. Here there is one device, so that
    /// both mean the same.
    pub synchronized: bool,
    /// Newer versions of Keras write it; older ones do not take it.
    #[serde(skip_serializing, deserialize_with = "no_renorm")]
    renorm: (),
    #[serde(skip_serializing)]
    renorm_momentum: IgnoredAny,
}

fn no_renorm<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match bool::deserialize(deserializer)? {
        true => Err(D::Error::custom("batch renormalization (renorm) is not available")),
        false => Ok(()),
    }
}

impl Default for BatchNormalization {
    fn default() -> BatchNormalization {
        BatchNormalization {
            axis: -1,
            momentum: 0.99,
            epsilon: 0.001,
            center: true,
            scale: true,
            beta_initializer: Zeros::default().into(),
            gamma_initializer: Ones::default().into(),
            moving_mean_initializer: Zeros::default().into(),
            moving_variance_initializer: Ones::default().into(),
            beta_regularizer: None,
            gamma_regularizer: None,
            beta_constraint: None,
            gamma_constraint: None,
            synchronized: false,
            renorm: (),
            renorm_momentum: IgnoredAny,
        }
    }
}

impl BatchNormalization {
    /// A layer that normalizes the last axis.
    pub fn new() -> BatchNormalization {
        BatchNormalization::default()
    }

    /// The same for another axis.
    pub fn axis(mut self, axis: isize) -> BatchNormalization {
        self.axis = axis;
        self
    }

    /// The same with moving statistics that follow more slowly (towards 1) or faster (towards 0).
    pub fn momentum(mut self, momentum: f64) -> BatchNormalization {
        self.momentum = momentum;
        self
    }

    /// The same with another number added to the variance.
    pub fn epsilon(mut self, epsilon: f64) -> BatchNormalization {
        self.epsilon = epsilon;
        self
    }

    /// The same with or without `beta`.
    pub fn center(mut self, center: bool) -> BatchNormalization {
        self.center = center;
        self
    }

    /// The same with or without `gamma`.
    pub fn scale(mut self, scale: bool) -> BatchNormalization {
        self.scale = scale;
        self
    }

    /// The same with a `beta` that starts otherwise.
    pub fn beta_initializer(mut self, initializer: impl Into<AnyInitializer>) -> BatchNormalization {
        self.beta_initializer = initializer.into();
        self
    }

    /// The same with a `gamma` that starts otherwise.
    pub fn gamma_initializer(mut self, initializer: impl Into<AnyInitializer>) -> BatchNormalization {
        self.gamma_initializer = initializer.into();
        self
    }

    /// The same with a moving mean that starts otherwise.
    pub fn moving_mean_initializer(mut self, initializer: impl Into<AnyInitializer>) -> BatchNormalization {
        self.moving_mean_initializer = initializer.into();
        self
    }

    /// The same with a moving variance that starts otherwise.
    pub fn moving_variance_initializer(
        mut self,
        initializer: impl Into<AnyInitializer>,
    ) -> BatchNormalization {
        self.moving_variance_initializer = initializer.into();
        self
    }

    /// The same with a penalty on `beta`.
    pub fn beta_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> BatchNormalization {
        self.beta_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on `gamma`.
    pub fn gamma_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> BatchNormalization {
        self.gamma_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on `beta`.
    pub fn beta_constraint(mut self, constraint: impl Into<AnyConstraint>) -> BatchNormalization {
        self.beta_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on `gamma`.
    pub fn gamma_constraint(mut self, constraint: impl Into<AnyConstraint>) -> BatchNormalization {
        self.gamma_constraint = Some(constraint.into());
        self
    }

    /// What does not fit, of the fields.
    fn misfit(&self) -> Option<String> {
        if !(0.0..=1.0).contains(&self.momentum) {
            return Some(format!("expects a momentum between 0 and 1, got {}", self.momentum));
        }
        standardized::misfit(self.epsilon)
    }
}

impl Named for BatchNormalization {
    const NAME: &'static str = "BatchNormalization";
    const SUMMARY: &'static str = "standardizes by the mean and variance of the batch";
}

impl Layer for BatchNormalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            if let Some(message) = self.misfit() {
                return scope.fail(message);
            }
            let shape = x.shape();
            let Some(axis) = shape.axis(self.axis).filter(|&axis| axis > 0) else {
                return scope
                    .fail(format!("expects inputs with an axis {} after the batch, got {shape}", self.axis));
            };
            let others: Vec<usize> = (0..shape.rank()).filter(|&other| other != axis).collect();
            let open = shape.with_ones(&others); // [1, .., features, .., 1]
            let features = Shape::from([shape[axis]]);
            let gamma = self.scale.then(|| {
                scope.weight(
                    Weight::new("gamma", &features, &self.gamma_initializer)
                        .regularizer(&self.gamma_regularizer)
                        .constraint(&self.gamma_constraint)
                        .uncast(),
                )
            });
            let beta = self.center.then(|| {
                scope.weight(
                    Weight::new("beta", &features, &self.beta_initializer)
                        .regularizer(&self.beta_regularizer)
                        .constraint(&self.beta_constraint)
                        .uncast(),
                )
            });
            let [moving_mean, moving_variance] = [
                ("moving_mean", &self.moving_mean_initializer),
                ("moving_variance", &self.moving_variance_initializer),
            ]
            .map(|(name, initializer)| {
                scope.weight(Weight::new(name, &features, initializer).not_trainable().uncast())
            });

            let x = x.cast(scope.precise_dtype());
            let (centered, variance) = match scope.training() && !scope.is_frozen() {
                true => {
                    let (mean, variance) = match scope.mask(0) {
                        None => moments(&x, &others),
                        Some(mask) if mask.shape()[..] == shape[..shape.rank() - 1] => {
                            masked_moments(&x, &mask, &others)
                        }
                        Some(mask) => {
                            let message = format!(
                                "expects a mask {}, got {}",
                                shape.without(&[shape.rank() - 1]),
                                mask.shape()
                            );
                            return scope.fail(message);
                        }
                    };
                    for (moving, batch) in [(&moving_mean, &mean), (&moving_variance, &variance)] {
                        let so_far = scope.current(moving).cast(x.dtype());
                        let batch = batch.reshape(&features);
                        scope.update(moving, so_far * self.momentum + batch * (1.0 - self.momentum));
                    }
                    (&x - mean, variance)
                }
                false => {
                    let [mean, variance] =
                        [moving_mean, moving_variance].map(|moving| moving.cast(x.dtype()).reshape(&open));
                    (&x - mean, variance)
                }
            };
            let y = standardized(&centered, &variance, self.epsilon, gamma, beta, &open);
            y.cast(scope.compute_dtype())
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for BatchNormalization {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(BatchNormalization::new(), [&[5, 4]]),
            LayerSample::new(BatchNormalization::new().axis(1).momentum(0.9), [&[2, 3, 4]]),
            LayerSample::new(
                BatchNormalization::new().center(false).scale(false).epsilon(0.01),
                [&[2, 3, 4]],
            ),
        ]
    }
}
