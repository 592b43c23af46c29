//! The crossentropy of labels that are the numbers of classes.

use super::{Labels, Loss, Reduction, categorical_crossentropy::log_probabilities, shapes};
use crate::registry::Named;
use cornu_graph::{DType, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `-log(p[y_true])`, where `p` are the probabilities along the last axis.
///
/// From logits, given as such or known because `y_pred = softmax(x)`, it is computed as
/// [`CategoricalCrossentropy`](super::CategoricalCrossentropy) does it, stable for any `x`. Samples
/// labelled `ignore_class` have a loss of zero and do not count in means.
///
/// Shapes: labels `[batch, ..]` or `[batch, .., 1]`, predictions `[batch, .., n_classes]`; the result
/// is `[batch, ..]`. Agrees with Keras's `SparseCategoricalCrossentropy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SparseCategoricalCrossentropy {
    /// The name; `sparse_categorical_crossentropy` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// The label of samples that do not count.
    pub ignore_class: Option<i64>,
}

impl Default for SparseCategoricalCrossentropy {
    fn default() -> SparseCategoricalCrossentropy {
        SparseCategoricalCrossentropy {
            name: "sparse_categorical_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            ignore_class: None,
        }
    }
}

impl SparseCategoricalCrossentropy {
    /// The loss with Keras's defaults.
    pub fn new() -> SparseCategoricalCrossentropy {
        SparseCategoricalCrossentropy::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> SparseCategoricalCrossentropy {
        self.reduction = reduction;
        self
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> SparseCategoricalCrossentropy {
        self.from_logits = true;
        self
    }

    /// The same, leaving out samples of this label.
    pub fn ignore_class(mut self, ignore_class: i64) -> SparseCategoricalCrossentropy {
        self.ignore_class = Some(ignore_class);
        self
    }
}

impl Named for SparseCategoricalCrossentropy {
    const NAME: &'static str = "SparseCategoricalCrossentropy";
    const ALIASES: &'static [&'static str] = &["sparse_categorical_crossentropy"];
    const SUMMARY: &'static str = "The crossentropy of labels that are the numbers of classes";
}

impl Loss for SparseCategoricalCrossentropy {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let Some(labels) = self.numbers(y_true, y_pred) else {
            return self.mismatch(y_true, y_pred);
        };
        let logp = log_probabilities(y_pred, self.from_logits, -1);
        // As `f32`, which holds the numbers of that many classes, the comparison shares its neighbors' loop.
        let number = if logp.extent(-1) <= 1 << 24 { DType::F32 } else { DType::I64 };
        let class = y_pred.builder().iota(logp.shape(), logp.rank().saturating_sub(1), number);
        let labels = labels.cast(number).expand_dims(-1);
        let losses = -class.equal(labels).select(&logp, 0.0).sum(&[-1]);
        match self.mask(y_true, y_pred) {
            Some(mask) => mask.select(&losses, 0.0),
            None => losses,
        }
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn mask(&self, y_true: &Tensor, y_pred: &Tensor) -> Option<Tensor> {
        let class = self.ignore_class?;
        Some(self.numbers(y_true, y_pred)?.not_equal(class as f64))
    }

    fn labels(&self, y_pred: &Shape) -> Option<Labels> {
        Some(Labels::classes(*y_pred.last()?, self.ignore_class))
    }
}

impl SparseCategoricalCrossentropy {
    /// The labels as whole numbers of the predictions' shape without its last axis, if they fit.
    fn numbers(&self, y_true: &Tensor, y_pred: &Tensor) -> Option<Tensor> {
        let (labels, predictions) = (y_true.shape(), y_pred.shape());
        let samples = &predictions[..predictions.rank().saturating_sub(1)];
        let numbers = y_true.cast(DType::I64);
        match () {
            _ if predictions.is_empty() => None,
            _ if labels[..] == *samples => Some(numbers),
            _ if labels.last() == Some(&1) && labels[..labels.rank() - 1] == *samples => {
                Some(numbers.reshape(samples))
            }
            _ => None,
        }
    }

    fn mismatch(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (labels, predictions) = (y_true.shape(), y_pred.shape());
        if predictions.is_empty() {
            return y_pred.builder().fail(format!("{} expects an axis of classes, got a scalar", self.name));
        }
        let samples = Shape::from(&predictions[..predictions.rank() - 1]);
        let columns: Shape = samples.iter().copied().chain([1]).collect();
        let got = shapes::keras_shape(&labels);
        let advice = match labels == predictions {
            true => ": for one-hot labels use categorical_crossentropy",
            false => "",
        };
        y_pred.builder().fail(format!(
            "{} expects labels of shape {} or {} with values 0..{}, got {got}{advice}",
            self.name,
            shapes::keras_shape(&samples),
            shapes::keras_shape(&columns),
            predictions[predictions.rank() - 1],
        ))
    }
}
