//! The layer of vectors for whole numbers.

use super::activity_regularization::penalize;
use super::inputs::one;
use super::{Layer, LayerSample, Sampled};
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, RandomUniform};
use crate::registry::Named;
use crate::regularizers::{AnyRegularizer, L2};
use crate::scope::{Scope, Weight};
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// A vector of its own for each whole number: `y = embeddings[x]`, `[batch, ..] -> [batch, .., output_dim]`.
///
/// The weight `embeddings` has shape `[input_dim, output_dim]`. Numbers run from 0 to
/// `input_dim - 1`; others count as the nearest of these, and floats are cut to whole numbers. With
/// `mask_zero` the number 0 stands for padding: the output has a mask that is false there, and layers
/// that follow leave those steps out. Fails if `input_dim` or `output_dim` is 0. Agrees with Keras's
/// `Embedding` without low-rank adaptation and quantization.
///
/// ```
/// use cornu::layers::Embedding;
/// let layer = Embedding::new(1000, 64).mask_zero(true);
/// assert_eq!((layer.input_dim, layer.output_dim), (1000, 64));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Embedding {
    /// How many numbers there are; has no default, and is at least 1.
    pub input_dim: usize,
    /// How long the vectors are; has no default, and is at least 1.
    pub output_dim: usize,
    /// How the vectors start; uniform within 0.05 of 0 by default.
    pub embeddings_initializer: AnyInitializer,
    /// The vectors' penalty in the loss; none by default.
    pub embeddings_regularizer: Option<AnyRegularizer>,
    /// The output's penalty in the loss, divided by the batch size; none by default.
    pub activity_regularizer: Option<AnyRegularizer>,
    /// What the vectors are brought back to after each update; nothing by default.
    pub embeddings_constraint: Option<AnyConstraint>,
    /// Whether 0 is padding, which is masked out; false by default.
    pub mask_zero: bool,
}

impl Default for Embedding {
    fn default() -> Embedding {
        Embedding {
            input_dim: 0,
            output_dim: 0,
            embeddings_initializer: RandomUniform::default().into(),
            embeddings_regularizer: None,
            activity_regularizer: None,
            embeddings_constraint: None,
            mask_zero: false,
        }
    }
}

impl Embedding {
    /// Vectors of length `output_dim` for the numbers below `input_dim`.
    pub fn new(input_dim: usize, output_dim: usize) -> Embedding {
        Embedding { input_dim, output_dim, ..Embedding::default() }
    }

    /// The same with vectors that start otherwise.
    pub fn embeddings_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Embedding {
        self.embeddings_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the vectors.
    pub fn embeddings_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Embedding {
        self.embeddings_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Embedding {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the vectors.
    pub fn embeddings_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Embedding {
        self.embeddings_constraint = Some(constraint.into());
        self
    }

    /// The same with 0 as padding, or not.
    pub fn mask_zero(mut self, mask_zero: bool) -> Embedding {
        self.mask_zero = mask_zero;
        self
    }
}

impl Named for Embedding {
    const NAME: &'static str = "Embedding";
    const SUMMARY: &'static str = "a vector for each whole number";
}

impl Layer for Embedding {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            for (name, extent) in [("input_dim", self.input_dim), ("output_dim", self.output_dim)] {
                if extent == 0 {
                    return scope.fail(format!("expects an {name} of at least 1, got 0"));
                }
            }
            let embeddings = scope.weight(
                Weight::new("embeddings", [self.input_dim, self.output_dim], &self.embeddings_initializer)
                    .regularizer(&self.embeddings_regularizer)
                    .constraint(&self.embeddings_constraint)
                    .uncast(),
            );
            let numbers = match x.dtype() {
                DType::I32 | DType::I64 => x.clone(),
                _ => x.cast(DType::I32),
            };
            scope.set_mask(0, self.mask_zero.then(|| numbers.not_equal(0.0)));
            let y = embeddings.gather(&numbers, 0).cast(scope.compute_dtype());
            penalize(scope, &self.activity_regularizer, &y);
            y
        })
    }

    fn casts_inputs(&self) -> bool {
        false
    }
}

impl Sampled for Embedding {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Embedding::new(5, 3), [&[2, 4]]).integers(5),
            LayerSample::new(Embedding::new(4, 2).mask_zero(true), [&[3]]).integers(4),
            LayerSample::new(Embedding::new(4, 2).activity_regularizer(L2 { l2: 0.1 }), [&[2, 3]])
                .integers(4),
        ]
    }
}
