//! The crossentropy of yes-or-no labels.

use super::{ALMOST_ONE, EPSILON, Labels, Loss, Reduction, shapes::same_shape};
use crate::registry::Named;
use cornu_graph::{Shape, Squash, Tensor};
use serde::{Deserialize, Serialize};

/// `mean(-y_true log(p) - (1 - y_true) log(1 - p))` along `axis`.
///
/// From logits `x`, given as such or known because `y_pred = sigmoid(x)`, it is computed as
/// `max(x, 0) - x y_true + log(1 + exp(-|x|))`, which loses nothing however large `x` is. Other
/// probabilities are clipped to `[1e-7, 1 - 1e-7]`.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`; labels `[batch]` fit predictions
/// `[batch, 1]`. Agrees with Keras's `BinaryCrossentropy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinaryCrossentropy {
    /// The name; `binary_crossentropy` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// How far labels are drawn towards 1/2; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the mean; the last by default.
    pub axis: isize,
}

impl Default for BinaryCrossentropy {
    fn default() -> BinaryCrossentropy {
        BinaryCrossentropy {
            name: "binary_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
        }
    }
}

impl BinaryCrossentropy {
    /// The loss with Keras's defaults.
    pub fn new() -> BinaryCrossentropy {
        BinaryCrossentropy::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> BinaryCrossentropy {
        self.reduction = reduction;
        self
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> BinaryCrossentropy {
        self.from_logits = true;
        self
    }

    /// The same with labels drawn towards the middle by this part.
    pub fn label_smoothing(mut self, label_smoothing: f64) -> BinaryCrossentropy {
        self.label_smoothing = label_smoothing;
        self
    }

    /// The same along another axis.
    pub fn axis(mut self, axis: isize) -> BinaryCrossentropy {
        self.axis = axis;
        self
    }
}

impl Named for BinaryCrossentropy {
    const NAME: &'static str = "BinaryCrossentropy";
    const ALIASES: &'static [&'static str] = &["binary_crossentropy", "bce", "BCE"];
    const SUMMARY: &'static str = "The crossentropy of yes-or-no labels";
}

impl Loss for BinaryCrossentropy {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let Binary { losses, .. } =
            crossentropies(&self.name, y_true, y_pred, self.from_logits, self.label_smoothing);
        losses.mean(&[self.axis])
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

/// Smoothed labels, and what each prediction is: its probability and its crossentropy with its label.
pub(super) struct Binary {
    pub(super) y_true: Tensor,
    pub(super) probabilities: Tensor,
    pub(super) losses: Tensor,
}

/// The crossentropies of yes-or-no labels, element by element: from logits where those are known, so that
/// they are exact.
pub(super) fn crossentropies(
    name: &str,
    y_true: &Tensor,
    y_pred: &Tensor,
    from_logits: bool,
    smoothing: f64,
) -> Binary {
    let logits = match from_logits {
        true => Some(y_pred.clone()),
        false => y_pred.builder().logits(y_pred, Squash::Sigmoid),
    };
    let (y_true, y_pred) = same_shape(name, y_true, logits.as_ref().unwrap_or(y_pred));
    let y_true = if smoothing == 0.0 { y_true } else { y_true * (1.0 - smoothing) + 0.5 * smoothing };
    let (probabilities, losses) = match logits {
        Some(_) => (y_pred.sigmoid(), y_pred.softplus() - &y_pred * &y_true),
        None => {
            let p = y_pred.clip(EPSILON, ALMOST_ONE);
            let losses = -(&y_true * p.log() + (1.0 - &y_true) * (1.0 - &p).log());
            (y_pred, losses)
        }
    };
    Binary { y_true, probabilities, losses }
}
