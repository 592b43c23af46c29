//! Metrics. To add one: a file here and its two lines below (`cargo xtask new metric NAME`).

mod accuracy;
mod auc;
mod binary_accuracy;
mod binary_crossentropy;
mod categorical_accuracy;
mod categorical_crossentropy;
mod categorical_hinge;
mod confusion;
mod cosine_similarity;
mod f1_score;
mod fbeta_score;
mod hinge;
mod kl_divergence;
mod log_cosh_error;
mod mean;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod metric;
mod poisson;
mod precision;
mod r2_score;
mod recall;
mod root_mean_squared_error;
mod sparse_categorical_accuracy;
mod sparse_categorical_crossentropy;
mod sparse_top_k_categorical_accuracy;
mod squared_hinge;
mod sum;
mod top_k_categorical_accuracy;
mod totals;

pub use accuracy::Accuracy;
pub use auc::{AUC, Curve, Summation};
pub use binary_accuracy::BinaryAccuracy;
pub use binary_crossentropy::BinaryCrossentropy;
pub use categorical_accuracy::CategoricalAccuracy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_hinge::CategoricalHinge;
pub use confusion::Thresholds;
pub use cosine_similarity::CosineSimilarity;
pub use f1_score::F1Score;
pub use fbeta_score::{Average, FBetaScore};
pub use hinge::Hinge;
pub use kl_divergence::KLDivergence;
pub use log_cosh_error::LogCoshError;
pub use mean::Mean;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use metric::{AnyMetric, Better, Float32, Metric, MetricOptions, for_model};
pub use poisson::Poisson;
pub use precision::Precision;
pub use r2_score::{Aggregation, R2Score};
pub use recall::Recall;
pub use root_mean_squared_error::RootMeanSquaredError;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use sparse_top_k_categorical_accuracy::SparseTopKCategoricalAccuracy;
pub use squared_hinge::SquaredHinge;
pub use sum::Sum;
pub use top_k_categorical_accuracy::TopKCategoricalAccuracy;

use crate::registry::{Entry, entries};

/// All metrics.
pub static METRICS: &[Entry<dyn Metric>] = entries![dyn Metric:
    Mean,
    Sum,
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    Precision,
    Recall,
    F1Score,
    FBetaScore,
    AUC,
    MeanSquaredError,
    RootMeanSquaredError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    LogCoshError,
    CosineSimilarity,
    R2Score,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    KLDivergence,
    Poisson,
    Hinge,
    SquaredHinge,
    CategoricalHinge,
];
