//! How far predicted regions cover the labelled ones, for yes-or-no labels.

use super::{Better, IoU, Metric, Number};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// Intersection over union of the classes 0 and 1, of which a probability of at least `threshold` is a 1:
/// [`IoU`] of the answers.
///
/// Shapes and weights: as [`IoU`], with labels and predictions `[batch, ..]`. Agrees with Keras's
/// `BinaryIoU`.
///
/// ```
/// use cornu::metrics::{BinaryIoU, Metric};
/// assert_eq!(BinaryIoU::new().threshold(0.3).target_class_ids([1]).name(), "binary_io_u");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinaryIoU {
    /// The name it is reported under; `binary_io_u` by default.
    pub name: String,
    /// What it counts in; whole numbers by default.
    pub dtype: Number,
    /// The classes whose mean is reported; 0 and 1 by default.
    pub target_class_ids: Vec<usize>,
    /// From what on a probability is a 1; 0.5 by default.
    pub threshold: f64,
}

impl Default for BinaryIoU {
    fn default() -> BinaryIoU {
        BinaryIoU {
            name: "binary_io_u".into(),
            dtype: Number::Int32,
            target_class_ids: vec![0, 1],
            threshold: 0.5,
        }
    }
}

impl BinaryIoU {
    /// The metric with Keras's defaults.
    pub fn new() -> BinaryIoU {
        BinaryIoU::default()
    }

    /// The same for other classes: 0, 1 or both.
    pub fn target_class_ids(mut self, target_class_ids: impl Into<Vec<usize>>) -> BinaryIoU {
        self.target_class_ids = target_class_ids.into();
        self
    }

    /// The same with another threshold.
    pub fn threshold(mut self, threshold: f64) -> BinaryIoU {
        self.threshold = threshold;
        self
    }

    /// The same, counting in another dtype.
    pub fn dtype(mut self, dtype: Number) -> BinaryIoU {
        self.dtype = dtype;
        self
    }

    fn base(&self) -> IoU {
        let BinaryIoU { name, dtype, target_class_ids, .. } = self.clone();
        IoU { name, dtype, num_classes: 2, target_class_ids, ..IoU::default() }
    }
}

impl Named for BinaryIoU {
    const NAME: &'static str = "BinaryIoU";
    const ALIASES: &'static [&'static str] = &["binary_io_u", "binary_iou"];
    const SUMMARY: &'static str = "How far predicted regions cover the labelled ones, for yes-or-no labels";
}

impl Metric for BinaryIoU {
    fn update(&self, scope: &mut Scope, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) {
        let answers = y_pred.cast(DType::F32).greater_equal(self.threshold).cast(DType::I32);
        self.base().update(scope, y_true, &answers, sample_weight);
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
