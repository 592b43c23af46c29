//! Callbacks: what happens besides training, at its events.
//!
//! To add one: a file here with a struct, [`Callback`] and [`Named`](crate::registry::Named), and its
//! three lines below (`cargo xtask new callback NAME`).

mod backup_and_restore;
mod callback;
mod csv_logger;
mod early_stopping;
mod file_name;
mod history;
mod lambda_callback;
mod learning_rate_scheduler;
mod model_checkpoint;
mod monitor;
mod progress;
mod reduce_lr_on_plateau;
mod remote_monitor;
mod stop_at_loss;
mod swap_ema_weights;
mod tensor_board;
mod terminate_on_nan;

pub use backup_and_restore::BackupAndRestore;
pub use callback::{Callback, Training};
pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use history::History;
pub use lambda_callback::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use model_checkpoint::ModelCheckpoint;
pub use monitor::Mode;
pub use progress::Progress;
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
pub use remote_monitor::RemoteMonitor;
pub use stop_at_loss::StopAtLoss;
pub use swap_ema_weights::SwapEMAWeights;
pub use tensor_board::TensorBoard;
pub use terminate_on_nan::TerminateOnNaN;

/// Makes the table of names and summaries from the callbacks' types.
macro_rules! table {
    ($($callback:ty),* $(,)?) => {
        &[$((
            <$callback as crate::registry::Named>::NAME,
            <$callback as crate::registry::Named>::SUMMARY,
        )),*]
    };
}

/// The names of all callbacks, with one line on each. They hold files and functions, so they are
/// made in programs and not read from configs as layers are.
pub static CALLBACKS: &[(&str, &str)] = table![
    Progress,
    EarlyStopping,
    StopAtLoss,
    ModelCheckpoint,
    BackupAndRestore,
    ReduceLROnPlateau,
    LearningRateScheduler,
    TerminateOnNaN,
    CSVLogger,
    TensorBoard,
    RemoteMonitor,
    SwapEMAWeights,
    LambdaCallback,
];
