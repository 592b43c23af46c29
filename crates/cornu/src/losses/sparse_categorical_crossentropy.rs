//! The crossentropy of labels that are the numbers of classes.

use super::{Labels, Loss, Reduction, categorical_crossentropy::log_probabilities, shapes};
use crate::registry::Named;
use cornu_graph::{DType, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `-log(p[y_true])`, where `p` are the probabilities along `axis`.
///
/// From logits, given as such or known because `y_pred = softmax(x)`, it is computed as
/// [`CategoricalCrossentropy`](super::CategoricalCrossentropy) does it, stable for any `x`. Samples
/// labelled `ignore_class` have a loss of zero and do not count in means.
///
/// Shapes: labels `[batch, ..]` or `[batch, .., 1]`, predictions `[batch, .., n_classes]` (or with the
/// classes, and the 1, along another axis); the result is `[batch, ..]`. Agrees with Keras's `SparseCategoricalCrossentropy`.
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
    /// The axis of the classes; the last by default. Keras leaves it out of its configs.
    #[serde(skip_serializing_if = "is_last")]
    pub axis: isize,
}

fn is_last(axis: &isize) -> bool {
    *axis == -1
}

impl Default for SparseCategoricalCrossentropy {
    fn default() -> SparseCategoricalCrossentropy {
        SparseCategoricalCrossentropy {
            name: "sparse_categorical_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            ignore_class: None,
            axis: -1,
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

    /// The same with classes along another axis.
    pub fn axis(mut self, axis: isize) -> SparseCategoricalCrossentropy {
        self.axis = axis;
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
        let labels = match class_numbers(&self.name, y_true, y_pred, self.axis) {
            Ok(labels) => labels,
            Err(mistake) => return y_pred.builder().fail(mistake),
        };
        let losses = -of_class(&log_probabilities(y_pred, self.from_logits, self.axis), &labels, self.axis);
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
        Some(class_numbers(&self.name, y_true, y_pred, self.axis).ok()?.not_equal(class as f64))
    }

    fn labels(&self, y_pred: &Shape) -> Option<Labels> {
        Some(Labels::classes(y_pred[y_pred.axis(self.axis)?], self.ignore_class))
    }
}

/// The labels as whole numbers of the predictions' shape without the axis of classes, which they may have
/// with extent 1; or why they do not fit.
pub(super) fn class_numbers(
    name: &str,
    y_true: &Tensor,
    y_pred: &Tensor,
    axis: isize,
) -> Result<Tensor, String> {
    let numbers = y_true.cast(DType::I64);
    if !numbers.is_valid() || !y_pred.is_valid() {
        return Ok(numbers);
    }
    let (labels, predictions) = (y_true.shape(), y_pred.shape());
    let Some(classes) = predictions.axis(axis) else {
        let got = if predictions.is_empty() { "a scalar".into() } else { shapes::keras_shape(&predictions) };
        return Err(format!("{name} expects an axis of classes, got {got}"));
    };
    let without = predictions.iter().enumerate().filter(|(i, _)| *i != classes);
    let samples: Shape = without.map(|(_, extent)| *extent).collect();
    let columns: Shape =
        predictions.iter().enumerate().map(|(i, extent)| if i == classes { 1 } else { *extent }).collect();
    match () {
        _ if labels == samples => Ok(numbers),
        _ if labels == columns => Ok(numbers.reshape(samples)),
        _ => Err(format!(
            "{name} expects labels of shape {} or {} with values 0..{}, got {}{}",
            shapes::keras_shape(&samples),
            shapes::keras_shape(&columns),
            predictions[classes],
            shapes::keras_shape(&labels),
            if labels == predictions { ": for one-hot labels use categorical_crossentropy" } else { "" },
        )),
    }
}

/// The element of each sample's labelled class: `x` without the axis of classes.
pub(super) fn of_class(x: &Tensor, labels: &Tensor, axis: isize) -> Tensor {
    let Some(classes) = x.shape().axis(axis) else { return x.clone() };
    // As `f32`, which holds the numbers of that many classes, the comparison shares its neighbors' loop.
    let number = if x.extent(axis) <= 1 << 24 { DType::F32 } else { DType::I64 };
    let class = x.builder().iota(x.shape(), classes, number);
    class.equal(labels.cast(number).expand_dims(classes as isize)).select(x, 0.0).sum(&[axis])
}
