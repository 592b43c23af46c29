//! How far predicted regions cover those of one-hot labels, over all classes.

use super::{Better, IoU, Metric, Number};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Intersection over union with one-hot labels, the mean of all classes: [`IoU`] of every class, of labels
/// and predictions that have a figure for each.
///
/// Shapes: labels and predictions `[batch, .., n_classes]`, predictions `[batch, ..]` with `sparse_y_pred`.
/// Agrees with Keras's `OneHotMeanIoU`.
///
/// ```
/// use cornu::metrics::{Metric, OneHotMeanIoU};
/// assert_eq!(OneHotMeanIoU::new(3).name(), "one_hot_mean_io_u");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OneHotMeanIoU {
    /// The name it is reported under; `one_hot_mean_io_u` by default.
    pub name: String,
    /// What it counts in; whole numbers by default.
    pub dtype: Number,
    /// How many classes there are; has no default, and is at least 1.
    pub num_classes: usize,
    /// A label that is left out; none by default.
    pub ignore_class: Option<i64>,
    /// Whether predictions are the numbers of classes; false by default.
    pub sparse_y_pred: bool,
    /// The axis of the classes where there is one; the last by default.
    pub axis: isize,
}

impl Default for OneHotMeanIoU {
    fn default() -> OneHotMeanIoU {
        OneHotMeanIoU {
            name: "one_hot_mean_io_u".into(),
            dtype: Number::Int32,
            num_classes: 0,
            ignore_class: None,
            sparse_y_pred: false,
            axis: -1,
        }
    }
}

impl OneHotMeanIoU {
    /// The metric of so many classes.
    pub fn new(num_classes: usize) -> OneHotMeanIoU {
        OneHotMeanIoU { num_classes, ..OneHotMeanIoU::default() }
    }

    /// The same, leaving out samples of this label.
    pub fn ignore_class(mut self, ignore_class: i64) -> OneHotMeanIoU {
        self.ignore_class = Some(ignore_class);
        self
    }

    /// The same for predictions that are the numbers of classes.
    pub fn sparse_y_pred(mut self) -> OneHotMeanIoU {
        self.sparse_y_pred = true;
        self
    }

    /// The same with classes along another axis.
    pub fn axis(mut self, axis: isize) -> OneHotMeanIoU {
        self.axis = axis;
        self
    }

    /// The same, counting in another dtype.
    pub fn dtype(mut self, dtype: Number) -> OneHotMeanIoU {
        self.dtype = dtype;
        self
    }

    fn base(&self) -> IoU {
        let OneHotMeanIoU { name, dtype, num_classes, ignore_class, sparse_y_pred, axis } = self.clone();
        let (target_class_ids, sparse_y_true) = ((0..num_classes).collect(), false);
        IoU { name, dtype, num_classes, target_class_ids, ignore_class, sparse_y_true, sparse_y_pred, axis }
    }
}

impl Named for OneHotMeanIoU {
    const NAME: &'static str = "OneHotMeanIoU";
    const ALIASES: &'static [&'static str] = &["one_hot_mean_io_u", "one_hot_mean_iou"];
    const SUMMARY: &'static str =
        "The mean over all classes of how far predicted regions cover those of one-hot labels";
}

impl Metric for OneHotMeanIoU {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        self.base().update(scope, y_true, y_pred, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        self.base().result(scope)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }

    fn better(&self) -> Option<Better> {
        Some(Better::Higher)
    }
}
