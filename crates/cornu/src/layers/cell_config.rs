//! What the cells of recurrences have in common.

use crate::activations::Activation;
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, GlorotUniform, Orthogonal, Zeros};
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor, concat};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The fields that all cells have: those about the kernel (for the input), the recurrent kernel (for
/// the state), and the bias.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct CellConfig {
    /// What is applied to the new state; tanh by default.
    pub activation: Activation,
    /// Whether a bias is added; true by default.
    pub use_bias: bool,
    /// How the kernel starts; Glorot uniform by default.
    pub kernel_initializer: AnyInitializer,
    /// How the recurrent kernel starts; orthogonal by default.
    pub recurrent_initializer: AnyInitializer,
    /// How the bias starts; zeros by default.
    pub bias_initializer: AnyInitializer,
    /// The kernel's penalty in the loss; none by default.
    pub kernel_regularizer: Option<AnyRegularizer>,
    /// The recurrent kernel's penalty in the loss; none by default.
    pub recurrent_regularizer: Option<AnyRegularizer>,
    /// The bias's penalty in the loss; none by default.
    pub bias_regularizer: Option<AnyRegularizer>,
    /// What the kernel is brought back to after each update; nothing by default.
    pub kernel_constraint: Option<AnyConstraint>,
    /// What the recurrent kernel is brought back to after each update; nothing by default.
    pub recurrent_constraint: Option<AnyConstraint>,
    /// What the bias is brought back to after each update; nothing by default.
    pub bias_constraint: Option<AnyConstraint>,
    /// The share of the input's features that are dropped while training, the same ones at all steps;
    /// 0 by default, and below 1.
    pub dropout: f64,
    /// The same for the state; 0 by default, and below 1.
    pub recurrent_dropout: f64,
    /// A seed for what is dropped; none by default, which draws from the model's.
    #[serde(deserialize_with = "crate::initializers::seed", skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
}

impl Default for CellConfig {
    fn default() -> CellConfig {
        CellConfig {
            activation: Activation::Tanh,
            use_bias: true,
            kernel_initializer: GlorotUniform::default().into(),
            recurrent_initializer: Orthogonal::default().into(),
            bias_initializer: Zeros::default().into(),
            kernel_regularizer: None,
            recurrent_regularizer: None,
            bias_regularizer: None,
            kernel_constraint: None,
            recurrent_constraint: None,
            bias_constraint: None,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            seed: None,
        }
    }
}

/// Options that every cell has, and every layer that is made of one.
pub trait CellOptions: Sized {
    /// Where the options are kept.
    fn cell_config(&mut self) -> &mut CellConfig;

    /// The same with or without a bias.
    fn use_bias(mut self, use_bias: bool) -> Self {
        self.cell_config().use_bias = use_bias;
        self
    }

    /// The same with a kernel that starts otherwise.
    fn kernel_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Self {
        self.cell_config().kernel_initializer = initializer.into();
        self
    }

    /// The same with a recurrent kernel that starts otherwise.
    fn recurrent_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Self {
        self.cell_config().recurrent_initializer = initializer.into();
        self
    }

    /// The same with a bias that starts otherwise.
    fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Self {
        self.cell_config().bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernel.
    fn kernel_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Self {
        self.cell_config().kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the recurrent kernel.
    fn recurrent_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Self {
        self.cell_config().recurrent_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the bias.
    fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Self {
        self.cell_config().bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernel.
    fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Self {
        self.cell_config().kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on the recurrent kernel.
    fn recurrent_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Self {
        self.cell_config().recurrent_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on the bias.
    fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Self {
        self.cell_config().bias_constraint = Some(constraint.into());
        self
    }

    /// The same, dropping a share of the input's features while training.
    fn dropout(mut self, rate: f64) -> Self {
        self.cell_config().dropout = rate;
        self
    }

    /// The same, dropping a share of the state while training.
    fn recurrent_dropout(mut self, rate: f64) -> Self {
        self.cell_config().recurrent_dropout = rate;
        self
    }

    /// The same with a seed of its own for what is dropped.
    fn seed(mut self, seed: i64) -> Self {
        self.cell_config().seed = Some(seed);
        self
    }
}

impl<T: CellOptions> super::Activated for T {
    fn activation(mut self, activation: Activation) -> Self {
        self.cell_config().activation = activation;
        self
    }
}

/// The variables of a cell, and what is dropped while training.
pub(super) struct CellWeights {
    pub kernel: Tensor,
    pub recurrent_kernel: Tensor,
    pub bias: Option<Tensor>,
    /// What the input is multiplied by: nothing, one tensor for all gates, or one for each.
    pub input_masks: Vec<Tensor>,
    /// The same for the state.
    pub state_masks: Vec<Tensor>,
}

impl CellConfig {
    /// Declares the weights, whose last axes hold the gates one after the other: kernel, recurrent kernel,
    /// and a bias that may start in a way of its own. Draws `n_masks` tensors to drop by for shapes of one
    /// step's input and state.
    pub(super) fn weights(
        &self,
        scope: &mut Scope,
        kernels: [Shape; 2],
        bias: (Shape, AnyInitializer),
        n_masks: usize,
        dropped: [&Shape; 2],
    ) -> Result<CellWeights, Tensor> {
        for (what, rate) in [("dropout", self.dropout), ("recurrent_dropout", self.recurrent_dropout)] {
            if !(0.0..1.0).contains(&rate) {
                return Err(scope.fail(format!("expects a {what} of at least 0 and below 1, got {rate}")));
            }
        }
        let [kernel, recurrent_kernel] = kernels;
        let kernel = scope.weight(
            Weight::new("kernel", kernel, &self.kernel_initializer)
                .regularizer(&self.kernel_regularizer)
                .constraint(&self.kernel_constraint),
        );
        let recurrent_kernel = scope.weight(
            Weight::new("recurrent_kernel", recurrent_kernel, &self.recurrent_initializer)
                .regularizer(&self.recurrent_regularizer)
                .constraint(&self.recurrent_constraint),
        );
        let bias = self.use_bias.then(|| {
            scope.weight(
                Weight::new("bias", bias.0, &bias.1)
                    .regularizer(&self.bias_regularizer)
                    .constraint(&self.bias_constraint),
            )
        });
        let mut masks = |shape: &Shape, rate: f64| -> Vec<Tensor> {
            let n = if scope.training() && rate > 0.0 { n_masks } else { 0 };
            let dtype = scope.compute_dtype();
            let mut mask = || {
                let kept = scope.uniform(shape, self.seed).less(1.0 - rate);
                kept.select(&scope.builder().full(shape, 1.0 / (1.0 - rate), dtype), 0.0)
            };
            (0..n).map(|_| mask()).collect()
        };
        let input_masks = masks(dropped[0], self.dropout);
        let state_masks = masks(dropped[1], self.recurrent_dropout);
        Ok(CellWeights { kernel, recurrent_kernel, bias, input_masks, state_masks })
    }

    /// How many tensors there are to drop by in a cell of `n_gates`: one for all gates or, in Keras's
    /// `implementation` 1 and wherever the state is dropped too, one for each.
    pub(super) fn n_masks(&self, n_gates: usize, implementation: u8) -> usize {
        if implementation == 1 || self.recurrent_dropout != 0.0 { n_gates } else { 1 }
    }
}

/// `product(x, kernel)`, of `x` without what is dropped for each of the gates along the kernel's last axis.
pub(super) fn gated(
    x: &Tensor,
    kernel: &Tensor,
    masks: &[Tensor],
    product: impl Fn(&Tensor, &Tensor) -> Tensor,
) -> Tensor {
    match masks {
        [] => product(x, kernel),
        [mask] => product(&(x * mask), kernel),
        masks => {
            let width = kernel.extent(-1) / masks.len();
            let gates: Vec<Tensor> = (masks.iter().enumerate())
                .map(|(i, mask)| product(&(x * mask), &gate(kernel, i, width)))
                .collect();
            concat(&gates.iter().collect::<Vec<_>>(), -1)
        }
    }
}

/// The part of gate `i`, of that width, along the last axis of `x`.
pub(super) fn gate(x: &Tensor, i: usize, width: usize) -> Tensor {
    x.slice_axis(-1, i * width, (i + 1) * width)
}

/// Stands behind flattened fields in a config and refuses whatever is left: what the others do not
/// have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NothingElse;

impl<'de> Deserialize<'de> for NothingElse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NothingElse, D::Error> {
        struct Empty;
        impl<'de> Visitor<'de> for Empty {
            type Value = NothingElse;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("no more fields")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NothingElse, A::Error> {
                match map.next_key::<String>()? {
                    Some(key) => Err(A::Error::custom(format!("unknown field `{key}`"))),
                    None => Ok(NothingElse),
                }
            }
        }
        deserializer.deserialize_map(Empty)
    }
}
