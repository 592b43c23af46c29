//! Callbacks. To add one: a file here and its two lines below (`cargo xtask new callback NAME`).

mod callback;
mod history;
mod progress;

pub use callback::{Callback, Training};
pub use history::History;
pub use progress::Progress;
