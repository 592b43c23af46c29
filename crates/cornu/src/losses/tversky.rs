//! How little predicted regions overlap the labelled ones, with misses and false alarms weighed.

use super::dice::total;
use super::{EPSILON, Loss, Reduction, shapes::same_shape};
use crate::constraints::Axes;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `1 - o / (o + alpha m + beta f + 1e-7)` along `axis`, where `o = sum(y_true y_pred)` is the overlap,
/// `m = sum(y_true (1 - y_pred))` what is missed and `f = sum((1 - y_true) y_pred)` what is wrongly found. With
/// `alpha = beta = 0.5` it is [`Dice`](super::Dice).
///
/// Shapes: labels like predictions; the axes summed over go. By default these are all, the batch too, and
/// the result is a scalar. Agrees with Keras's `Tversky`, in which `alpha` weighs what is missed as here
/// (Salehi et al., *Tversky loss function for image segmentation*, 2017).
///
/// ```
/// use cornu::losses::Tversky;
/// let loss = Tversky::new().alpha(0.3).beta(0.7).axis([1, 2]);
/// assert_eq!((loss.alpha, loss.beta), (0.3, 0.7));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tversky {
    /// The name; `tversky` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// What a miss weighs; 0.5 by default.
    pub alpha: f64,
    /// What a false alarm weighs; 0.5 by default.
    pub beta: f64,
    /// The axes that are summed over; all by default.
    pub axis: Option<Axes>,
}

impl Default for Tversky {
    fn default() -> Tversky {
        Tversky { name: "tversky".into(), reduction: Reduction::default(), alpha: 0.5, beta: 0.5, axis: None }
    }
}

impl Tversky {
    /// The loss with Keras's defaults.
    pub fn new() -> Tversky {
        Tversky::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> Tversky {
        self.reduction = reduction;
        self
    }

    /// The same with misses weighing this much.
    pub fn alpha(mut self, alpha: f64) -> Tversky {
        self.alpha = alpha;
        self
    }

    /// The same with false alarms weighing this much.
    pub fn beta(mut self, beta: f64) -> Tversky {
        self.beta = beta;
        self
    }

    /// The same, summed over these axes alone: a number, or a list.
    pub fn axis(mut self, axis: impl Into<Axes>) -> Tversky {
        self.axis = Some(axis.into());
        self
    }
}

impl Named for Tversky {
    const NAME: &'static str = "Tversky";
    const ALIASES: &'static [&'static str] = &["tversky"];
    const SUMMARY: &'static str = "How little regions overlap, with misses and false alarms weighed";
}

impl Loss for Tversky {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let overlap = total(&(&y_true * &y_pred), &self.axis);
        let missed = total(&((1.0 - &y_pred) * &y_true), &self.axis);
        let wrong = total(&(y_pred * (1.0 - y_true)), &self.axis);
        1.0 - &overlap / (&overlap + missed * self.alpha + wrong * self.beta + EPSILON)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}
