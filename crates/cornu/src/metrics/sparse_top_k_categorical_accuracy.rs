//! How many labelled classes are among the greatest probabilities.

use super::{Better, Float32, MeanMetric, sparse_categorical_accuracy::numbers};
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// The part of samples whose labelled class is among the `k` greatest probabilities; equal ones all
/// count as the greater. With `from_sorted_ids` predictions are the numbers of classes themselves, the
/// likeliest first.
///
/// Shapes: labels `[batch, ..]` or `[batch, .., 1]`, predictions `[batch, .., n_classes]`. Agrees with
/// Keras's `SparseTopKCategoricalAccuracy`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SparseTopKCategoricalAccuracy {
    /// The name it is reported under; `sparse_top_k_categorical_accuracy` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
    /// How many of the greatest probabilities will do; 5 by default.
    pub k: usize,
    /// Whether predictions are the numbers of classes, sorted; false by default.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_sorted_ids: bool,
}

impl Default for SparseTopKCategoricalAccuracy {
    fn default() -> SparseTopKCategoricalAccuracy {
        SparseTopKCategoricalAccuracy {
            name: "sparse_top_k_categorical_accuracy".into(),
            dtype: Float32,
            k: 5,
            from_sorted_ids: false,
        }
    }
}

impl SparseTopKCategoricalAccuracy {
    /// The metric with Keras's defaults.
    pub fn new() -> SparseTopKCategoricalAccuracy {
        SparseTopKCategoricalAccuracy::default()
    }

    /// The same with another number of probabilities that will do.
    pub fn k(mut self, k: usize) -> SparseTopKCategoricalAccuracy {
        self.k = k;
        self
    }
}

impl Named for SparseTopKCategoricalAccuracy {
    const NAME: &'static str = "SparseTopKCategoricalAccuracy";
    const ALIASES: &'static [&'static str] = &["sparse_top_k_categorical_accuracy"];
    const SUMMARY: &'static str = "How many labelled classes are among the greatest probabilities";
}

impl MeanMetric for SparseTopKCategoricalAccuracy {
    fn values(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let labels = numbers(&self.name, y_true, y_pred);
        match self.from_sorted_ids {
            true => {
                let first = y_pred.slice_axis(-1, 0, self.k.min(y_pred.extent(-1)));
                let hits = first.equal(labels.expand_dims(-1).cast(y_pred.dtype()));
                hits.cast(DType::F32).sum(&[-1]).greater(0.0).cast(DType::F32)
            }
            false => in_top_k(&labels, y_pred, self.k),
        }
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

/// Where fewer than `k` probabilities are greater than that of the labelled class, as ones.
pub(super) fn in_top_k(labels: &Tensor, y_pred: &Tensor, k: usize) -> Tensor {
    let class = y_pred.builder().iota(y_pred.shape(), y_pred.rank().saturating_sub(1), DType::I64);
    let own = class.equal(labels.expand_dims(-1)).select(y_pred, 0.0).sum_keep(&[-1]);
    let greater = y_pred.greater(own).cast(DType::F32).sum(&[-1]);
    greater.less(k as f64).cast(DType::F32)
}
