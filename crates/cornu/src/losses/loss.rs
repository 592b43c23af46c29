//! The trait that every loss implements, and which labels each one takes.

use super::{LOSSES, Reduction, reduce};
use crate::registry::{Any, Entry, Item, Kind};
use cornu_graph::{DType, Shape, Tensor};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// How far predictions are from what they should be.
///
/// To add one: a file in this folder with a struct whose fields are its config, and its two lines
/// in `mod.rs`.
pub trait Loss: Item {
    /// The loss of each sample, `[batch]` (or `[batch, ..]`, which is `y_pred`'s shape without the
    /// axis of classes or features), from what was wanted and what was predicted.
    ///
    /// Labels may come as any dtype. Shapes that do not fit are noted as mistakes in the graph.
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor;

    /// How samples' losses become one number.
    fn reduction(&self) -> Reduction;

    /// The name, as Keras gives it: `mean_squared_error`.
    fn name(&self) -> &str;

    /// Which samples count, as bools of the losses' shape; `None` where all do.
    fn mask(&self, _y_true: &Tensor, _y_pred: &Tensor) -> Option<Tensor> {
        None
    }

    /// Which labels the loss is defined for, given predictions of this shape; `None` where any
    /// number will do. What `fit` checks at the door.
    fn labels(&self, _y_pred: &Shape) -> Option<Labels> {
        None
    }

    /// The loss of a whole batch: the samples' losses, weighted and reduced as Keras does it.
    ///
    /// `mask` holds bools, of which the false ones leave their sample out; a mean is then over the
    /// others alone. What has 16 bits, which would be too coarse for sums, is taken in `float32`, as Keras does.
    fn value(
        &self,
        y_true: &Tensor,
        y_pred: &Tensor,
        sample_weight: Option<&Tensor>,
        mask: Option<&Tensor>,
    ) -> Tensor {
        let [y_true, y_pred] = &[y_true, y_pred].map(precise);
        let own = self.mask(y_true, y_pred);
        let mask = match (mask, &own) {
            (Some(mask), Some(own)) => Some(mask.and(own)),
            (mask, own) => mask.or(own.as_ref()).cloned(),
        };
        reduce(&self.call(y_true, y_pred), sample_weight, mask.as_ref(), self.reduction())
    }
}

/// A tensor in a dtype that is fit for sums: `float32` for those of 16 bits.
fn precise(x: &Tensor) -> Tensor {
    match x.dtype() {
        DType::BF16 | DType::F16 if x.is_valid() => x.cast(DType::F32),
        _ => x.clone(),
    }
}

/// The labels that a loss is defined for.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// The least and the greatest.
    pub range: RangeInclusive<f64>,
    /// Whether only whole numbers will do.
    pub whole: bool,
    /// One more that is allowed: it marks samples that do not count.
    pub ignored: Option<f64>,
}

impl Labels {
    /// The classes `0..n`, one number a sample.
    pub fn classes(n: usize, ignored: Option<i64>) -> Labels {
        let last = n.saturating_sub(1) as f64;
        Labels { range: 0.0..=last, whole: true, ignored: ignored.map(|class| class as f64) }
    }

    /// Any number in `range`.
    pub fn within(range: RangeInclusive<f64>) -> Labels {
        Labels { range, whole: false, ignored: None }
    }

    /// Whether `label` is one of them.
    ///
    /// ```
    /// use cornu::losses::Labels;
    /// let digits = Labels::classes(10, None);
    /// assert!(digits.allow(9.0) && !digits.allow(10.0) && !digits.allow(0.5));
    /// ```
    pub fn allow(&self, label: f64) -> bool {
        self.ignored == Some(label) || (self.range.contains(&label) && (!self.whole || label.fract() == 0.0))
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.whole { "whole numbers" } else { "numbers" };
        match self.range.end().is_finite() {
            true => write!(f, "{what} from {} to {}", self.range.start(), self.range.end())?,
            false => write!(f, "{what} from {} up", self.range.start())?,
        }
        self.ignored.iter().try_for_each(|label| write!(f, ", or {label}"))
    }
}

/// Any loss.
pub type AnyLoss = Any<dyn Loss>;

impl<L: Loss + 'static> From<L> for AnyLoss {
    fn from(loss: L) -> AnyLoss {
        Any::new(Arc::new(loss))
    }
}

impl Kind for dyn Loss {
    const WORD: &'static str = "loss";
    const MODULE: &'static str = "keras.losses";
    fn registry() -> &'static [Entry<dyn Loss>] {
        LOSSES
    }
}

/// The loss that a user's `name` means for labels and predictions of these shapes, of which the
/// first axis is the batch: `crossentropy` (or `ce`) is binary, sparse or categorical as the shapes
/// ask for; any other name is looked up.
///
/// # Errors
/// If there is no loss of that name.
pub fn for_model(name: &str, y_true: &Shape, y_pred: &Shape) -> Result<AnyLoss, String> {
    let class = match name.to_lowercase().as_str() {
        "crossentropy" | "ce" => match Form::of(y_true, y_pred) {
            Form::Binary => "BinaryCrossentropy",
            Form::Sparse => "SparseCategoricalCrossentropy",
            Form::Categorical => "CategoricalCrossentropy",
        },
        _ => name,
    };
    AnyLoss::from_name(class, serde_json::Value::Null)
}

/// How labels stand to predictions, judged by their shapes as Keras does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One probability a sample.
    Binary,
    /// The number of a class for several probabilities.
    Sparse,
    /// As many labels as probabilities.
    Categorical,
}

impl Form {
    pub(crate) fn of(y_true: &Shape, y_pred: &Shape) -> Form {
        let last = |shape: &Shape| shape.last().copied().unwrap_or(1);
        match (last(y_true), last(y_pred)) {
            (_, 1) => Form::Binary,
            _ if y_true.rank() < y_pred.rank() => Form::Sparse,
            (1, _) => Form::Sparse,
            _ => Form::Categorical,
        }
    }
}
