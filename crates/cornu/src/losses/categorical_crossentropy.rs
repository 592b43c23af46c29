//! The crossentropy of one-hot labels.

use super::{ALMOST_ONE, EPSILON, Form, Labels, Loss, Reduction, shapes::keras_shape};
use crate::registry::Named;
use cornu_graph::{Shape, Squash, Tensor};
use serde::{Deserialize, Serialize};

/// `-sum(y_true log(p))` along `axis`.
///
/// From logits `x`, given as such or known because `y_pred = softmax(x)`, `log(p)` is computed as
/// `x - max(x) - log(sum(exp(x - max(x))))`, which loses nothing however large `x` is. Other
/// probabilities are divided by their sum and clipped to `[1e-7, 1 - 1e-7]`.
///
/// Shapes: labels like predictions, `[batch, .., n_classes] -> [batch, ..]`. Agrees with Keras's
/// `CategoricalCrossentropy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalCrossentropy {
    /// The name; `categorical_crossentropy` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// How far labels are drawn towards one over the number of classes; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the classes; the last by default.
    pub axis: isize,
}

impl Default for CategoricalCrossentropy {
    fn default() -> CategoricalCrossentropy {
        CategoricalCrossentropy {
            name: "categorical_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
        }
    }
}

impl CategoricalCrossentropy {
    /// The loss with Keras's defaults.
    pub fn new() -> CategoricalCrossentropy {
        CategoricalCrossentropy::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> CategoricalCrossentropy {
        self.reduction = reduction;
        self
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> CategoricalCrossentropy {
        self.from_logits = true;
        self
    }

    /// The same with labels drawn towards the middle by this part.
    pub fn label_smoothing(mut self, label_smoothing: f64) -> CategoricalCrossentropy {
        self.label_smoothing = label_smoothing;
        self
    }

    /// The same along another axis.
    pub fn axis(mut self, axis: isize) -> CategoricalCrossentropy {
        self.axis = axis;
        self
    }
}

impl Named for CategoricalCrossentropy {
    const NAME: &'static str = "CategoricalCrossentropy";
    const ALIASES: &'static [&'static str] = &["categorical_crossentropy"];
    const SUMMARY: &'static str = "The crossentropy of one-hot labels";
}

impl Loss for CategoricalCrossentropy {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let logp = log_probabilities(y_pred, self.from_logits, self.axis);
        match one_hot_labels(&self.name, y_true, y_pred, self.label_smoothing) {
            Ok(y_true) => -(y_true * logp).sum(&[self.axis]),
            Err(failed) => failed,
        }
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, _: &Shape) -> Option<Labels> {
        Some(Labels::within(0.0..=1.0))
    }
}

/// The logarithm of probabilities: from their logits where those are known, so that it is exact.
pub(super) fn log_probabilities(y_pred: &Tensor, from_logits: bool, axis: isize) -> Tensor {
    let last = axis == -1 || axis == y_pred.rank() as isize - 1;
    let logits = match from_logits {
        true => Some(y_pred.clone()),
        false if last => y_pred.builder().logits(y_pred, Squash::Softmax),
        false => None,
    };
    match logits {
        Some(x) => x.log_softmax(axis),
        None => (y_pred / y_pred.sum_keep(&[axis])).clip(EPSILON, ALMOST_ONE).log(),
    }
}

/// Labels of the predictions' shape and dtype, smoothed; or what stands for a mistake that was noted.
pub(super) fn one_hot_labels(
    name: &str,
    y_true: &Tensor,
    y_pred: &Tensor,
    smoothing: f64,
) -> Result<Tensor, Tensor> {
    if y_true.is_valid() && y_pred.is_valid() && y_true.shape() != y_pred.shape() {
        return Err(mismatch(name, y_true, y_pred));
    }
    let y_true = y_true.cast(y_pred.dtype());
    if smoothing == 0.0 {
        return Ok(y_true);
    }
    let rest = smoothing / y_true.extent(-1) as f64;
    Ok(y_true * (1.0 - smoothing) + rest)
}

fn mismatch(name: &str, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
    let (labels, predictions) = (y_true.shape(), y_pred.shape());
    let (got, wanted) = (keras_shape(&labels), keras_shape(&predictions));
    let advice = match Form::of(&labels, &predictions) {
        Form::Sparse => ": for class numbers use sparse_categorical_crossentropy",
        Form::Binary => ": for one probability use binary_crossentropy",
        Form::Categorical => "",
    };
    y_pred.builder().fail(format!("{name} expects one-hot labels of shape {wanted}, got {got}{advice}"))
}
