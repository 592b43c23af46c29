//! Cornu: neural networks that train, explain and run on CPUs.
//!
//! Names, defaults and semantics are Keras 3's. A model is built of [`layers`], compiled with an
//! optimizer and a loss, and fitted:
//!
//! ```
//! use cornu::prelude::*;
//!
//! let data = cornu::data::load("digits", "")?;
//! let mut model = Sequential::new()
//!     .add(Input::new([8, 8]))
//!     .add(Rescaling::new(1.0 / 16.0))
//!     .add(Flatten::new())
//!     .add(Dense::new(32).relu())
//!     .add(Dense::new(10).softmax())
//!     .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))?;
//! model.fit(&data.train.x, &data.train.y, Fit::new().epochs(5).silent())?;
//! let scores = model.evaluate(&data.test.x, &data.test.y)?;
//! assert!(scores[1].1 > 0.8);
//! # Ok::<(), cornu::Error>(())
//! ```
//!
//! All numerical work is described in the language of [`graph`] and run by the plans of [`cpu`];
//! both can be used on their own.
#![forbid(unsafe_code)]

pub mod activations;
pub mod arguments;
pub mod callbacks;
pub mod constraints;
pub mod data;
mod dtype_policy;
mod einsum;
pub mod error;
pub mod files;
pub mod initializers;
pub mod layers;
pub mod losses;
pub mod metrics;
pub mod model;
pub mod operations;
pub mod optimizers;
pub mod registry;
pub mod regularizers;
pub mod schedules;
pub mod scope;
mod shapes;
pub mod variables;

pub use cornu_cpu as cpu;
pub use cornu_graph as graph;
pub use cornu_graph::{Array, DType, Shape};
pub use dtype_policy::DTypePolicy;
pub use error::{Error, Result};
pub use model::{
    Arrays, Choice, Compile, Connect, Fit, Input, Model, Scores, Sequential, Step, Symbol, TrainStep, Trainer,
};
pub use operations::functions as ops;

/// What most programs use.
pub mod prelude {
    pub use crate::activations::Activation;
    pub use crate::callbacks::{
        BackupAndRestore, CSVLogger, Callback, EarlyStopping, History, LambdaCallback, LearningRateScheduler,
        ModelCheckpoint, Progress, ReduceLROnPlateau, RemoteMonitor, StopAtLoss, SwapEMAWeights, TensorBoard,
        TerminateOnNaN, Training,
    };
    pub use crate::layers::*;
    pub use crate::losses::Loss;
    pub use crate::metrics::{Metric, MetricOptions};
    pub use crate::optimizers::{Adagrad, Adam, AdamW, Optimizer, OptimizerOptions, RMSprop, SGD};
    pub use crate::{
        Array, Arrays, Compile, Connect, DType, Error, Fit, Input, Model, Result, Sequential, Symbol, Trainer,
    };
}
