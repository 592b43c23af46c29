//! How little predicted regions overlap the labelled ones.

use super::{EPSILON, Loss, Reduction, shapes::same_shape};
use crate::constraints::Axes;
use crate::registry::Named;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `1 - 2 sum(y_true y_pred) / (sum(y_true) + sum(y_pred) + 1e-7)` along `axis`: 0 where both are the same.
///
/// Shapes: labels like predictions; the axes summed over go. By default these are all, the batch too, and
/// the result is a scalar. Agrees with Keras's `Dice`.
///
/// ```
/// use cornu::losses::{Dice, Loss};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let loss = Dice::new().axis([1]).call(&b.input("y_true", [2, 2]), &b.input("y_pred", [2, 2]));
/// let graph = b.build(&[("loss", &loss)], &[]).unwrap();
/// let y_true = Array::new([2, 2], vec![1f32, 0.0, 1.0, 1.0]).unwrap();
/// let y_pred = Array::new([2, 2], vec![1f32, 1.0, 1.0, 1.0]).unwrap();
/// let loss = evaluate(&graph, &[y_true, y_pred], &[]).unwrap().outputs[0].to_f32();
/// assert!((loss[0] - 1.0 / 3.0).abs() < 1e-6 && loss[1].abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dice {
    /// The name; `dice` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// The axes that are summed over; all by default.
    pub axis: Option<Axes>,
}

impl Default for Dice {
    fn default() -> Dice {
        Dice { name: "dice".into(), reduction: Reduction::default(), axis: None }
    }
}

impl Dice {
    /// The loss with Keras's defaults.
    pub fn new() -> Dice {
        Dice::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> Dice {
        self.reduction = reduction;
        self
    }

    /// The same, summed over these axes alone: a number, or a list.
    pub fn axis(mut self, axis: impl Into<Axes>) -> Dice {
        self.axis = Some(axis.into());
        self
    }
}

impl Named for Dice {
    const NAME: &'static str = "Dice";
    const ALIASES: &'static [&'static str] = &["dice"];
    const SUMMARY: &'static str = "How little predicted regions overlap the labelled ones";
}

impl Loss for Dice {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let (y_true, y_pred) = same_shape(&self.name, y_true, y_pred);
        let overlap = total(&(&y_true * &y_pred), &self.axis);
        let all = total(&y_true, &self.axis) + total(&y_pred, &self.axis);
        1.0 - overlap * 2.0 / (all + EPSILON)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// The sum along some axes, or all.
pub(super) fn total(x: &Tensor, axis: &Option<Axes>) -> Tensor {
    match axis {
        Some(axes) => x.sum(axes.as_slice()),
        None => x.sum_all(),
    }
}
