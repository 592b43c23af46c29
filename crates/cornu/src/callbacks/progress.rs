//! The progress bar.

use super::Callback;

/// The progress bar of `fit`.
#[derive(Debug, Default)]
pub struct Progress;

impl Progress {
    /// A progress bar on standard error.
    pub fn new() -> Progress {
        Progress
    }
}

impl Callback for Progress {}
