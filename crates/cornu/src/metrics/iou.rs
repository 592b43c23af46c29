//! How far predicted regions cover the labelled ones, for some classes.

use super::iou_matrix::{self, Classes};
use super::{Better, Metric, Number};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Intersection over union, `true positives / (true positives + false positives + false negatives)`, of
/// each class; the mean of those of `target_class_ids`. Classes that are neither labelled nor predicted do
/// not count.
///
/// Shapes: labels and predictions `[batch, ..]` hold the numbers of classes; with `sparse_y_true` or
/// `sparse_y_pred` false, they have one more axis, `axis`, of a figure for each class, of which the greatest
/// counts. Sample weights are `[batch, ..]` too, and whole numbers unless `dtype` is `float32`. What is not
/// among the classes is left out. Agrees with Keras's `IoU`.
///
/// ```
/// use cornu::metrics::{IoU, Metric};
/// assert_eq!(IoU::new(3, [0, 2]).name(), "io_u");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IoU {
    /// The name it is reported under; `io_u` by default.
    pub name: String,
    /// What it counts in; whole numbers by default.
    pub dtype: Number,
    /// How many classes there are; has no default, and is at least 1.
    pub num_classes: usize,
    /// The classes whose mean is reported; has no default.
    pub target_class_ids: Vec<usize>,
    /// A label that is left out; none by default.
    pub ignore_class: Option<i64>,
    /// Whether labels are the numbers of classes; true by default.
    pub sparse_y_true: bool,
    /// Whether predictions are the numbers of classes; true by default.
    pub sparse_y_pred: bool,
    /// The axis of the classes where there is one; the last by default.
    pub axis: isize,
}

impl Default for IoU {
    fn default() -> IoU {
        IoU {
            name: "io_u".into(),
            dtype: Number::Int32,
            num_classes: 0,
            target_class_ids: Vec::new(),
            ignore_class: None,
            sparse_y_true: true,
            sparse_y_pred: true,
            axis: -1,
        }
    }
}

impl IoU {
    /// The metric of so many classes, for some of them.
    pub fn new(num_classes: usize, target_class_ids: impl Into<Vec<usize>>) -> IoU {
        IoU { num_classes, target_class_ids: target_class_ids.into(), ..IoU::default() }
    }

    /// The same, leaving out samples of this label.
    pub fn ignore_class(mut self, ignore_class: i64) -> IoU {
        self.ignore_class = Some(ignore_class);
        self
    }

    /// The same for labels with a figure for each class, as one-hot labels have.
    pub fn dense_y_true(mut self) -> IoU {
        self.sparse_y_true = false;
        self
    }

    /// The same for predictions with a figure for each class, as softmax gives.
    pub fn dense_y_pred(mut self) -> IoU {
        self.sparse_y_pred = false;
        self
    }

    /// The same with classes along another axis.
    pub fn axis(mut self, axis: isize) -> IoU {
        self.axis = axis;
        self
    }

    /// The same, counting in another dtype.
    pub fn dtype(mut self, dtype: Number) -> IoU {
        self.dtype = dtype;
        self
    }
}

impl Named for IoU {
    const NAME: &'static str = "IoU";
    const ALIASES: &'static [&'static str] = &["io_u", "iou"];
    const SUMMARY: &'static str = "How far predicted regions cover the labelled ones";
}

impl Metric for IoU {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let classes = Classes {
            name: &self.name,
            n: self.num_classes,
            targets: &self.target_class_ids,
            ignored: self.ignore_class,
            dtype: self.dtype,
        };
        let numbers = |x: &Tensor, sparse: bool| if sparse { x.clone() } else { x.argmax(self.axis) };
        let (y_true, y_pred) = (numbers(y_true, self.sparse_y_true), numbers(y_pred, self.sparse_y_pred));
        iou_matrix::update(scope, &classes, &y_true, &y_pred, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        iou_matrix::result(scope, &self.target_class_ids)
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
