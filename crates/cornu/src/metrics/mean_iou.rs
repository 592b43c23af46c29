//! How far predicted regions cover the labelled ones, over all classes.

use super::{Better, IoU, Metric, Number};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean over all classes of intersection over union: [`IoU`] of every class.
///
/// Shapes and weights: as [`IoU`]. Agrees with Keras's `MeanIoU`.
///
/// ```
/// use cornu::metrics::{MeanIoU, Metric};
/// assert_eq!(MeanIoU::new(3).dense_y_pred().name(), "mean_io_u");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanIoU {
    /// The name it is reported under; `mean_io_u` by default.
    pub name: String,
    /// What it counts in; whole numbers by default.
    pub dtype: Number,
    /// How many classes there are; has no default, and is at least 1.
    pub num_classes: usize,
    /// A label that is left out; none by default.
    pub ignore_class: Option<i64>,
    /// Whether labels are the numbers of classes; true by default.
    pub sparse_y_true: bool,
    /// Whether predictions are the numbers of classes; true by default.
    pub sparse_y_pred: bool,
    /// The axis of the classes where there is one; the last by default.
    pub axis: isize,
}

impl Default for MeanIoU {
    fn default() -> MeanIoU {
        MeanIoU {
            name: "mean_io_u".into(),
            dtype: Number::Int32,
            num_classes: 0,
            ignore_class: None,
            sparse_y_true: true,
            sparse_y_pred: true,
            axis: -1,
        }
    }
}

impl MeanIoU {
    /// The metric of so many classes.
    pub fn new(num_classes: usize) -> MeanIoU {
        MeanIoU { num_classes, ..MeanIoU::default() }
    }

    /// The same, leaving out samples of this label.
    pub fn ignore_class(mut self, ignore_class: i64) -> MeanIoU {
        self.ignore_class = Some(ignore_class);
        self
    }

    /// The same for labels with a figure for each class, as one-hot labels have.
    pub fn dense_y_true(mut self) -> MeanIoU {
        self.sparse_y_true = false;
        self
    }

    /// The same for predictions with a figure for each class, as softmax gives.
    pub fn dense_y_pred(mut self) -> MeanIoU {
        self.sparse_y_pred = false;
        self
    }

    /// The same with classes along another axis.
    pub fn axis(mut self, axis: isize) -> MeanIoU {
        self.axis = axis;
        self
    }

    /// The same, counting in another dtype.
    pub fn dtype(mut self, dtype: Number) -> MeanIoU {
        self.dtype = dtype;
        self
    }

    fn base(&self) -> IoU {
        let MeanIoU { name, dtype, num_classes, ignore_class, sparse_y_true, sparse_y_pred, axis } =
            self.clone();
        let target_class_ids = (0..num_classes).collect();
        IoU { name, dtype, num_classes, target_class_ids, ignore_class, sparse_y_true, sparse_y_pred, axis }
    }
}

impl Named for MeanIoU {
    const NAME: &'static str = "MeanIoU";
    const ALIASES: &'static [&'static str] = &["mean_io_u", "mean_iou"];
    const SUMMARY: &'static str =
        "The mean over all classes of how far predicted regions cover the labelled ones";
}

impl Metric for MeanIoU {
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
