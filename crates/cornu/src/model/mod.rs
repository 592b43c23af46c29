//! Models: layers and their connections, and what is done with them.

mod arrays;
mod batches;
mod compile;
mod fit;
mod gather;
mod input;
mod lower;
#[allow(clippy::module_inception)]
mod model;
mod network;
mod order;
mod plans;
mod predict;
mod sequential;
mod summary;
mod symbol;
mod train_step;
mod trainer;

pub use arrays::Arrays;
pub use compile::{Choice, Compile};
pub use fit::Fit;
pub use input::Input;
pub use lower::Signature;
pub(crate) use model::is_weight;
pub use model::{Form, Model, OpenType};
pub(crate) use network::snake_case;
pub use network::{Call, Network, Node, Reference, Structure};
pub use sequential::Sequential;
pub use summary::{Summary, SummaryRow};
pub use symbol::{CallArguments, Connect, Symbol, Symbols};
pub use train_step::{Step, TrainStep};
pub use trainer::{Scores, Trainer};
