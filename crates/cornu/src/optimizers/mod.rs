//! Optimizers. To add one: a file here and its two lines below.

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod apply;
mod lion;
mod nadam;
mod optimizer;
mod rmsprop;
mod settings;
mod sgd;
mod step;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use apply::{apply, averages};
pub use lion::Lion;
pub use nadam::Nadam;
pub use optimizer::{AnyOptimizer, Optimizer, Slot};
pub use rmsprop::RMSprop;
pub use settings::{OptimizerOptions, Settings};
pub use sgd::SGD;
pub use step::OptimizerStep;

use crate::registry::{Entry, entries};
use settings::settings_of;

/// All optimizers.
pub static OPTIMIZERS: &[Entry<dyn Optimizer>] = entries![dyn Optimizer:
    SGD,
    RMSprop,
    Adagrad,
    Adadelta,
    Adam,
    AdamW,
    Adamax,
    Nadam,
    Lion,
];
