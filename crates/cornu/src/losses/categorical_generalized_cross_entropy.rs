//! A crossentropy that wrong labels disturb less.

use super::sparse_categorical_crossentropy::{class_numbers, of_class};
use super::{Labels, Loss, Reduction};
use crate::registry::Named;
use cornu_graph::{Shape, Squash, Tensor};
use serde::{Deserialize, Serialize};

/// `(1 - p^q) / q`, where `p` is the probability of the labelled class: the crossentropy as `q` goes to 0,
/// the absolute error at 1.
///
/// Where `y_pred = softmax(x)` is known, `p^q` is computed from the logits `x`, so that its derivative stays
/// finite however small `p` is.
///
/// Shapes: labels `[batch, ..]` or `[batch, .., 1]` are the numbers of classes, predictions
/// `[batch, .., n_classes]`; the result is `[batch, ..]`. Fails if `q` is not between 0 and 1. Agrees with
/// Keras's `CategoricalGeneralizedCrossEntropy` (Zhang, Sabuncu, *Generalized cross entropy loss for training
/// deep neural networks with noisy labels*, 2018).
///
/// ```
/// use cornu::losses::{CategoricalGeneralizedCrossEntropy, Loss};
/// use cornu_graph::{Array, Builder, DType, Type, evaluate};
/// let b = Builder::new();
/// let y_true = b.input_of("y_true", Type::new([1], DType::I32));
/// let loss = CategoricalGeneralizedCrossEntropy::new().call(&y_true, &b.input("y_pred", [1, 2]));
/// let graph = b.build(&[("loss", &loss)], &[]).unwrap();
/// let y_pred = Array::new([1, 2], vec![0.75f32, 0.25]).unwrap();
/// let loss = evaluate(&graph, &[Array::from_vec(vec![1i32]), y_pred], &[]).unwrap();
/// assert_eq!(loss.outputs[0].to_f64(), [1.0]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalGeneralizedCrossEntropy {
    /// The name; `categorical_generalized_cross_entropy` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// How little wrong labels disturb, between 0 and 1; 0.5 by default.
    pub q: f64,
}

impl Default for CategoricalGeneralizedCrossEntropy {
    fn default() -> CategoricalGeneralizedCrossEntropy {
        CategoricalGeneralizedCrossEntropy {
            name: "categorical_generalized_cross_entropy".into(),
            reduction: Reduction::default(),
            q: 0.5,
        }
    }
}

impl CategoricalGeneralizedCrossEntropy {
    /// The loss with Keras's defaults.
    pub fn new() -> CategoricalGeneralizedCrossEntropy {
        CategoricalGeneralizedCrossEntropy::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> CategoricalGeneralizedCrossEntropy {
        self.reduction = reduction;
        self
    }

    /// The same, disturbed less or more by wrong labels.
    pub fn q(mut self, q: f64) -> CategoricalGeneralizedCrossEntropy {
        self.q = q;
        self
    }
}

impl Named for CategoricalGeneralizedCrossEntropy {
    const NAME: &'static str = "CategoricalGeneralizedCrossEntropy";
    const ALIASES: &'static [&'static str] = &["categorical_generalized_cross_entropy"];
    const SUMMARY: &'static str = "A crossentropy that wrong labels disturb less";
}

impl Loss for CategoricalGeneralizedCrossEntropy {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        if !(self.q > 0.0 && self.q < 1.0) {
            return y_pred
                .builder()
                .fail(format!("{} expects a q between 0 and 1, got {}", self.name, self.q));
        }
        let labels = match class_numbers(&self.name, y_true, y_pred, -1) {
            Ok(labels) => labels,
            Err(mistake) => return y_pred.builder().fail(mistake),
        };
        let powers = match y_pred.builder().logits(y_pred, Squash::Softmax) {
            Some(x) => (of_class(&x.log_softmax(-1), &labels, -1) * self.q).exp(),
            None => of_class(y_pred, &labels, -1).pow(self.q),
        };
        (1.0 - powers) / self.q
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, y_pred: &Shape) -> Option<Labels> {
        Some(Labels::classes(*y_pred.last()?, None))
    }
}
