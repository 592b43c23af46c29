//! The fully connected layer.

use super::activity_regularization::penalize;
use super::inputs::one_float;
use super::{Activated, Layer, LayerSample, Sampled};
use crate::activations::Activation;
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, GlorotUniform, Zeros};
use crate::registry::Named;
use crate::regularizers::{AnyRegularizer, L2};
use crate::scope::{Scope, Weight};
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `y = activation(x kernel + bias)` along the last axis: `[batch, .., n] -> [batch, .., units]`.
///
/// The kernel has shape `[n, units]`, the bias `[units]`. Fails on inputs of fewer than two axes,
/// or if `units` is 0. Agrees with Keras's `Dense`.
///
/// ```
/// use cornu::layers::{Activated, Dense};
/// let layer = Dense::new(64).relu();
/// assert_eq!(layer.units, 64);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dense {
    /// Extent of the output's last axis; has no default, and is at least 1.
    pub units: usize,
    /// What is applied to the result; linear by default.
    pub activation: Activation,
    /// Whether a bias is added; true by default.
    pub use_bias: bool,
    /// How the kernel starts; Glorot uniform by default.
    pub kernel_initializer: AnyInitializer,
    /// How the bias starts; zeros by default.
    pub bias_initializer: AnyInitializer,
    /// The kernel's penalty in the loss; none by default.
    pub kernel_regularizer: Option<AnyRegularizer>,
    /// The bias's penalty in the loss; none by default.
    pub bias_regularizer: Option<AnyRegularizer>,
    /// The output's penalty in the loss, divided by the batch size; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_regularizer: Option<AnyRegularizer>,
    /// What the kernel is brought back to after each update; nothing by default.
    pub kernel_constraint: Option<AnyConstraint>,
    /// What the bias is brought back to after each update; nothing by default.
    pub bias_constraint: Option<AnyConstraint>,
}

impl Default for Dense {
    fn default() -> Dense {
        Dense {
            units: 0,
            activation: Activation::Linear,
            use_bias: true,
            kernel_initializer: GlorotUniform::default().into(),
            bias_initializer: Zeros::default().into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
        }
    }
}

impl Dense {
    /// A linear layer of so many units.
    pub fn new(units: usize) -> Dense {
        Dense { units, ..Dense::default() }
    }

    /// The same with or without a bias.
    pub fn use_bias(mut self, use_bias: bool) -> Dense {
        self.use_bias = use_bias;
        self
    }

    /// The same with a kernel that starts otherwise.
    pub fn kernel_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Dense {
        self.kernel_initializer = initializer.into();
        self
    }

    /// The same with a bias that starts otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Dense {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernel.
    pub fn kernel_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Dense {
        self.kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the bias.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Dense {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Dense {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernel.
    pub fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Dense {
        self.kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on the bias.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Dense {
        self.bias_constraint = Some(constraint.into());
        self
    }
}

impl Activated for Dense {
    fn activation(mut self, activation: Activation) -> Dense {
        self.activation = activation;
        self
    }
}

impl Named for Dense {
    const NAME: &'static str = "Dense";
    const SUMMARY: &'static str = "fully connected: activation(x kernel + bias)";
}

impl Layer for Dense {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            if self.units == 0 {
                return scope.fail("expects units of at least 1, got 0");
            }
            if x.rank() < 2 {
                return scope.fail(format!("expects inputs [batch, .., features], got shape {}", x.shape()));
            }
            let kernel = scope.weight(
                Weight::new("kernel", [x.extent(-1), self.units], &self.kernel_initializer)
                    .regularizer(&self.kernel_regularizer)
                    .constraint(&self.kernel_constraint),
            );
            let mut y = x.matmul(&kernel); // [batch, .., units]
            if self.use_bias {
                let bias = scope.weight(
                    Weight::new("bias", [self.units], &self.bias_initializer)
                        .regularizer(&self.bias_regularizer)
                        .constraint(&self.bias_constraint),
                );
                y = y + bias;
            }
            let y = self.activation.call(&y);
            penalize(scope, &self.activity_regularizer, &y);
            y
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for Dense {
    fn samples() -> Vec<LayerSample> {
        let penalized = Dense::new(2).kernel_regularizer(L2::default()).activity_regularizer(L2 { l2: 0.1 });
        vec![
            LayerSample::new(Dense::new(3), [&[5, 4]]),
            LayerSample::new(Dense::new(3).tanh(), [&[2, 3, 4]]),
            LayerSample::new(Dense::new(3).softmax().use_bias(false), [&[5, 4]]),
            LayerSample::new(penalized.gelu(), [&[5, 4]]),
        ]
    }
}
