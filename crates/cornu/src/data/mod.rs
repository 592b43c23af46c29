//! Data: from files to arrays, and from arrays to what a model trains on.

mod confusion_matrix;
mod csv;
mod digits;
pub mod directory;
mod idx;
mod labels;
mod load;
mod mnist;
mod npy;
mod npy_dataset;
mod npy_rows;
mod npz;
mod pad_sequences;
pub mod pipeline;
mod split;
mod standardizer;
mod timeseries_dataset;
mod to_categorical;

pub use confusion_matrix::ConfusionMatrix;
pub use csv::Table;
pub use digits::digits;
pub use idx::{decode_idx, read_idx};
pub use load::load;
pub use mnist::{fashion_mnist, mnist};
pub use npy::{decode_npy, encode_npy, read_npy, write_npy};
pub use npy_dataset::NpyDataset;
pub use npz::{read_npz, write_npz};
pub use pad_sequences::{PadSequences, Side};
pub use pipeline::Pipeline;
pub use split::{Fold, k_fold, split_indices, train_test_split};
pub use standardizer::Standardizer;
pub use timeseries_dataset::TimeseriesDataset;
pub use to_categorical::to_categorical;

use cornu_graph::Array;

/// Examples and what is to be learned from them; row `i` of `x` belongs to row `i` of `y`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The examples, one a row.
    pub x: Array,
    /// The targets, one a row.
    pub y: Array,
}

/// A data set with a part that is kept back to judge what was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// What a model learns from.
    pub train: Dataset,
    /// What it has not seen.
    pub test: Dataset,
}
