//! Optimizers. To add one: a file here and its two lines below.

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod apply;
mod ftrl;
mod lamb;
mod lion;
mod loss_scale_optimizer;
mod multi_optimizer;
mod muon;
mod nadam;
mod optimizer;
mod optimizer_map;
mod rate_multipliers;
mod rmsprop;
mod schedule_free_adamw;
mod settings;
mod sgd;
mod step;
mod wrapped;

pub use adadelta::Adadelta;
pub use adafactor::Adafactor;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use ftrl::Ftrl;
pub use lamb::Lamb;
pub use lion::Lion;
pub use loss_scale_optimizer::LossScaleOptimizer;
pub use multi_optimizer::MultiOptimizer;
pub use muon::Muon;
pub use nadam::Nadam;
pub use optimizer::{AnyOptimizer, Optimizer, Slot, leading};
pub use optimizer_map::OptimizerMap;
pub use rate_multipliers::RateMultipliers;
pub use rmsprop::RMSprop;
pub use schedule_free_adamw::ScheduleFreeAdamW;
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
    Lamb,
    Adafactor,
    Ftrl,
    Muon,
    ScheduleFreeAdamW,
    LossScaleOptimizer,
    MultiOptimizer,
];
